"""Settings of the lamps."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from kiosk.settings.section import Section


class LightSettings(Section):
    """Modelling light, flash and status lamps at the pins of a Raspberry Pi (BCM numbers)."""

    driver: Literal["none", "gpio"] = Field("none", description="what switches the lamps")
    active_high: bool = Field(True, description="whether a high pin is light")
    modelling_pin: int | None = Field(
        None, ge=0, le=27, description="light on the sitter; none by default"
    )
    modelling_level: float = Field(
        1.0, ge=0, le=1, description="its brightness while a student poses, 1 is full"
    )
    modelling_rest_level: float = Field(
        0.0, ge=0, le=1, description="its brightness the rest of the time"
    )
    modelling_hz: int = Field(
        1000,
        ge=50,
        le=10_000,
        description="pulses per second of a brightness below 1; 0 and 1 are without pulses",
    )
    flash_pin: int | None = Field(
        None, ge=0, le=27, description="fires a flash by a pulse; none by default"
    )
    flash_delay_s: float = Field(
        0.0, ge=0, le=5, description="from the order for a still to the flash, seconds"
    )
    flash_pulse_s: float = Field(
        0.01, ge=0.001, le=1, description="how long the flash's contact is closed, seconds"
    )
    idle_pin: int | None = Field(
        None, ge=0, le=27, description="status lamp: free for the next student"
    )
    in_use_pin: int | None = Field(
        None, ge=0, le=27, description="status lamp: a visit is going on"
    )
    fault_pin: int | None = Field(
        None, ge=0, le=27, description="status lamp: something does not work"
    )

    @model_validator(mode="after")
    def _pins_differ(self) -> LightSettings:
        pins = [pin for pin in self.pins.values() if pin is not None]
        twice = sorted({pin for pin in pins if pins.count(pin) > 1})
        if twice:
            raise ValueError(f"pin {twice[0]} is given to two lamps")
        return self

    @property
    def pins(self) -> dict[str, int | None]:
        """The pin of each lamp, by its name."""
        return {
            "modelling light": self.modelling_pin,
            "flash": self.flash_pin,
            "idle lamp": self.idle_pin,
            "in-use lamp": self.in_use_pin,
            "fault lamp": self.fault_pin,
        }

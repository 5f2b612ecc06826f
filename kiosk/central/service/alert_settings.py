"""When operators are alerted, and how: the table ``[alerts]`` of ``central.toml``."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, field_validator, model_validator


class AlertSettings(BaseModel):
    """Limits of alerts, who is told, and how often.

    A limit has two sides: where an alert is raised, and where it is cleared again, so that a value
    that swings about a limit does not ring twice a minute. What a booth needs (silent, outbox,
    disk, calibration) starts at the limits the fleet page marks it by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: tuple[str, ...] = Field((), description="addresses told by mail; needs [mail]")
    webhook: HttpUrl | None = Field(None, description="address that is POSTed to, and no other")
    webhook_secret_file: Path | None = Field(
        None, description="file with the secret that signs what is POSTed (whsec_...)"
    )
    webhook_time_out_s: float = Field(10.0, gt=0, le=60, description="to connect, and to an answer")
    repeat_hours: float = Field(
        6.0, ge=0.1, le=168, description="the same alert is told again after, hours"
    )
    keep_days: int = Field(365, ge=1, le=3650, description="a cleared alert stays in the history")

    # A device that comes back by itself within minutes needs nobody: the supervisor's turns
    # (docs/reliability.md) take less.
    fault_for_s: float = Field(300.0, ge=0, le=86_400, description="a fault lasts so long, seconds")
    clear_for_s: float = Field(
        300.0, ge=0, le=86_400, description="it has been well for so long before it is cleared"
    )
    restarts_per_hour: int = Field(
        3, ge=1, le=1000, description="restarts of a camera within an hour"
    )
    restarts_per_hour_clear: int = Field(1, ge=0, le=1000, description="cleared at so many")
    outbox_clear_s: float = Field(
        600.0, ge=0, le=864_000, description="cleared once the oldest photo waits less, seconds"
    )
    disk_clear_percent: float = Field(
        15.0, ge=0, le=100, description="cleared once so much is free, percent"
    )
    # A Raspberry Pi lowers its clock rate from 80 degrees on and hard from 85: Raspberry Pi's
    # documentation, "Frequency management and thermal control". PCs bear more.
    temperature_c: float = Field(80.0, ge=30, le=120, description="of the processor, Celsius")
    temperature_clear_c: float = Field(70.0, ge=20, le=120, description="cleared below, Celsius")
    # Consents and shots are dated to the minute.
    clock_offset_s: float = Field(30.0, ge=1, le=86_400, description="a booth's clock is off by")
    clock_offset_clear_s: float = Field(5.0, ge=0.5, le=86_400, description="cleared below")

    @field_validator("email")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            name, _, domain = address.rpartition("@")
            if not (name and domain and address.isascii() and address.isprintable()):
                raise ValueError(f"{address!r} is no e-mail address")
        return value

    @model_validator(mode="after")
    def _sides_are_in_order(self) -> Self:
        pairs = (
            ("restarts_per_hour_clear", self.restarts_per_hour_clear, self.restarts_per_hour),
            ("temperature_clear_c", self.temperature_clear_c, self.temperature_c),
            ("clock_offset_clear_s", self.clock_offset_clear_s, self.clock_offset_s),
        )
        for name, clear, limit in pairs:
            if clear >= limit:
                raise ValueError(f"{name} has to be below the limit it clears, {limit:g}")
        if self.webhook is not None and self.webhook_secret_file is None:
            raise ValueError("webhook needs webhook_secret_file: what is sent is signed")
        return self

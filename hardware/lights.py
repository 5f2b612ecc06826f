"""Lamps at the pins of a Raspberry Pi.

gpiozero drives the pins. It is imported when a lamp is opened, so that a machine without pins
needs neither the library nor a word about it. Pins are numbered as the processor's (BCM), not as
the connector's.
"""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from hardware.base import Device, Light
from hardware.errors import DeviceBusy, DeviceLost, FaultKind, HardwareError, Misconfigured

_CHIPS: Final = "gpiochip*"
_SWITCHED_ON_FROM: Final = 0.5
_NO_PINS: Final = (
    "This machine has no pins for lamps: it is no Raspberry Pi. Set lights.driver to 'none'."
)

Factory = Callable[[], Any]
"""Makes gpiozero's pin factory; tests give its mock pins."""


def has_pins(dev: Path = Path("/dev")) -> bool:
    """Return whether the kernel shows pins of any kind."""
    return any(dev.glob(_CHIPS))


@functools.cache
def kernel_pins(dev: Path = Path("/dev")) -> Any:
    """Return gpiozero's factory of the kernel's pins, one for all lamps.

    gpiozero's own choice would try four libraries in turn, with a warning for each.

    Raises:
        DeviceLost: this machine has no pins that gpiozero knows.
        Misconfigured: the library is missing, or the pins may not be used.
    """
    if not has_pins(dev):
        raise DeviceLost(_NO_PINS)
    # lgpio puts a named pipe into this folder when it is imported, by default into the working
    # directory, which a service may not write.
    os.environ.setdefault("LG_WD", tempfile.gettempdir())
    try:
        from gpiozero.exc import PinUnknownPi
        from gpiozero.pins.lgpio import LGPIOFactory
    except ImportError as error:
        raise Misconfigured(
            f"The library for the pins cannot be loaded ({error}). Install the booth with its "
            "extra 'lights'.",
            FaultKind.DRIVER_MISSING,
        ) from error
    try:
        return LGPIOFactory()
    except PinUnknownPi as error:
        raise DeviceLost(_NO_PINS) from error
    except Exception as error:  # lgpio has no family of errors: it raises plain ones
        raise Misconfigured(
            f"The pins cannot be used ({error}). Add the booth's user to the group 'gpio' and log "
            "in again.",
            FaultKind.PERMISSION,
        ) from error


class GpioLight(Light):
    """A lamp at one pin.

    Args:
        name: for messages.
        pin: its BCM number.
        active_high: whether a high pin is light.
        pwm_hz: frequency at which it is dimmed; None for a lamp that is only on or off.
        factory: makes the pins.
    """

    def __init__(
        self,
        name: str,
        pin: int,
        *,
        active_high: bool = True,
        pwm_hz: int | None = None,
        factory: Factory = kernel_pins,
    ) -> None:
        super().__init__(name)
        self._pin = pin
        self._active_high = active_high
        self._pwm_hz = pwm_hz
        self._factory = factory
        self._output: Any = None
        self._level = 0.0

    @property
    def level(self) -> float:
        """The brightness last set, 0 to 1."""
        return self._level

    def _do_open(self) -> None:
        self._output = _output(
            self.name, self._pin, self._factory, active_high=self._active_high, pwm_hz=self._pwm_hz
        )

    def _do_close(self) -> None:
        self._level = 0.0
        output, self._output = self._output, None
        with contextlib.suppress(Exception):  # whatever it says, we let go of it
            output.off()
        with contextlib.suppress(Exception):
            output.close()

    def _do_set_level(self, level: float) -> None:
        with _translated(self.name, self._pin):
            if self._pwm_hz is None:
                self._output.value = level >= _SWITCHED_ON_FROM
            else:
                self._output.value = level
        self._level = level


class FlashTrigger(Device):
    """Fires a flash by a short pulse at a pin, through an optocoupler.

    Args:
        pin: its BCM number.
        active_high: whether a high pin fires.
        pulse_s: how long the contact is closed, seconds; flashes want a few milliseconds.
        factory: makes the pins.
    """

    def __init__(
        self,
        pin: int,
        *,
        active_high: bool = True,
        pulse_s: float = 0.01,
        factory: Factory = kernel_pins,
    ) -> None:
        super().__init__("flash")
        self._pin = pin
        self._active_high = active_high
        self._pulse_s = pulse_s
        self._factory = factory
        self._output: Any = None

    def fire(self) -> None:
        """Close the contact for the pulse's length, and wait for it.

        Raises:
            NotOpen, DeviceLost.
        """
        self._need_open()
        with _translated(self.name, self._pin):
            self._output.on()
            try:
                time.sleep(self._pulse_s)
            finally:
                self._output.off()

    def _do_open(self) -> None:
        self._output = _output(
            self.name, self._pin, self._factory, active_high=self._active_high, pwm_hz=None
        )

    def _do_close(self) -> None:
        output, self._output = self._output, None
        with contextlib.suppress(Exception):
            output.close()


def _output(name: str, pin: int, factory: Factory, *, active_high: bool, pwm_hz: int | None) -> Any:
    """Take a pin, dark from the first moment."""
    pins = factory()
    with _translated(name, pin):
        from gpiozero import DigitalOutputDevice, PWMOutputDevice

        if pwm_hz is None:
            return DigitalOutputDevice(pin, active_high=active_high, pin_factory=pins)
        return PWMOutputDevice(pin, active_high=active_high, frequency=pwm_hz, pin_factory=pins)


@contextlib.contextmanager
def _translated(name: str, pin: int) -> Iterator[None]:
    try:
        yield
    except HardwareError:
        raise
    except Exception as error:  # gpiozero's and lgpio's errors have no base of their own
        raise _fault(error, name, pin) from error


def _fault(error: Exception, name: str, pin: int) -> HardwareError:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "GPIOPinInUse" in kinds or "busy" in str(error).lower():
        return DeviceBusy(
            f"{name}: pin {pin} is in use. Another lamp of the settings or another program has it.",
            FaultKind.HELD,
        )
    if kinds & {"PinInvalidPin", "PinPWMError", "PinUnsupported"}:
        return Misconfigured(f"{name}: pin {pin} cannot be used so ({error}). Choose another pin.")
    return DeviceLost(f"{name}: pin {pin} does not answer ({error}).")

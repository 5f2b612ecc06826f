"""The lamps outside: free, in use, or something does not work."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from hardware.base import Light
from hardware.errors import HardwareError
from kiosk.booth.lamp import Lamp
from kiosk.visit.model import State, Visit


class Sign(enum.StrEnum):
    """What the lamps outside say."""

    IDLE = "idle"
    IN_USE = "in_use"
    FAULT = "fault"


def sign_of(visit: Visit) -> Sign:
    """Return what is to be said of a visit.

    A fault is shown as soon as there is one: staff may come before the next student does.
    """
    if visit.faults or visit.state is State.FAULT:
        return Sign.FAULT
    return Sign.IDLE if visit.state is State.IDLE else Sign.IN_USE


class StatusLamps:
    """Shows a visit's sign: one lamp is lit, the others are dark.

    Args:
        lights: the lamp of each sign; those that are missing are not shown.
    """

    def __init__(self, lights: Mapping[Sign, Light]) -> None:
        self._lamps = {sign: Lamp(light) for sign, light in lights.items()}
        self._shown: Sign | None = None

    @property
    def fault(self) -> HardwareError | None:
        """What is wrong with one of them; None when all work."""
        return next((lamp.fault for lamp in self._lamps.values() if lamp.fault is not None), None)

    def start(self) -> None:
        """Start the lamps' threads."""
        for lamp in self._lamps.values():
            lamp.start()

    def stop(self) -> None:
        """Darken all lamps."""
        for lamp in self._lamps.values():
            lamp.stop()

    def show(self, visit: Visit) -> None:
        """Show this visit's sign; returns at once."""
        sign = sign_of(visit)
        if sign is self._shown:
            return
        self._shown = sign
        for other, lamp in self._lamps.items():
            lamp.shine(1.0 if other is sign else 0.0)

"""A USB camera's manual controls: from the booth's units to the camera's own numbers and back.

Two controls have no unit in the standard, so their scale here is nominal. It is the same every
time, which is what a calibrated booth needs; it is not what a light meter would say:

* gain: ISO 100 is the least gain, `ISO_AT_FULL_GAIN` the most, in between in proportion;
* focus: 0 dioptre is the control's far end, `DIOPTRE_AT_NEAREST` its near end.

Sources: linux/v4l2-controls.h, the Linux media documentation of camera controls, and the USB
Video Class 1.5 specification (exposure in 100 µs, f-number in 1/100).
"""

from __future__ import annotations

import errno
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Final

from hardware import v4l2_ioctl
from hardware.base import CameraSettings
from hardware.errors import Misconfigured, Unsupported
from hardware.v4l2_ioctl import ControlRange

AUTO_WHITE_BALANCE: Final = 0x0098090C
RED_BALANCE: Final = 0x0098090E
BLUE_BALANCE: Final = 0x0098090F
AUTO_GAIN: Final = 0x00980912
GAIN: Final = 0x00980913
POWER_LINE_FREQUENCY: Final = 0x00980918
COLOUR_TEMPERATURE: Final = 0x0098091A
AUTO_EXPOSURE: Final = 0x009A0901
EXPOSURE: Final = 0x009A0902
EXPOSURE_MAY_SLOW_DOWN: Final = 0x009A0903
FOCUS: Final = 0x009A090A
AUTO_FOCUS: Final = 0x009A090C
APERTURE: Final = 0x009A0911

ISO_AT_LEAST_GAIN: Final = 100
ISO_AT_FULL_GAIN: Final = 1600
DIOPTRE_AT_NEAREST: Final = 10.0

_KELVINS: Final = re.compile(r"\s*(\d{4,5})\s*K\s*")
_EXPOSURE_MANUAL: Final = 1  # V4L2_EXPOSURE_MANUAL
_OFF: Final = 0
_POWER_LINE: Final[Mapping[int, int]] = MappingProxyType({50: 1, 60: 2})  # Hz to menu entry


@dataclass(frozen=True, slots=True)
class Control:
    """One control as the booth sees it.

    Attributes:
        number: its V4L2 number.
        label: what it is called, for messages.
        unit: of the booth's value, for messages.
        to_camera: from the booth's value to the camera's number, before rounding.
        from_camera: the way back.
        automatic: controls to set first, so that the camera leaves this one alone; those it
            lacks are passed over.
    """

    number: int
    label: str
    unit: str
    to_camera: Callable[[float, ControlRange], float]
    from_camera: Callable[[float, ControlRange], float]
    automatic: tuple[tuple[int, int], ...] = ()


def gain_number(iso: float, span: ControlRange) -> float:
    """Return the gain control's number for an ISO speed."""
    share = (iso - ISO_AT_LEAST_GAIN) / (ISO_AT_FULL_GAIN - ISO_AT_LEAST_GAIN)
    return span.minimum + share * (span.maximum - span.minimum)


def gain_iso(number: float, span: ControlRange) -> float:
    """Return the ISO speed a gain control's number stands for."""
    share = (number - span.minimum) / max(1, span.maximum - span.minimum)
    return ISO_AT_LEAST_GAIN + share * (ISO_AT_FULL_GAIN - ISO_AT_LEAST_GAIN)


def _focus_number(dioptre: float, span: ControlRange) -> float:
    return span.minimum + dioptre / DIOPTRE_AT_NEAREST * (span.maximum - span.minimum)


def _focus_dioptre(number: float, span: ControlRange) -> float:
    return (number - span.minimum) / max(1, span.maximum - span.minimum) * DIOPTRE_AT_NEAREST


def _balance_number(gain: float, span: ControlRange) -> float:
    return gain * span.default


def _balance_gain(number: float, span: ControlRange) -> float:
    return number / (span.default or 1)


def _same(number: float, _: ControlRange) -> float:
    return number


_BALANCE: Final = ((AUTO_WHITE_BALANCE, _OFF),)

CONTROLS: Final[Mapping[str, Control]] = MappingProxyType(
    {
        "exposure_s": Control(
            EXPOSURE,
            "exposure time",
            " s",
            lambda seconds, _: seconds * 10_000,
            lambda number, _: number / 10_000,
            ((AUTO_EXPOSURE, _EXPOSURE_MANUAL), (EXPOSURE_MAY_SLOW_DOWN, _OFF)),
        ),
        "iso": Control(GAIN, "ISO speed", "", gain_number, gain_iso, ((AUTO_GAIN, _OFF),)),
        "aperture": Control(
            APERTURE,
            "aperture",
            "",
            lambda f_number, _: f_number * 100,
            lambda number, _: number / 100,
        ),
        "red_gain": Control(
            RED_BALANCE, "red gain", "", _balance_number, _balance_gain, _BALANCE
        ),
        "blue_gain": Control(
            BLUE_BALANCE, "blue gain", "", _balance_number, _balance_gain, _BALANCE
        ),
        "focus_dioptre": Control(
            FOCUS, "focus", " dioptre", _focus_number, _focus_dioptre, ((AUTO_FOCUS, _OFF),)
        ),
        "colour_temperature_k": Control(
            COLOUR_TEMPERATURE, "colour temperature", " K", _same, _same, _BALANCE
        ),
    }
)  # fmt: skip
"""The control of each field of `CameraSettings`."""

_KEPT: Final = ("exposure_s", "iso", "red_gain", "blue_gain", "colour_temperature_k")
"""What a camera changes by itself and is to keep. Not the focus: while it searches, a camera tells
where the lens was told to stand last."""


def nearest(wanted: float, span: ControlRange) -> int:
    """Return the number a control can take that is nearest to a wanted one."""
    steps = math.floor((wanted - span.minimum) / span.step + 0.5)
    most = (span.maximum - span.minimum) // span.step
    return span.minimum + span.step * min(max(steps, 0), most)


def in_reach(wanted: float, span: ControlRange) -> bool:
    """Whether a wanted number is one the control can take, but for rounding."""
    return abs(nearest(wanted, span) - wanted) <= span.step / 2


class Controls:
    """The controls of an opened camera.

    Args:
        descriptor: of its video node.
        name: the camera's name, for messages.
    """

    def __init__(self, descriptor: int, name: str) -> None:
        self._descriptor = descriptor
        self._name = name
        self._wanted: dict[int, int] = {}  # in the order in which it was set

    def read(self) -> CameraSettings:
        """Return what the camera has now of what it may have found by itself.

        Raises:
            OSError: the camera is gone.
        """
        found: dict[str, float] = {}
        for name in _KEPT:
            control = CONTROLS[name]
            span = v4l2_ioctl.query_control(self._descriptor, control.number)
            if span is not None:
                number = v4l2_ioctl.get_control(self._descriptor, control.number)
                found[name] = control.from_camera(number, span)
        iso = found.pop("iso", None)
        return CameraSettings(iso=None if iso is None else round(iso), **found)

    def restore(self) -> None:
        """Set again what the camera has forgotten: some do when their stream starts.

        Raises:
            Misconfigured: it does not keep it.
            OSError: the camera is gone.
        """
        for number, value in self._wanted.items():
            if v4l2_ioctl.get_control(self._descriptor, number) == value:
                continue
            if self._try(number, value) != value:
                raise Misconfigured(
                    f"{self._name} forgets its manual values when pictures flow (control "
                    f"{number:#010x}). Take another camera."
                )

    def apply(self, settings: CameraSettings) -> CameraSettings:
        """Set manual values and return them as read back.

        Values the camera rounds to one of its steps count as they were asked for. Nothing is
        changed when a control is missing.

        Raises:
            Unsupported: the camera lacks a control.
            Misconfigured: it reads back another value; the nearest one it takes is set.
            OSError: the camera is gone.
        """
        wanted = {
            field.name: value
            for field in fields(settings)
            if (value := getattr(settings, field.name)) is not None
        }
        spans = {name: self._span(CONTROLS[name]) for name in wanted}
        for name, value in wanted.items():
            self._set(CONTROLS[name], spans[name], value)
        return replace(CameraSettings(), **wanted)

    def set_white_balance(self, words: str) -> None:
        """Fix the white balance.

        Args:
            words: kelvins, such as ``5300 K``.

        Raises:
            Unsupported, OSError: as `apply`.
            Misconfigured: as `apply`, or these are no kelvins.
        """
        found = _KELVINS.fullmatch(words)
        if found is None:
            raise Misconfigured(
                f"{self._name} takes its white balance as kelvins, not as {words!r}. Write it as "
                "'5300 K'."
            )
        control = CONTROLS["colour_temperature_k"]
        self._set(control, self._span(control), int(found[1]))

    def set_power_line(self, frequency_hz: int) -> bool:
        """Have automatic exposure keep in step with the lamps.

        Returns:
            Whether the camera has the control and took it. One without is no fault: with
            manual exposure it matters nothing.

        Raises:
            OSError: the camera is gone.
        """
        entry = _POWER_LINE[frequency_hz]
        if v4l2_ioctl.query_control(self._descriptor, POWER_LINE_FREQUENCY) is None:
            return False
        return self._try(POWER_LINE_FREQUENCY, entry, keep=True) == entry

    def _span(self, control: Control) -> ControlRange:
        span = v4l2_ioctl.query_control(self._descriptor, control.number)
        if span is None:
            raise Unsupported(
                f"{self._name} has no control for the {control.label}. Leave it out of the "
                "settings, or take another camera."
            )
        return span

    def _set(self, control: Control, span: ControlRange, value: float) -> None:
        for number, setting in control.automatic:
            if v4l2_ioctl.query_control(self._descriptor, number) is not None:
                self._try(number, setting, keep=True)
        wanted = control.to_camera(value, span)
        number = nearest(wanted, span)
        reads = self._try(control.number, number, keep=True)
        if reads == number and in_reach(wanted, span):
            return
        unit = control.unit
        now, least, most = (
            f"{control.from_camera(each, span):.4g}" for each in (reads, span.minimum, span.maximum)
        )
        raise Misconfigured(
            f"{self._name} reads back {now}{unit} as {control.label}, not {value:.4g}{unit}. It "
            f"takes {least} to {most}{unit}; choose such a value."
        )

    def _try(self, number: int, value: int, *, keep: bool = False) -> int:
        """Set a control and return what it reads; a refused value is not an error yet."""
        try:
            v4l2_ioctl.set_control(self._descriptor, number, value)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ERANGE, errno.EACCES, errno.EIO):
                raise
        reads = v4l2_ioctl.get_control(self._descriptor, number)
        if keep:
            self._wanted[number] = reads
        return reads

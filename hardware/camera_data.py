"""What cameras give and are told: frames, stills, manual values, their state.

Pixels are RGB, 8 bit, sRGB-encoded, never mirrored, turned by `hardware.turned` alone. Times are
seconds of `time.monotonic` on this machine.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hardware.errors import FaultKind

Pixels = npt.NDArray[np.uint8]
"""(height, width, 3), RGB, 8 bit, sRGB-encoded."""


def _no_metadata() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of the live view.

    Attributes:
        pixels: (height, width, 3) uint8 RGB, read-only.
        number: counts up from 1 since the live view started; a gap means frames were dropped.
        taken_at: when it was exposed, seconds of `time.monotonic`.
        metadata: what the camera says of this frame, where it does: ``exposure_s``, ``gain``,
            ``lux``, ``colour_temperature_k``.
    """

    pixels: Pixels
    number: int
    taken_at: float
    metadata: Mapping[str, float] = field(default_factory=_no_metadata)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


@dataclass(frozen=True, slots=True)
class Still:
    """One photo at full resolution, byte for byte as the camera wrote it, but for its orientation.

    Attributes:
        data: the file.
        media_type: ``image/jpeg`` or ``image/png``.
        taken_at: when the shutter opened, seconds of `time.monotonic`.
        shutter_lag_s: from the request to the open shutter, seconds.
        metadata: as of `Frame`.
    """

    data: bytes
    media_type: str
    taken_at: float
    shutter_lag_s: float = 0.0
    metadata: Mapping[str, float] = field(default_factory=_no_metadata)

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the file: the still's identity everywhere."""
        return hashlib.sha256(self.data).hexdigest()


class Condition(enum.StrEnum):
    """How a device is, in one word."""

    CLOSED = "closed"
    READY = "ready"
    TEMPORARY_FAULT = "temporary_fault"
    """It is being brought back; a new attempt follows by itself."""
    PERMANENT_FAULT = "permanent_fault"
    """It will not come back without a person."""


BATTERY_LOW_PERCENT: Final = 25
"""A day's work needs more."""


@dataclass(frozen=True, slots=True)
class CameraState:
    """What staff and `kiosk doctor` see of a camera.

    Attributes:
        driver: the driver's name, such as ``simulated`` or ``gphoto2``.
        model: make and model as the device reports them.
        serial: its serial number, empty when unknown.
        condition: how it is.
        live_view: whether live view runs.
        fault: the last fault in words, None when there is none.
        fault_kind: the same as one word, None when there is none or nobody has told it.
        restarts: how often it was restarted since the booth started.
        battery_percent: 0 to 100, None when unknown or on mains.
        free_bytes: room for photos in the camera, None when it does not say.
        lens: the lens as the camera calls it, empty when unknown.
        shutter_count: releases in the camera's life, None when it does not say.
        usb_path: where it is plugged in, as sysfs names it: ``1-1.2``; empty when not on USB. It
            stays the same when the device is numbered anew.
        frame_age_s: how long ago the newest frame was exposed, seconds; None without live view.
        stand_in: whether this is the camera that took over from the preferred one.
    """

    driver: str
    model: str = ""
    serial: str = ""
    condition: Condition = Condition.CLOSED
    live_view: bool = False
    fault: str | None = None
    restarts: int = 0
    battery_percent: int | None = None
    free_bytes: int | None = None
    lens: str = ""
    shutter_count: int | None = None
    usb_path: str = ""
    frame_age_s: float | None = None
    stand_in: bool = False
    fault_kind: FaultKind | None = None


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Manual values for one role of a camera. None leaves the device's value alone.

    Attributes:
        exposure_s: exposure time, seconds.
        iso: sensitivity, ISO speed.
        aperture: f-number.
        red_gain: white balance, red over green, factor.
        blue_gain: white balance, blue over green, factor.
        focus_dioptre: lens position, 1 / metre.
        colour_temperature_k: white balance of cameras that take no gains, kelvin.
    """

    exposure_s: float | None = None
    iso: int | None = None
    aperture: float | None = None
    red_gain: float | None = None
    blue_gain: float | None = None
    focus_dioptre: float | None = None
    colour_temperature_k: float | None = None

    def given(self) -> dict[str, Any]:
        """Return the values that are set, by their names."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def updated(self, newer: CameraSettings) -> CameraSettings:
        """Return these values, with those that `newer` sets put over them."""
        return replace(self, **newer.given())

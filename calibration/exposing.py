"""Bring the camera to manual values that expose the grey card right, and take what shows it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from calibration.cameras import Cameras
from calibration.exposure import adjusted, check_exposure
from calibration.limits import StepLimits
from calibration.step import StepResult
from calibration.stills import decode_still
from hardware.base import CameraSettings, Pixels
from hardware.errors import Misconfigured, Unsupported

LOOK_PX: Final = 3000
"""Longer side at which stills are looked at."""

_TRIES: Final = 6
_NEAR_ENOUGH: Final = 0.25
"""Of the error that is accepted: a nearer try is not worth another still."""
_BRACKET: Final = (0.5, 1.5)
_FAR_OFF: Final[Mapping[str, float]] = MappingProxyType(
    {"far_too_dark": -3.0, "far_too_bright": 3.0}
)
"""By finding: stops that are tried where the picture is too dark or bright to show any card."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """What was taken of the grey card.

    Attributes:
        stills: two files at the exposure that was found.
        live: a live view frame.
        bracket: further files, each with its exposure over that of `stills`.
        settings: what the camera was left at; None where it takes no values.
    """

    stills: tuple[bytes, bytes]
    live: Pixels
    bracket: tuple[tuple[float, bytes], ...]
    settings: CameraSettings | None


def expose(cameras: Cameras, limits: StepLimits, control: str, mains_hz: float) -> Exposed:
    """Have the camera keep the values it has, bring the card to its level, and take it.

    Args:
        cameras: the booth's.
        limits: what is accepted.
        control: as of `adjusted`; empty: the camera's values are kept as they are.
        mains_hz: alternations per second of the mains.

    Raises:
        HardwareError: the camera failed.
        CalibrationError: a still cannot be read.
    """
    has = _held(cameras)
    still = cameras.still()
    for _ in range(_TRIES if control and has is not None else 0):
        assert has is not None  # noqa: S101 - nothing is tried else
        error = _error(
            check_exposure([decode_still(still, "The still", LOOK_PX)[0]], limits=limits)
        )
        if error is None or abs(error) <= limits.max_exposure_error * _NEAR_ENOUGH:
            break
        wanted = adjusted(has, error, control, limits, mains_hz)
        if wanted is None or (got := set_values(cameras, wanted)) is None or got == has:
            break
        has, still = got, cameras.still()
    stills = (still, cameras.still())
    live = cameras.live()
    bracket = _bracket(cameras, has, control) if has is not None else ()
    return Exposed(stills, live, bracket, has)


def set_values(cameras: Cameras, settings: CameraSettings) -> CameraSettings | None:
    """Set values and return what the camera has; None where it takes none."""
    try:
        return cameras.apply(settings)
    except (Unsupported, Misconfigured):
        return None


def _held(cameras: Cameras) -> CameraSettings | None:
    """Have the camera keep what it found by itself: nothing may change from still to still."""
    has = set_values(cameras, CameraSettings())
    if has is None or has == CameraSettings():
        return has
    return set_values(cameras, has) or has


def _error(result: StepResult) -> float | None:
    """Return how many stops a still is too bright; None where it does not show."""
    figure = result.figures.get("exposure_error")
    return _FAR_OFF.get(result.findings[0].key) if figure is None else figure.value


def _bracket(
    cameras: Cameras, has: CameraSettings, control: str
) -> tuple[tuple[float, bytes], ...]:
    """Take the card darker and brighter, and set the camera back."""
    taken = []
    for factor in _BRACKET:
        wanted = adjusted(has, -math.log2(factor), control or "exposure_s")
        if wanted is None or (got := set_values(cameras, wanted)) is None:
            break
        # What the camera really set: its values are steps.
        taken.append((_light(got) / _light(has), cameras.still()))
    set_values(cameras, has)
    return tuple(taken)


def _light(settings: CameraSettings) -> float:
    aperture = settings.aperture or 1.0
    return (settings.exposure_s or 1.0) * (settings.iso or 100) / aperture**2

"""Whether stills of the backdrop make a clean plate: nobody there, nothing moved, light enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from calibration.errors import PlateError
from calibration.evenness import smooth_run
from calibration.light import Floats, to_linear
from calibration.limits import PlateLimits
from hardware.base import Pixels

Channels = tuple[float, float, float]

_LOOK_WIDTH_PX = 256
"""Width at which the backdrop is looked at as a whole; a person is far larger than its pixels."""


@dataclass(frozen=True, slots=True)
class Uniformity:
    """How even the backdrop is, in linear light.

    Attributes:
        mean: mean colour, sRGB code values 0 to 255.
        falloff: loss of light from the brightest to the darkest part, fraction 0 to 1.
        largest_step: largest deviation of a spot from the smooth run of light, fraction.
        step_area: fraction of the picture whose deviation is beyond the limit.
        exposure_change: spread of the stills' exposures, fraction.
        largest_change: largest change of a spot between the stills, sRGB code values.
    """

    mean: Channels
    falloff: float
    largest_step: float
    step_area: float
    exposure_change: float
    largest_change: float


def need_empty(frames: Sequence[Pixels], limits: PlateLimits | None = None) -> None:
    """Make sure that nobody is in frames of the live view, and nobody goes through.

    Args:
        frames: (H, W, 3) uint8 RGB each, all of one size.
        limits: as for the plate's stills.

    Raises:
        PlateError: somebody or something stands before the backdrop, or moves.
    """
    limits = limits or PlateLimits()
    mean = np.zeros(frames[0].shape, np.float32)
    for frame in frames:
        mean += frame
    found = measure_uniformity(frames, np.rint(mean / len(frames)).astype(np.uint8), limits)
    _need_nobody(found, limits)


def _look(pixels: Pixels) -> Floats:
    """Return the picture as a whole, linear light, about 256 pixels wide."""
    height, width = pixels.shape[:2]
    size = (_LOOK_WIDTH_PX, max(round(height * _LOOK_WIDTH_PX / width), 1))
    return to_linear(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def measure_uniformity(stills: Sequence[Pixels], plate: Pixels, limits: PlateLimits) -> Uniformity:
    """Return how even a plate is, and how much the stills it was made from differ."""
    looks = [_look(still) for still in stills]
    base = _look(plate)
    spot = (limits.spot_px, limits.spot_px)
    exposures = [float(look.mean() / max(float(base.mean()), 1e-4)) for look in looks]
    changes = []
    for look, exposure in zip(looks, exposures, strict=True):
        # In the square root of light, code values are about evenly spaced, as in sRGB.
        difference = np.sqrt(look / max(exposure, 1e-4)) - np.sqrt(base)
        changes.append(float(np.abs(cv2.blur(difference, spot)).max()) * 255)
    light = cv2.blur(base.mean(axis=2), spot)
    steps = np.abs(light / np.maximum(smooth_run(light), 1e-4) - 1)
    low, high = np.percentile(light, (1, 99))
    mean = plate.reshape(-1, 3).mean(axis=0)
    return Uniformity(
        mean=(float(mean[0]), float(mean[1]), float(mean[2])),
        falloff=float(1 - low / max(high, 1e-4)),
        largest_step=float(steps.max()),
        step_area=float((steps > limits.max_step).mean()),
        exposure_change=max(exposures) - min(exposures),
        largest_change=max(changes),
    )


def judge_uniformity(found: Uniformity, pixels: Pixels, limits: PlateLimits) -> None:
    """Refuse what is no clean plate.

    Raises:
        PlateError: saying why, and what to do.
    """
    _need_nobody(found, limits)
    if found.exposure_change > limits.max_exposure_change:
        raise PlateError(
            f"The exposure changed by {found.exposure_change:.0%} between the stills "
            f"({limits.max_exposure_change:.0%} are allowed). Set exposure and lamps to manual. "
            "With lamps that flicker set an exposure time of whole flickers: 1/100 s, 1/50 s or "
            "1/25 s where the mains has 50 Hz.",
            "plate_exposure_wanders",
        )
    if found.falloff > limits.max_falloff:
        raise PlateError(
            f"The backdrop loses {found.falloff:.0%} of its light towards its darkest part "
            f"({limits.max_falloff:.0%} are allowed). Move the lamps until it is even.",
            "plate_uneven",
        )
    clipped = float(((pixels == 0) | (pixels == 255)).mean())  # noqa: PLR2004 - 8 bit
    if clipped > limits.max_clipped:
        raise PlateError(
            f"{clipped:.0%} of the backdrop is clipped. Lower the exposure, or raise it when "
            "the picture is black, and take the plate again.",
            "plate_clipped",
        )
    if max(found.mean) < limits.min_level:
        raise PlateError(
            f"The backdrop is nearly black (code value {max(found.mean):.0f}, at least "
            f"{limits.min_level:.0f} are needed). Switch the lamps on, do the exposure first, and "
            "take the plate again.",
            "plate_dark",
        )


def _need_nobody(found: Uniformity, limits: PlateLimits) -> None:
    if found.largest_change > limits.max_change:
        raise PlateError(
            f"Something moved between the stills (a spot changed by {found.largest_change:.0f} "
            f"code values, {limits.max_change:.0f} are allowed). Leave the booth empty and "
            "take the plate again.",
            "plate_moved",
        )
    if found.step_area > limits.max_step_area:
        raise PlateError(
            f"Somebody or something stands before the backdrop: {found.step_area:.0%} of the "
            f"picture differs from its surroundings by more than {limits.max_step:.0%}. "
            "Clear the backdrop and take the plate again.",
            "plate_not_empty",
        )

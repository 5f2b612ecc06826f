"""The backdrop step as the session does it: plate and live view, and the lamps as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from calibration.backdrop import PLATE_SIDE_PX, Plate, check_backdrop
from calibration.drift import shared_detail
from calibration.emptiness import need_empty
from calibration.errors import PlateError
from calibration.limits import PlateLimits, StepLimits
from calibration.step import Figure, Finding, StepResult
from calibration.stills import decode_stills
from calibration.surroundings import change_stops, corners_light
from hardware.base import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class EmptyBooth:
    """The booth with nobody in it.

    Attributes:
        plate: of its stills.
        live: the mean of its live view frames, (h, w, 3) uint8 RGB.
    """

    plate: Plate
    live: Pixels


def judge_empty_booth(
    stills: Sequence[bytes],
    live: Sequence[Pixels],
    exposure: Mapping[str, Any],
    plate_limits: PlateLimits,
    limits: StepLimits,
) -> tuple[StepResult, EmptyBooth | None]:
    """Judge what was taken of the empty booth.

    Args:
        stills: files.
        live: live view frames of the same moments, (h, w, 3) uint8 RGB each.
        exposure: the exposure step's section of the profile; empty without one.
        plate_limits: what makes a plate.
        limits: what is accepted of it.

    Returns:
        the result, and what it shows; None where it shows no empty booth.

    Raises:
        CalibrationError: a still cannot be read.
    """
    named = [(f"Plate still {i + 1}", data) for i, data in enumerate(stills)]
    pixels, size = decode_stills(named, PLATE_SIDE_PX)
    result, plate = check_backdrop(pixels, size, plate_limits, limits)
    if plate is None:
        return result, None
    try:
        # Staff may have come in between the last still and the last frame.
        need_empty(live, plate_limits)
    except PlateError as error:
        return replace(result, findings=(Finding(error.key, f"Live view: {error}"),)), None
    *frames, other = live
    mean = _mean(frames)
    detail = round(shared_detail(other, mean), 4)
    result = replace(result, section={**result.section, "live_detail": detail})
    then = exposure.get("surroundings")
    if then is not None:
        result = _compared(result, change_stops(then, corners_light(plate.pixels)), plate_limits)
    return result, EmptyBooth(plate, mean)


def _mean(frames: Sequence[Pixels]) -> Pixels:
    total = np.zeros(frames[0].shape, np.float32)
    for frame in frames:
        total += frame
    mean: Pixels = np.rint(total / len(frames)).astype(np.uint8)
    return mean


def _compared(result: StepResult, change: float, limits: PlateLimits) -> StepResult:
    """Take in how the backdrop's light changed since the exposure was set, stops."""
    figure = Figure(change, "stops", -limits.max_light_change, limits.max_light_change)
    result = replace(result, figures={**result.figures, "light_change": figure})
    if figure.holds:
        return result
    found = Finding(
        "light_changed",
        f"The backdrop is {abs(change):.1f} stops {'brighter' if change > 0 else 'darker'} than "
        "in the exposure step. Look whether all lamps are on; then do the exposure step and this "
        "one again.",
        {"stops": f"{abs(change):.1f}"},
    )
    return replace(result, findings=(found, *result.findings))

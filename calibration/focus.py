"""The focus step: how sharp the sitter's plane is, and whether the focus stays where it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np

from calibration.light import LUMINANCE, Doubles, Floats, to_linear
from calibration.limits import StepLimits
from calibration.slanted_edge import mtf50
from calibration.step import Figure, Finding, Step, StepResult, ordered
from hardware.base import Pixels

_MIN_SIDE_PX: Final = 40
_SQUARE: Final = 0.85  # of its turned box that the square fills
_PART: Final = 0.6  # of a side that is looked at
_REACH: Final = 0.22  # of a side, across the edge
_BLUE: Final = (20, 110, 220)


def check_focus(
    stills: Sequence[Pixels],
    limits: StepLimits | None = None,
    pixels_per_mm: float | None = None,
) -> StepResult:
    """Look at stills of a dark square, turned by about 5°, on white, on the chair.

    Args:
        stills: (H, W, 3) uint8 RGB, with some seconds and a live view between them.
        limits: what is accepted.
        pixels_per_mm: of a still in the sitter's plane, from the geometry step.
    """
    limits = limits or StepLimits()
    square = find_square(stills[0])
    # A still that shows no edge any more is one that has lost the focus.
    values = [sharpness(still) or 0.0 for still in stills]
    if square is None or not values[0]:
        missing = Finding(
            "edge_not_found",
            "The dark square was not found. Put its card on the chair where the face will be, "
            "whole, facing the camera.",
        )
        return StepResult(Step.FOCUS, {}, (missing,), {"edge": stills[0]})
    figures = {
        "mtf50": Figure(values[0], "cycles/px", limits.min_mtf50),
        "change": Figure(
            (max(values) - min(values)) / max(values), "", None, limits.max_focus_change
        ),
    }
    if pixels_per_mm is not None:
        figures["mtf50_at_sitter"] = Figure(values[0] * pixels_per_mm, "cycles/mm")
    found = []
    if not figures["mtf50"].holds:
        found.append(
            Finding(
                "unsharp",
                f"The sitter's place is out of focus (MTF50 {values[0]:.3f} cycles per pixel, "
                f"{limits.min_mtf50:.2f} are needed). Focus on the card, clean the lens, and "
                "repeat.",
                {"mtf": f"{values[0]:.3f}"},
            )
        )
    if not figures["change"].holds:
        found.append(
            Finding(
                "focus_wanders",
                f"The sharpness changed by {figures['change'].value:.0%} between stills. Switch "
                "the camera to manual focus.",
                {"part": f"{figures['change'].value:.0%}"},
            )
        )
    drawn = stills[0].copy()
    outline = np.rint(square).astype(np.int32)
    cv2.polylines(drawn, [outline], True, _BLUE, max(drawn.shape[1] // 400, 2))
    section = {"mtf50_each": [round(value, 5) for value in values]}
    return StepResult(Step.FOCUS, figures, ordered(found), {"edge": drawn}, section)


def sharpness(still: Pixels) -> float | None:
    """Return MTF50, cycles per pixel, as the median of the square's four edges; None without."""
    square = find_square(still)
    if square is None:
        return None
    values = [v for patch in _edges(still, square) if (v := mtf50(patch)) is not None]
    return float(np.median(values)) if values else None


def find_square(pixels: Pixels) -> Floats | None:
    """Return the dark square's corners, (4, 2) pixels; None when there is none."""
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 1.5)
    height, width = grey.shape
    best, area = None, float(_MIN_SIDE_PX**2)
    for level in (60, 90, 120):
        dark = (grey < level).astype(np.uint8)
        contours, _ = cv2.findContours(dark, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            size = cv2.contourArea(contour)
            if size <= area or size > height * width / 4:
                continue
            box = cv2.minAreaRect(contour)
            wide, tall = box[1]
            if size / (wide * tall) < _SQUARE or not _SQUARE < wide / tall < 1 / _SQUARE:
                continue
            if _ringed_by_white(grey, box):
                best, area = cv2.boxPoints(box), size
    return None if best is None else np.asarray(best, np.float32)


def _ringed_by_white(grey: Pixels, box: Any) -> bool:
    """Return whether all around the box, a tenth of its size off, the picture is bright."""
    (x, y), (wide, tall), turn = box
    ring = cv2.boxPoints(((x, y), (wide * 1.25, tall * 1.25), turn))
    points = np.concatenate(
        [np.linspace(a, b, 20) for a, b in zip(ring, np.roll(ring, 1, 0), strict=True)]
    )
    columns, rows = np.rint(points).astype(int).T
    height, width = grey.shape
    if columns.min() < 0 or rows.min() < 0 or columns.max() >= width or rows.max() >= height:
        return False
    inside = float(grey[round(y), round(x)])
    return float(np.percentile(grey[rows, columns], 10)) > inside + 50


def _edges(still: Pixels, square: Floats) -> list[Doubles]:
    """Cut out the middle of each side, as (H, W) linear light with an upright edge."""
    patches = []
    for first, second in zip(square, np.roll(square, -1, axis=0), strict=True):
        along = second - first
        side = float(np.hypot(*along))
        middle = (first + second) / 2
        half, reach = side * _PART / 2, side * _REACH
        upright = abs(along[1]) > abs(along[0])
        span = (reach, half) if upright else (half, reach)
        left, top = (int(v) for v in middle - span)
        right, bottom = (int(v) for v in middle + span)
        patch = to_linear(still[max(top, 0) : bottom, max(left, 0) : right]).astype(np.float64)
        light = patch @ LUMINANCE
        patches.append(light if upright else light.T)
    return patches

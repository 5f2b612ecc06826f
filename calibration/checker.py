"""Find a colour chart of 24 patches (ColorChecker) and read its patches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from calibration.delta_e import lab_of
from calibration.light import Doubles, Floats, to_linear
from hardware.base import Pixels

REFERENCE_LAB: Final = np.array(
    [
        [37.54, 14.37, 14.92], [64.66, 19.27, 17.50], [49.32, -3.82, -22.54],
        [43.46, -12.74, 22.72], [54.94, 9.61, -24.79], [70.48, -32.26, -0.37],
        [62.73, 35.83, 56.50], [39.43, 10.75, -45.17], [50.57, 48.64, 16.67],
        [30.10, 22.54, -20.87], [71.77, -24.13, 58.19], [71.51, 18.24, 67.37],
        [28.37, 15.42, -49.80], [54.38, -39.72, 32.27], [42.43, 51.05, 28.62],
        [81.80, 2.67, 80.41], [50.63, 51.28, -14.12], [49.57, -29.71, -28.32],
        [95.19, -1.03, 2.93], [81.29, -0.57, 0.44], [66.89, -0.75, -0.06],
        [50.76, -0.13, 0.14], [35.63, -0.46, -0.48], [20.64, 0.07, -0.46],
    ]
)  # fmt: skip
"""CIELAB under D50 of the patches, from the top left, row by row.

Source: X-Rite, colour specifications of ColorChecker charts made after November 2014.
"""

PATCHES: Final = 24
NEUTRAL: Final = slice(19, 23)
"""The grey patches that are neither near white nor near black."""

_LOOK_PX: Final = 1200
_INNER: Final = 0.8  # of the part of a patch that the library calls its middle


@dataclass(frozen=True, slots=True, eq=False)
class Checker:
    """A chart that was found.

    Attributes:
        light: (24, 3) median linear light of the patches, in the chart's order.
        spread: (24,) standard deviation inside each patch over its light, fraction.
        corners: (24, 4, 2) corners of what was read of each patch, pixels.
    """

    light: Doubles
    spread: Doubles
    corners: Floats


def find_checker(pixels: Pixels) -> Checker | None:
    """Find the chart in a picture, (H, W, 3) uint8 RGB; None when there is none, or not whole."""
    scale = min(_LOOK_PX / pixels.shape[1], 1.0)
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    detector = cv2.mcc.CCheckerDetector.create()
    if not detector.process(cv2.cvtColor(small, cv2.COLOR_RGB2BGR), cv2.mcc.MCC24, 1):
        return None
    corners = np.asarray(detector.getBestColorChecker().getColorCharts(), np.float32)
    corners = corners.reshape(-1, 4, 2) / scale
    if len(corners) != PATCHES:
        return None
    middles = corners.mean(axis=1, keepdims=True)
    corners = middles + (corners - middles) * _INNER
    read = [_read(pixels, patch) for patch in corners]
    if any(values is None for values in read):
        return None
    light = np.array([values[0] for values in read if values is not None])
    spread = np.array([values[1] for values in read if values is not None])
    order = _order(light)
    return Checker(light[order], spread[order], corners[order])


def _read(pixels: Pixels, patch: Floats) -> tuple[Doubles, float] | None:
    left, top = np.floor(patch.min(axis=0)).astype(int)
    right, bottom = np.ceil(patch.max(axis=0)).astype(int)
    height, width = pixels.shape[:2]
    if left < 0 or top < 0 or right >= width or bottom >= height or right - left < 4:  # noqa: PLR2004
        return None
    mask = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(patch - [left, top]).astype(np.int32), 1)
    inside = to_linear(pixels[top:bottom, left:right])[mask > 0].astype(np.float64)
    # Photon noise is the same at every brightness under a square root; so is its mean.
    middle = np.median(inside, axis=0)
    near = np.abs(np.sqrt(inside) - np.sqrt(middle)).max(axis=1) < 0.1  # noqa: PLR2004 - no glints
    kept = inside[near] if near.any() else inside
    mean = kept.mean(axis=0)
    return mean, float(kept.std(axis=0).max() / max(float(mean.max()), 1e-3))


def _order(light: Doubles) -> list[int]:
    """Return the patches' order: the chart may hang upside down, which the library may not see."""
    there, back = list(range(PATCHES)), list(range(PATCHES))[::-1]
    reference = REFERENCE_LAB[:, 0]
    lightness = lab_of(light)[:, 0]
    fits = [float(np.corrcoef(lightness[order], reference)[0, 1]) for order in (there, back)]
    return there if fits[0] >= fits[1] else back

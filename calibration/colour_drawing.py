"""The colour chart as it was found, each patch's true colour beside what the camera saw."""

from __future__ import annotations

import cv2
import numpy as np

from calibration.delta_e import linear_of
from calibration.light import Doubles, Floats, to_srgb
from hardware.base import Pixels


def draw_chart(still: Pixels, corners: Floats, reference_lab: Doubles) -> Pixels:
    """Return the still with each patch's lower right half in its true colour.

    Args:
        still: (H, W, 3) uint8 RGB.
        corners: (24, 4, 2) of the patches, pixels.
        reference_lab: (24, 3) their true colours, CIELAB under D50.
    """
    drawn = still.copy()
    truth = to_srgb(linear_of(reference_lab).astype(np.float32))
    for patch, colour in zip(corners, truth, strict=True):
        middle = patch.mean(axis=0)
        inner = middle + (patch - middle) * 0.9
        order = np.argsort(inner.sum(axis=1))
        half = np.rint(inner[order[1:]]).astype(np.int32)
        cv2.fillConvexPoly(drawn, half, tuple(int(v) for v in colour))
    return drawn

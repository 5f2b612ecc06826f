"""A matte without a plate: the segmenter's mask, refined along the picture's own edges.

For a still whose backdrop is not known, such as a phone upload. It is less exact than the matte
from a plate, loose hair above all, and the report says so.
"""

from __future__ import annotations

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.portrait.fill import fill
from kiosk.portrait.light import Floats, to_linear
from kiosk.portrait.matte import Matte

_RADIUS, _EPSILON = 0.012, 1e-4
"""Of the guided filter (He et al., 2013): of the picture's longer side; variance, 0 to 1."""
_INSIDE, _OUTSIDE = 0.9, 0.1
"""The segmenter is sure beyond these."""
_OPAQUE = 0.95


def guess(still: Pixels, person: Floats) -> Matte:
    """Return the matte of a still whose backdrop is not known.

    Args:
        still: (H, W, 3) uint8 RGB.
        person: (H, W) the segmenter's mask, 0 to 1.
    """
    radius = max(round(_RADIUS * max(still.shape)), 2)
    guide = still.astype(np.float32) / 255
    refined = cv2.ximgproc.guidedFilter(guide, person, radius, _EPSILON)
    sharp = np.clip((refined - _OUTSIDE) / (_INSIDE - _OUTSIDE), 0, 1)
    side = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
    sure = cv2.erode((person > _INSIDE).astype(np.uint8), side)
    off = cv2.dilate((person > _OUTSIDE).astype(np.uint8), side)
    alpha = np.where(sure > 0, 1.0, np.where(off > 0, sharp, 0.0)).astype(np.float32)
    light = to_linear(still)
    colour = fill(light, (alpha > _OPAQUE).astype(np.float32))
    foreground = np.where(alpha[..., None] > _OPAQUE, light, colour)
    return Matte(alpha, foreground, "segmenter")

"""Alpha from a known backdrop."""

from __future__ import annotations

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.portrait.backdrop import Backdrop
from kiosk.portrait.fill import fill
from kiosk.portrait.light import Floats, to_linear
from kiosk.portrait.matte import Matte

_INSIDE, _OUTSIDE, _FAINT = 0.9, 0.02, 0.1


def solve(still: Pixels, backdrop: Backdrop, person: Floats) -> Matte:
    """Return the matte of a still whose backdrop is known.

    Args:
        still: (H, W, 3) uint8 RGB.
        backdrop: behind the person.
        person: (H, W) the segmenter's mask, 0 to 1.
    """
    light = to_linear(still)
    inside = cv2.erode((person > _INSIDE).astype(np.uint8), np.ones((15, 15), np.uint8))
    foreground = fill(light, inside.astype(np.float32))
    across = foreground - backdrop.light
    part = ((light - backdrop.light) * across).sum(axis=2)
    alpha = np.clip(part / np.maximum((across**2).sum(axis=2), 1e-5), 0, 1)
    alpha = np.where(inside > 0, 1.0, np.where(person < _OUTSIDE, 0.0, alpha)).astype(np.float32)
    own = (light - (1 - alpha[..., None]) * backdrop.light) / np.maximum(alpha[..., None], _FAINT)
    own = np.where(alpha[..., None] > _FAINT, np.clip(own, 0, 1), foreground)
    return Matte(alpha, own.astype(np.float32), "plate", backdrop.shift_px, backdrop.exposure)

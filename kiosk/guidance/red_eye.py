"""Whether a flash lit up the pupils (ISO/IEC 29794-5: "natural colour").

Light that comes back from the eye's ground is saturated red, which no iris and no lid is.
"""

from __future__ import annotations

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.guidance.face_points import LEFT_EYE, RIGHT_EYE, EyePoints
from kiosk.guidance.mediapipe_models import Floats

_LEAST_RADIUS_PX = 3.0
_PUPIL = 0.6
"""A pupil reaches so far out of the iris, wide open."""
_RED_OVER_OTHERS = 2.0
_LEAST_RED = 60
"""Below it the ratio is one of noise: 0 to 255."""


def measure_red_pupil_fraction(pixels: Pixels, face: Floats) -> float | None:
    """Return the red part of the pupil, of the eye that has more, 0 to 1.

    None when an iris is too small, or not wholly inside the picture.
    """
    found = [_red_fraction(pixels, face, eye) for eye in (LEFT_EYE, RIGHT_EYE)]
    return None if found[0] is None or found[1] is None else max(found[0], found[1])


def _red_fraction(pixels: Pixels, face: Floats, eye: EyePoints) -> float | None:
    centre = face[eye.iris, :2]
    rim = face[eye.iris + 1 : eye.iris + 5, :2]
    radius = float(np.hypot(*(rim - centre).T).mean())
    x0, y0 = np.floor(centre - radius).astype(int)
    x1, y1 = np.ceil(centre + radius).astype(int) + 1
    inside = x0 >= 0 and y0 >= 0 and x1 <= pixels.shape[1] and y1 <= pixels.shape[0]
    if radius < _LEAST_RADIUS_PX or not inside:
        return None
    box = pixels[y0:y1, x0:x1].astype(np.int16)
    pupil = np.zeros(box.shape[:2], np.uint8)
    middle = (centre - (x0, y0)).round().astype(int)
    cv2.circle(pupil, (int(middle[0]), int(middle[1])), max(1, round(_PUPIL * radius)), 1, -1)
    red, others = box[..., 0], box[..., 1:].max(axis=2)
    burning = (red > _LEAST_RED) & (red > _RED_OVER_OTHERS * others)
    return float(burning[pupil > 0].mean())

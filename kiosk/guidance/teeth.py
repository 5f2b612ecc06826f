"""Whether teeth show between the lips.

ISO/IEC 29794-5 sees this as part of "mouth closed". The gap between the lips is measured in
`mouth`; this looks at what is in it.
"""

from __future__ import annotations

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.guidance.face_points import LIPS_INNER, LIPS_OUTER, eye_distance
from kiosk.guidance.mediapipe_models import Floats

_EYE_DISTANCE_PX = 100.0
"""Looked at where the eyes are so far apart: as in the finished photo."""
_LEAST_EYE_DISTANCE_PX = 40.0
_MARGIN_PX = 4
_PALER = 0.6
"""A tooth has less than so much of the redness (a*) of the person's own lips."""
_DARKER = 30
"""It is at most so much darker than the lips, L* times 2.55: the open mouth is darker still."""
_LEAST_LIP_PX = 20


def measure_teeth_area(pixels: Pixels, face: Floats) -> float | None:
    """Return the area of teeth over the square of the distance of the eyes.

    Teeth are less red than the lips around them, whatever the colour of either. None when the
    mouth is too small or not wholly inside the picture.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        face: (478, 3) face points, pixels of the picture.
    """
    distance = eye_distance(face)
    outer, inner = face[list(LIPS_OUTER), :2], face[list(LIPS_INNER), :2]
    x0, y0 = np.floor(outer.min(axis=0)).astype(int) - _MARGIN_PX
    x1, y1 = np.ceil(outer.max(axis=0)).astype(int) + _MARGIN_PX
    height, width = pixels.shape[:2]
    outside = x0 < 0 or y0 < 0 or x1 > width or y1 > height
    if distance < _LEAST_EYE_DISTANCE_PX or outside:
        return None
    scale = min(1.0, _EYE_DISTANCE_PX / distance)
    box = cv2.resize(pixels[y0:y1, x0:x1], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    shape = box.shape[:2]
    gap = cv2.dilate(_filled(shape, (inner - (x0, y0)) * scale), np.ones((3, 3), np.uint8)) > 0
    lips = (_filled(shape, (outer - (x0, y0)) * scale) > 0) & ~gap
    if np.count_nonzero(lips) < _LEAST_LIP_PX:
        return None
    colours = cv2.cvtColor(box, cv2.COLOR_RGB2LAB).astype(np.int16)
    light, red = np.median(colours[lips][:, :2], axis=0)
    within = colours[gap]
    teeth = (within[:, 1] - 128 < _PALER * (red - 128)) & (within[:, 0] > light - _DARKER)
    return float(np.count_nonzero(teeth)) / (distance * scale) ** 2


def _filled(shape: tuple[int, ...], outline: Floats) -> Pixels:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [outline.round().astype(np.int32)], 1)
    return mask

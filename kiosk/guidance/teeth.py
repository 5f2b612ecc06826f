"""Whether teeth show between the lips.

ISO/IEC 29794-5 sees this as part of "mouth closed". The gap between the lips is measured in
`mouth`; this looks at what is in it.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hardware.base import Pixels
from kiosk.guidance.face_points import (
    LIPS_INNER,
    LIPS_OUTER,
    MOUTH_LEFT,
    MOUTH_RIGHT,
    eye_distance,
)
from kiosk.guidance.mediapipe_models import Floats

_EYE_DISTANCE_PX = 100.0
"""Looked at where the eyes are so far apart: as in the finished photo."""
_LEAST_EYE_DISTANCE_PX = 40.0
_MARGIN_PX = 4
_PALER = 0.6
"""A tooth has less than so much of the redness (a*) of the person's own lips."""
_LEAST_REDNESS = 5.0
"""Lips with less a* than this are not told from teeth: a picture in grey, or with a cast. Those of
62 people, of all skin colours, have 6 and more."""
_DARKER = 20
"""It is at most so much darker than the lips, L* times 2.55: the open mouth is darker still."""
_CORNERS = 0.25
"""So much of half the mouth's width is left out at either corner: there the line between closed
lips is as pale as a tooth, and teeth are seen further in before they are seen there."""
_LEAST_LIP_PX = 20


def measure_teeth_area(pixels: Pixels, face: Floats) -> float | None:
    """Return the area of teeth over the square of the distance of the eyes.

    Teeth are less red than the lips around them, whatever the colour of either. None when the
    mouth is too small or not wholly inside the picture, or the lips have no red.

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
    if red - 128 < _LEAST_REDNESS:
        return None
    within = colours[gap]
    teeth = (within[:, 1] - 128 < _PALER * (red - 128)) & (within[:, 0] > light - _DARKER)
    teeth &= _off_the_corners((outer - (x0, y0)) * scale, shape)[gap]
    return float(np.count_nonzero(teeth)) / (distance * scale) ** 2


def _off_the_corners(outer: Floats, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return where a (height, width) picture of a mouth is not near its corners."""
    right, left = outer[LIPS_OUTER.index(MOUTH_RIGHT)], outer[LIPS_OUTER.index(MOUTH_LEFT)]
    half = max(float(np.hypot(*(left - right))) / 2, 1e-6)
    across = (left - right) / (2 * half)
    rows, columns = np.indices(shape[:2])
    middle = (left + right) / 2
    along = (columns - middle[0]) * across[0] + (rows - middle[1]) * across[1]
    inside: npt.NDArray[np.bool_] = np.abs(along) < half * (1 - _CORNERS)
    return inside


def _filled(shape: tuple[int, ...], outline: Floats) -> Pixels:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [outline.round().astype(np.int32)], 1)
    return mask

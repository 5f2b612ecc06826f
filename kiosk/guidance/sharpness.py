"""How sharp the eyes are (ISO/IEC 29794-5: "sharpness").

The figure is the blur effect of Crété et al. (SPIE 6492, 2007) turned round: the picture is
blurred once more, and what that takes away of the differences between neighbours is what it had.
A blurred picture has little to lose. As a ratio it does not depend on how light the picture is,
nor on its contrast.
"""

from __future__ import annotations

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.guidance.face_points import OVAL, eye_centres
from kiosk.guidance.mediapipe_models import Floats

EYE_DISTANCE_PX = 100.0
"""Judged at the size of the finished photo: with a face 240 px wide the eyes are about 100 apart.
"""
_MIN_EYE_DISTANCE_PX = 45.0
"""Smaller eyes show too few pixels to tell blur from size."""
_SIDE, _ABOVE, _BELOW = 0.35, 0.3, 0.2
"""The strip around both eyes, in eye distances beyond their centres; brows included."""
_BLUR_PX = 9
_USUAL_DIRECTION = (0.08, 0.0)
"""What sharp and defocused faces have: mean of 62 portraits, `measure_blur_direction`."""
_NOISE_PX = 0.7
"""Softening against sensor noise, which would look like detail; Gaussian, pixels."""


def measure_eye_sharpness(pixels: Pixels, face: Floats) -> float | None:
    """Return the sharpness of the strip around both eyes, 0 (blurred) to 1.

    None when the eyes are too small or not wholly inside the picture.
    """
    left, right = eye_centres(face)
    distance = float(np.hypot(*(left - right)))
    if distance < _MIN_EYE_DISTANCE_PX:
        return None
    x0 = int(min(left[0], right[0]) - _SIDE * distance)
    x1 = int(max(left[0], right[0]) + _SIDE * distance)
    y0 = int(min(left[1], right[1]) - _ABOVE * distance)
    y1 = int(max(left[1], right[1]) + _BELOW * distance)
    if x0 < 0 or y0 < 0 or x1 > pixels.shape[1] or y1 > pixels.shape[0]:
        return None
    grey = cv2.cvtColor(pixels[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY)
    scale = min(1.0, EYE_DISTANCE_PX / distance)
    if scale < 1.0:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    softened = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _NOISE_PX)
    return 1.0 - blur_effect(softened)


def measure_blur_direction(pixels: Pixels, face: Floats) -> float | None:
    """Return how much the fine detail of the face differs with direction, stops.

    Defocus takes detail alike in all directions, movement takes what lies along its path: second
    differences across are held against those down, and both diagonals against each other. Below
    0.5 for sharp and defocused faces, above for a path of 4 pixels of the photo or more. None
    when the face is too small or cut.
    """
    left, right = eye_centres(face)
    distance = float(np.hypot(*(left - right)))
    oval = face[list(OVAL), :2]
    x0, y0 = np.floor(oval.min(axis=0)).astype(int)
    x1, y1 = np.ceil(oval.max(axis=0)).astype(int)
    cut = x0 < 0 or y0 < 0 or x1 > pixels.shape[1] or y1 > pixels.shape[0]
    if distance < _MIN_EYE_DISTANCE_PX or cut:
        return None
    grey = cv2.cvtColor(pixels[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY)
    scale = min(1.0, EYE_DISTANCE_PX / distance)
    if scale < 1.0:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _NOISE_PX)
    middle = soft[1:-1, 1:-1]
    across = _bend(soft[1:-1, 2:], middle, soft[1:-1, :-2])
    down = _bend(soft[2:, 1:-1], middle, soft[:-2, 1:-1])
    falling = _bend(soft[2:, 2:], middle, soft[:-2, :-2])
    rising = _bend(soft[2:, :-2], middle, soft[:-2, 2:])
    straight = np.log2(across / down) - _USUAL_DIRECTION[0]
    slanted = np.log2(falling / rising) - _USUAL_DIRECTION[1]
    return float(np.hypot(straight, slanted))


def _bend(after: Floats, middle: Floats, before: Floats) -> float:
    return float(np.abs(after - 2 * middle + before).mean()) + 1e-3


def blur_effect(grey: Floats) -> float:
    """Return the blur effect of a grey picture, 0 (sharp) to 1 (blurred); 1 when it is plain."""
    worst = 0.0
    for axis, size in ((0, (1, _BLUR_PX)), (1, (_BLUR_PX, 1))):
        blurred = cv2.blur(grey, size)
        before = np.abs(np.diff(grey, axis=axis))
        lost = np.maximum(0.0, before - np.abs(np.diff(blurred, axis=axis)))
        total = float(before.sum())
        worst = max(worst, (total - float(lost.sum())) / total if total > 0 else 1.0)
    return worst

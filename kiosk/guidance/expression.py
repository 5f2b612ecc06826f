"""How far the mouth's corners are drawn up (ISO/IEC 29794-5: "expression neutrality")."""

from __future__ import annotations

import numpy as np

from kiosk.guidance.face_points import (
    EYE_CORNERS,
    LOWER_LIP,
    MOUTH_LEFT,
    MOUTH_RIGHT,
    UPPER_LIP,
    coordinates,
)
from kiosk.guidance.mediapipe_models import Floats

_POINTS = np.array([*EYE_CORNERS, UPPER_LIP[1], LOWER_LIP[1], MOUTH_LEFT, MOUTH_RIGHT])


def measure_smile(face: Floats) -> float:
    """Return how far the mouth's corners are above the line where the lips meet.

    Over the distance of the eyes, square to the line through them: negative where the corners
    hang. 0.1 is about 6 mm.
    """
    (ax, ay), (bx, by), (cx, cy), (dx, dy), upper, lower, left, right = coordinates(face, _POINTS)
    # From the right eye's centre to the left one's, and from the corners' middle to the lips'.
    across_x, across_y = (ax + bx - cx - dx) / 2, (ay + by - cy - dy) / 2
    off_x = (upper[0] + lower[0] - left[0] - right[0]) / 2
    off_y = (upper[1] + lower[1] - left[1] - right[1]) / 2
    down = off_y * across_x - off_x * across_y
    return down / max(across_x**2 + across_y**2, 1e-12)

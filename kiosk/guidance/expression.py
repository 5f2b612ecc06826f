"""How far the mouth's corners are drawn up (ISO/IEC 29794-5: "expression neutrality")."""

from __future__ import annotations

import numpy as np

from kiosk.guidance.face_points import LOWER_LIP, MOUTH_LEFT, MOUTH_RIGHT, UPPER_LIP, eye_centres
from kiosk.guidance.mediapipe_models import Floats


def measure_smile(face: Floats) -> float:
    """Return how far the mouth's corners are above the line where the lips meet.

    Over the distance of the eyes, square to the line through them: negative where the corners
    hang. 0.1 is about 6 mm.
    """
    left, right = eye_centres(face)
    distance = max(float(np.hypot(*(left - right))), 1e-6)
    across = (left - right) / distance
    down = np.array([-across[1], across[0]], np.float32)
    middle = (face[UPPER_LIP[1], :2] + face[LOWER_LIP[1], :2]) / 2
    corners = (face[MOUTH_LEFT, :2] + face[MOUTH_RIGHT, :2]) / 2
    return float((middle - corners) @ down) / distance

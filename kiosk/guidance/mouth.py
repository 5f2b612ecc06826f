"""How far the lips are apart (ISO/IEC 29794-5: "mouth closed")."""

from __future__ import annotations

import math

import numpy as np

from kiosk.guidance.face_points import (
    EYE_CORNERS,
    LOWER_LIP,
    UPPER_LIP,
    coordinates,
    distance_between,
)
from kiosk.guidance.mediapipe_models import Floats

_POINTS = np.array([*UPPER_LIP, *LOWER_LIP, *EYE_CORNERS])


def measure_mouth_open(face: Floats) -> float:
    """Return the gap between the lips' inner edges over the distance of the eyes.

    The eyes are about 63 mm apart, so 0.05 is about 3 mm. The mouth's own width is no measure:
    a smile stretches it.
    """
    points = coordinates(face, _POINTS)
    upper, lower, corners = points[:3], points[3:6], points[6:]
    gap = sum(map(math.dist, upper, lower)) / len(upper)
    return gap / max(distance_between(*corners), 1e-6)

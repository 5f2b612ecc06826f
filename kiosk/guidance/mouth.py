"""How far the lips are apart (ISO/IEC 29794-5: "mouth closed")."""

from __future__ import annotations

import numpy as np

from kiosk.guidance.face_points import LOWER_LIP, UPPER_LIP, eye_distance
from kiosk.guidance.mediapipe_models import Floats


def measure_mouth_open(face: Floats) -> float:
    """Return the gap between the lips' inner edges over the distance of the eyes.

    The eyes are about 63 mm apart, so 0.05 is about 3 mm. The mouth's own width is no measure:
    a smile stretches it.
    """
    gaps = face[list(UPPER_LIP), :2] - face[list(LOWER_LIP), :2]
    gap = float(np.hypot(gaps[:, 0], gaps[:, 1]).sum()) / len(UPPER_LIP)
    return gap / max(eye_distance(face), 1e-6)

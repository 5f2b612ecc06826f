"""How far the eyes are open, and where they look.

ISO/IEC 29794-5 calls the first "eyes open" and measures the lids' distance against the face; here
it is against the eye's own width, so that neither distance nor a large face changes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiosk.guidance.face_points import LEFT_EYE, RIGHT_EYE, EyePoints
from kiosk.guidance.mediapipe_models import Floats

RESTING_GAZE_Y = -0.06
"""Where the mesh puts the iris of somebody who looks into the lens: above the line through the
corners, by so much of the eye's width. Mean of 124 portraits; their standard deviation is 0.016.
"""


@dataclass(frozen=True, slots=True)
class Eyes:
    """Fractions of the width of the eye they belong to.

    Attributes:
        open_left: gap between the lids of the left eye; about 0.3 open, below 0.1 shut.
        open_right: of the right eye.
        gaze_x: both irises off the middle of the eyes; positive to the person's own left.
        gaze_y: the same, positive downwards; 0 for somebody looking into the lens.
    """

    open_left: float
    open_right: float
    gaze_x: float
    gaze_y: float


def _one_eye(face: Floats, eye: EyePoints, across: Floats) -> tuple[float, float, float]:
    """Return openness, and the iris off the middle: along `across` and square to it."""
    outer, inner = face[eye.outer, :2], face[eye.inner, :2]
    width = max(float(np.hypot(*(outer - inner))), 1e-6)
    lids = face[list(eye.upper_lid), :2] - face[list(eye.lower_lid), :2]
    gap = float(np.hypot(lids[:, 0], lids[:, 1]).sum()) / len(eye.upper_lid)
    offset = (face[eye.iris, :2] - (outer + inner) / 2) / width
    down = np.array([-across[1], across[0]], np.float32)
    return gap / width, float(offset @ across), float(offset @ down)


def measure_eyes(face: Floats) -> Eyes:
    """Measure both eyes from (478, 3) face points in pixels.

    The gap is the mean over three facing pairs of points on the lids, against the distance of
    the eye's corners (eye aspect ratio: Soukupová and Čech, CVWW 2016). The direction "across"
    is the line through the outer corners, so a leaning head changes nothing.
    """
    across = face[LEFT_EYE.outer, :2] - face[RIGHT_EYE.outer, :2]
    across = across / max(float(np.hypot(*across)), 1e-6)
    open_left, left_x, left_y = _one_eye(face, LEFT_EYE, across)
    open_right, right_x, right_y = _one_eye(face, RIGHT_EYE, across)
    return Eyes(
        open_left,
        open_right,
        gaze_x=(left_x + right_x) / 2,
        gaze_y=(left_y + right_y) / 2 - RESTING_GAZE_Y,
    )

"""How far the eyes are open, and where they look.

ISO/IEC 29794-5 calls the first "eyes open" and measures the lids' distance against the face; here
it is against the eye's own width, so that neither distance nor a large face changes it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kiosk.guidance.face_points import LEFT_EYE, RIGHT_EYE, EyePoints, coordinates
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


def _points(eye: EyePoints) -> tuple[int, ...]:
    return (eye.outer, eye.inner, eye.iris, *eye.upper_lid, *eye.lower_lid)


_POINTS = np.array([*_points(LEFT_EYE), *_points(RIGHT_EYE)])
_OF_ONE = len(_POINTS) // 2


def _one_eye(points: list[list[float]], across: tuple[float, float]) -> tuple[float, float, float]:
    """Return openness, and the iris off the middle: along `across` and square to it."""
    outer, inner, iris, *lids = points
    width = max(math.dist(outer, inner), 1e-6)
    upper, lower = lids[:3], lids[3:]
    gap = sum(map(math.dist, upper, lower)) / len(upper)
    x, y = iris[0] - (outer[0] + inner[0]) / 2, iris[1] - (outer[1] + inner[1]) / 2
    along, down = x * across[0] + y * across[1], y * across[0] - x * across[1]
    return gap / width, along / width, down / width


def measure_eyes(face: Floats) -> Eyes:
    """Measure both eyes from (478, 3) face points in pixels.

    The gap is the mean over three facing pairs of points on the lids, against the distance of
    the eye's corners (eye aspect ratio: Soukupová and Čech, CVWW 2016). The direction "across"
    is the line through the outer corners, so a leaning head changes nothing.
    """
    points = coordinates(face, _POINTS)
    left, right = points[:_OF_ONE], points[_OF_ONE:]
    way = max(math.dist(left[0], right[0]), 1e-6)
    across = (left[0][0] - right[0][0]) / way, (left[0][1] - right[0][1]) / way
    open_left, left_x, left_y = _one_eye(left, across)
    open_right, right_x, right_y = _one_eye(right, across)
    return Eyes(
        open_left,
        open_right,
        gaze_x=(left_x + right_x) / 2,
        gaze_y=(left_y + right_y) / 2 - RESTING_GAZE_Y,
    )

"""Where face and shoulders are in the picture, in its pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kiosk.guidance.body import Shoulders
from kiosk.guidance.face_points import (
    CHIN,
    EYE_CORNERS,
    LEFT_CHEEK,
    RIGHT_CHEEK,
    coordinates,
    distance_between,
)
from kiosk.guidance.mediapipe_models import Floats

_POINTS = np.array([*EYE_CORNERS, LEFT_CHEEK, RIGHT_CHEEK, CHIN])


@dataclass(frozen=True, slots=True)
class FaceGeometry:
    """Pixels of the picture, from its top left corner.

    Attributes:
        face_width_px: between the cheeks, where the face ends before the ears.
        centre_x_px: the middle between the cheeks.
        eye_line_y_px: the middle between both eyes' centres.
        eye_distance_px: between both eyes' centres.
        chin_y_px: the chin's lowest point.
    """

    face_width_px: float
    centre_x_px: float
    eye_line_y_px: float
    eye_distance_px: float
    chin_y_px: float


def measure_face_geometry(face: Floats) -> FaceGeometry:
    """Measure (478, 3) face points in pixels."""
    *corners, left, right, chin = coordinates(face, _POINTS)
    return FaceGeometry(
        face_width_px=math.dist(left, right),
        centre_x_px=(left[0] + right[0]) / 2,
        eye_line_y_px=sum(y for _, y in corners) / len(corners),
        eye_distance_px=distance_between(*corners),
        chin_y_px=chin[1],
    )


SHOULDER_GAIN, SHOULDER_BIAS_DEG = 0.82, -0.90
"""What the pose model makes of a shoulder line: gain x truth + bias. Between what 62 photographs
give that were sheared by -5 and 5 degrees (0.67 and -0.32) and what 240 frames of the rendered
sitters give, whose shoulders are known (0.85 and -1.09); people deviate by 0.12 and 1.6 degrees.
"""
SHOULDERS_FOLLOW_HEAD = 0.18
"""A leaning head takes the model's shoulders along by this part of its roll."""


def measure_shoulder_tilt_deg(shoulders: Shoulders, roll_deg: float) -> float:
    """Return the slope of the line through both shoulders, degrees.

    Positive when the person's own right shoulder is the lower one: the sign of a head leaning
    the same way. The pose model pulls shoulders towards level and after the head; that is undone
    here.

    Args:
        shoulders: as the pose model sees them.
        roll_deg: of the head, as `kiosk.guidance.head_pose` measures it.
    """
    (left_x, left_y), (right_x, right_y) = shoulders.left, shoulders.right
    seen = math.degrees(math.atan2(right_y - left_y, left_x - right_x))
    return (seen - SHOULDER_BIAS_DEG) / SHOULDER_GAIN - SHOULDERS_FOLLOW_HEAD * roll_deg

"""Shoulders and hands, of the body's 33 points."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.guidance.mediapipe_models import Floats
from kiosk.guidance.pose_model import PoseModel


@dataclass(frozen=True, slots=True, eq=False)
class Shoulders:
    """The shoulder joints, the person's own left and right.

    Attributes:
        left: (x, y) in pixels.
        right: (x, y) in pixels.
        visibility: of the less visible one, 0 to 1.
    """

    left: tuple[float, float]
    right: tuple[float, float]
    visibility: float


@dataclass(frozen=True, slots=True)
class Hand:
    """The knuckle of a forefinger.

    Attributes:
        x_px: in the picture; may lie outside of it.
        y_px: likewise.
        visibility: 0 to 1.
    """

    x_px: float
    y_px: float
    visibility: float


Body = tuple[Shoulders, tuple[Hand, Hand]]
"""Both shoulders; the left and the right hand."""


def body_of(points: Floats) -> Body:
    """Return shoulders and hands.

    Args:
        points: (33, 3), of `PoseModel.find`.
    """
    left, right = points[PoseModel.LEFT_SHOULDER], points[PoseModel.RIGHT_SHOULDER]
    shoulders = Shoulders(
        (float(left[0]), float(left[1])),
        (float(right[0]), float(right[1])),
        float(min(left[2], right[2])),
    )
    hands = (
        Hand(*(float(value) for value in points[PoseModel.LEFT_FOREFINGER])),
        Hand(*(float(value) for value in points[PoseModel.RIGHT_FOREFINGER])),
    )
    return shoulders, hands

"""Where the hands are: at the chin, before the mouth, holding something up.

The pose network guesses every joint of a body, seen or not, and says how visible each is. Hands in
a lap or beside the chair are guessed far below the face and hardly visible; a hand that is held up
is both near and visible, whatever the colour of its skin or of what it holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiosk.guidance.body import Hand
from kiosk.guidance.face_points import LEFT_CHEEK, RIGHT_CHEEK, eye_centres
from kiosk.guidance.mediapipe_models import Floats


@dataclass(frozen=True, slots=True)
class HandPlace:
    """One hand against the face, in face widths, so that both may move between two looks.

    Attributes:
        aside: to the right in the picture, from the middle between the eyes.
        below: below the eyes.
        visibility: 0 to 1; 0 outside of the picture.
    """

    aside: float
    below: float
    visibility: float


def measure_hand(hand: Hand, face: Floats, width_px: int, height_px: int) -> HandPlace:
    """Measure where a hand is.

    Args:
        hand: as the pose network sees it.
        face: (478, 3) face points in pixels.
        width_px: of the picture.
        height_px: of the picture.
    """
    x_px, y_px = np.mean(eye_centres(face), axis=0)
    scale = max(1.0, float(np.hypot(*(face[LEFT_CHEEK, :2] - face[RIGHT_CHEEK, :2]))))
    inside = 0 <= hand.x_px < width_px and 0 <= hand.y_px < height_px
    return HandPlace(
        float((hand.x_px - x_px) / scale),
        float((hand.y_px - y_px) / scale),
        hand.visibility if inside else 0.0,
    )

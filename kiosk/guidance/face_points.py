"""MediaPipe's numbering of the face points, as far as guidance uses it.

Left and right are the person's own. In a picture that is not mirrored the person's left eye lies
to the right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from kiosk.guidance.mediapipe_models import Floats


@dataclass(frozen=True, slots=True)
class EyePoints:
    """One eye: corners, three pairs on the lids, the iris (centre first of five), outline."""

    outer: int
    inner: int
    upper_lid: tuple[int, int, int]
    lower_lid: tuple[int, int, int]
    iris: int
    outline: tuple[int, ...]


LEFT_EYE: Final = EyePoints(
    263, 362, (385, 386, 387), (380, 374, 373), 473,
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398),
)  # fmt: skip
RIGHT_EYE: Final = EyePoints(
    33, 133, (158, 159, 160), (153, 145, 144), 468,
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173),
)  # fmt: skip

LEFT_CHEEK: Final = 454
RIGHT_CHEEK: Final = 234
"""Where the cheeks end, before the ears: the face's width."""
CHIN: Final = 152

UPPER_LIP: Final = (82, 13, 312)
LOWER_LIP: Final = (87, 14, 317)
"""The lips' inner edges, three facing pairs."""

LIPS_OUTER: Final = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)  # fmt: skip
LIPS_INNER: Final = (
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
)  # fmt: skip
"""Both edges of the lips all around, clockwise from the person's right corner downwards."""
UPPER_LIP_OUTLINE: Final = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
    78,
)  # fmt: skip
LOWER_LIP_OUTLINE: Final = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
    78,
)  # fmt: skip
"""Each lip all around."""
MOUTH_LEFT: Final = 291
MOUTH_RIGHT: Final = 61
"""The mouth's corners."""

OVAL: Final = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The outline of the face, clockwise in the picture from the forehead."""

SKIN_LEFT: Final = (297, 333, 330, 347, 280, 425, 411, 352, 434, 394)
SKIN_RIGHT: Final = (67, 104, 101, 118, 50, 205, 187, 123, 214, 169)
"""Facing points on forehead, cheeks and jaw, where light on both halves can be compared."""


EYE_CORNERS: Final = (LEFT_EYE.outer, LEFT_EYE.inner, RIGHT_EYE.outer, RIGHT_EYE.inner)
"""What the eyes' centres and their distance come from."""


_CORNERS = np.array(EYE_CORNERS)


def coordinates(face: Floats, numbers: npt.NDArray[np.intp]) -> list[list[float]]:
    """Return x and y of some points as plain numbers.

    Where each number is looked at once, arithmetic on them takes a fraction of the time that
    NumPy takes for arrays of two.
    """
    plain: list[list[float]] = face.take(numbers, axis=0)[:, :2].tolist()
    return plain


def eye_centres(face: Floats) -> tuple[Floats, Floats]:
    """Return the middles between the corners of the left and the right eye, (2,) pixels each.

    The corners stay where they are when the eyes close or look aside; the irises do not.
    """
    left = (face[LEFT_EYE.outer, :2] + face[LEFT_EYE.inner, :2]) / 2
    right = (face[RIGHT_EYE.outer, :2] + face[RIGHT_EYE.inner, :2]) / 2
    return left, right


def eye_distance(face: Floats) -> float:
    """Return the distance of the eye centres, pixels."""
    return distance_between(*coordinates(face, _CORNERS))


def distance_between(
    left_outer: list[float],
    left_inner: list[float],
    right_outer: list[float],
    right_inner: list[float],
) -> float:
    """Return the distance of the eye centres from the corners of both eyes, (x, y) each."""
    return (
        math.hypot(
            left_outer[0] + left_inner[0] - right_outer[0] - right_inner[0],
            left_outer[1] + left_inner[1] - right_outer[1] - right_inner[1],
        )
        / 2
    )

"""The cards that calibration wants to see, as flat sheets in linear light: pure drawing.

They are drawn from the published layout of the real ones, and know nothing of what calibration
expects; that they fit together is for the tests.
"""

from __future__ import annotations

import enum
from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from hardware.base import Pixels
from hardware.sim.card_colours import CHECKER
from hardware.sim.colour import LINEAR, Linear

PX_PER_MM: Final = 5.0
"""Of every sheet: about twice what the simulated still resolves."""

_WHITE: Final = 0.85
_BLACK: Final = 0.04
_GREY: Final = 0.18
_FRAME: Final = 0.03  # the black plastic around a colour chart's patches

CHARUCO_SQUARES: Final = (10, 7)
CHARUCO_SQUARE_MM: Final = 39.0
CHARUCO_MARKER_MM: Final = 29.0
_CHARUCO_MARGIN_MM: Final = 12.0
_PATCH_MM: Final = 40.0
_GAP_MM: Final = 5.5
_EDGE_CARD_MM: Final = 160.0
_EDGE_SQUARE_MM: Final = 90.0
_EDGE_TURN_DEG: Final = 5.0


class Card(enum.StrEnum):
    """What can be put on the chair."""

    GREY = "grey"
    """A grey card of 18 % reflectance, 200 × 250 mm."""
    CHECKER = "checker"
    """A colour chart of 24 patches."""
    CHARUCO = "charuco"
    """A ChArUco board for paper of size A3."""
    EDGE = "edge"
    """A black square, turned by 5°, on white."""


@lru_cache(maxsize=2)
def sheet(card: Card, light: str = "daylight") -> Linear:
    """Draw a card.

    Args:
        card: which.
        light: under which light a colour chart is seen: ``daylight``, ``tungsten``, ``led``, or
            ``true`` for its published colours.

    Returns:
        (H, W, 3) float32, or (H, W) of a neutral card, linear light as the camera's sensor sees
        it, white-balanced; `PX_PER_MM` pixels to a millimetre. Read-only.
    """
    if card is Card.GREY:
        drawn = np.full((_px(250), _px(200)), _GREY, np.float32)
    elif card is Card.CHECKER:
        drawn = _checker(light)
    elif card is Card.CHARUCO:
        drawn = _charuco()
    else:
        drawn = _edge()
    drawn.flags.writeable = False
    return drawn


def _px(millimetres: float) -> int:
    return round(millimetres * PX_PER_MM)


def _checker(light: str) -> Linear:
    step, patch = _PATCH_MM + _GAP_MM, _px(_PATCH_MM)
    drawn = np.full((_px(4 * step + _GAP_MM), _px(6 * step + _GAP_MM), 3), _FRAME, np.float32)
    for number, colour in enumerate(CHECKER[light]):
        row, column = divmod(number, 6)
        top, left = _px(_GAP_MM + row * step), _px(_GAP_MM + column * step)
        drawn[top : top + patch, left : left + patch] = colour
    return drawn


def _charuco() -> Linear:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_100)
    board = cv2.aruco.CharucoBoard(
        CHARUCO_SQUARES, CHARUCO_SQUARE_MM, CHARUCO_MARKER_MM, dictionary
    )
    size = _px(CHARUCO_SQUARES[0] * CHARUCO_SQUARE_MM), _px(CHARUCO_SQUARES[1] * CHARUCO_SQUARE_MM)
    printed = board.generateImage(size)
    margin = _px(_CHARUCO_MARGIN_MM)
    paper = cv2.copyMakeBorder(
        printed, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255
    )
    return _printed(paper)


def _edge() -> Linear:
    side, square = _px(_EDGE_CARD_MM), _px(_EDGE_SQUARE_MM)
    fine = 4
    paper = np.full((side * fine, side * fine), 255, np.uint8)
    middle = side * fine / 2
    box = cv2.boxPoints(((middle, middle), (square * fine, square * fine), _EDGE_TURN_DEG))
    cv2.fillConvexPoly(paper, np.rint(box).astype(np.int32), 0)
    small = cv2.resize(paper, (side, side), interpolation=cv2.INTER_AREA)
    share = small.astype(np.float32) / 255
    drawn: Linear = (_BLACK + (_WHITE - _BLACK) * share).astype(np.float32)
    return drawn


def _printed(paper: Pixels) -> Linear:
    drawn: Linear = _BLACK + (_WHITE - _BLACK) * LINEAR[paper]
    return drawn

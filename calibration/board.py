"""The ChArUco board of the geometry step: what is printed, and where its corners are seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from calibration.light import Floats
from hardware.base import Pixels

_DICTIONARY: Final = cv2.aruco.DICT_5X5_100
_MARKER_PART: Final = 29 / 39
"""Of a marker's side to a square's."""


@dataclass(frozen=True, slots=True)
class Board:
    """A printed board.

    Attributes:
        columns: squares across.
        rows: squares down.
        square_mm: a square's side as measured on the print.
    """

    columns: int = 10
    rows: int = 7
    square_mm: float = 39.0

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of all squares."""
        return self.columns * self.square_mm, self.rows * self.square_mm

    def draw(self, pixels_per_mm: float) -> Pixels:
        """Return the board for printing, (H, W) uint8, without a margin."""
        width, height = (round(side * pixels_per_mm) for side in self.size_mm)
        drawn: Pixels = self.pattern().generateImage((width, height))
        return drawn

    def pattern(self) -> Any:
        """Return the board as OpenCV knows it."""
        dictionary = cv2.aruco.getPredefinedDictionary(_DICTIONARY)
        marker = self.square_mm * _MARKER_PART
        return cv2.aruco.CharucoBoard((self.columns, self.rows), self.square_mm, marker, dictionary)


@dataclass(frozen=True, slots=True, eq=False)
class Corners:
    """The board's inner corners as one picture shows them.

    Attributes:
        numbers: (N,) which they are.
        seen: (N, 2) pixels.
        on_board: (N, 3) millimetres from the board's upper left corner; z is 0.
    """

    numbers: Floats
    seen: Floats
    on_board: Floats


def find_corners(pixels: Pixels, board: Board, at_least: int = 12) -> Corners | None:
    """Find the board in a picture, (H, W, 3) uint8 RGB; None when too little of it is seen."""
    pattern = board.pattern()
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    seen, numbers, _, _ = cv2.aruco.CharucoDetector(pattern).detectBoard(grey)
    if numbers is None or len(numbers) < at_least:
        return None
    flat = numbers.reshape(-1)
    on_board = np.asarray(pattern.getChessboardCorners(), np.float32)[flat]
    return Corners(flat, np.asarray(seen, np.float32).reshape(-1, 2), on_board)

"""The cards to print: the board, the slanted edge, the code card. Pictures with their real size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from calibration.board import Board
from hardware.base import Pixels

DOTS_PER_INCH: Final = 300
_PX_PER_MM: Final = DOTS_PER_INCH / 25.4
_A4_MM: Final = (210.0, 297.0)
_A3_MM: Final = (420.0, 297.0)
_SQUARE_MM: Final = 90.0
_TURN_DEG: Final = 5.0
_CODE_MM: Final = 45.0  # as a phone shows it
_QUIET_MODULES: Final = 4
_RULE_MM: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Printable:
    """One sheet.

    Attributes:
        name: of its file.
        pixels: (H, W) uint8, `DOTS_PER_INCH`.
        words: what it is printed on and for.
    """

    name: str
    pixels: Pixels
    words: str


def printables(board: Board, code_modules: Pixels) -> tuple[Printable, ...]:
    """Return all sheets.

    Args:
        board: with the size it is to have.
        code_modules: the test code's modules, (N, N) uint8, 0 for dark.
    """
    paper = _A4_MM[::-1] if board.size_mm[0] <= _A4_MM[1] - 10 else _A3_MM
    return (
        Printable(
            "board",
            _ruled(_centred(board.draw(_PX_PER_MM), paper)),
            f"On matt paper of {paper[0]:.0f} x {paper[1]:.0f} mm, without scaling, glued onto a "
            f"flat board. A square must measure {board.square_mm:g} mm.",
        ),
        Printable("edge", _ruled(_edge()), "On matt white A4, without scaling, glued flat."),
        Printable("code", _centred(_code(code_modules), (105.0, 148.0)), "On white A6 card."),
    )


def _blank(size_mm: tuple[float, float]) -> Pixels:
    width, height = (round(side * _PX_PER_MM) for side in size_mm)
    return np.full((height, width), 255, np.uint8)


def _centred(drawn: Pixels, paper_mm: tuple[float, float]) -> Pixels:
    sheet = _blank(paper_mm)
    top, left = ((a - b) // 2 for a, b in zip(sheet.shape, drawn.shape, strict=True))
    if top < 0 or left < 0:
        return drawn
    sheet[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn
    return sheet


def _edge() -> Pixels:
    sheet = _blank(_A4_MM)
    middle = sheet.shape[1] / 2, sheet.shape[0] / 2
    side = _SQUARE_MM * _PX_PER_MM
    box = cv2.boxPoints((middle, (side, side), _TURN_DEG))
    cv2.fillConvexPoly(sheet, np.rint(box * 16).astype(np.int32), 0, cv2.LINE_AA, 4)
    return sheet


def _code(modules: Pixels) -> Pixels:
    rim = _QUIET_MODULES
    quiet = cv2.copyMakeBorder(modules, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=255)
    times = max(round(_CODE_MM * _PX_PER_MM / modules.shape[0]), 1)
    drawn: Pixels = np.kron(quiet, np.ones((times, times), np.uint8))
    return drawn


def _ruled(sheet: Pixels) -> Pixels:
    """Add a line of 100 mm to the lower edge: it shows whether the printer scaled the sheet."""
    height = sheet.shape[0]
    y, left = height - round(5 * _PX_PER_MM), round(8 * _PX_PER_MM)
    right, tick = left + round(_RULE_MM * _PX_PER_MM), round(1.5 * _PX_PER_MM)
    cv2.line(sheet, (left, y), (right, y), 0, 2)
    for x in (left, right):
        cv2.line(sheet, (x, y - tick), (x, y + tick), 0, 2)
    cv2.putText(
        sheet, "100 mm", (right + tick, y + tick), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 2, cv2.LINE_AA
    )
    return sheet

"""The map from the live view to the still, where they are two cameras or two crops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import cv2
import numpy as np

from calibration.board import Board, find_corners
from calibration.light import Doubles
from calibration.limits import StepLimits
from calibration.step import Figure, Finding, Step, StepResult
from hardware.base import Pixels

if TYPE_CHECKING:
    from calibration.profile import Profile

_SAME_PX: Final = 3.0
_GREEN: Final = (20, 160, 90)


@dataclass(frozen=True, slots=True)
class ViewMap:
    """Where a point of the live view lies in the still; both in fractions of width and height.

    Attributes:
        matrix: 3 × 3, row by row.
    """

    matrix: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, profile: Profile) -> Self | None:
        """Return the profile's map; None when it was not measured."""
        known = profile.sections.get("view_map", {}).get("matrix")
        return None if known is None else cls(tuple(tuple(float(v) for v in row) for row in known))

    def to_still(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the live view lies in the still."""
        return _moved(np.array(self.matrix), x, y)

    def to_live(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the still lies in the live view."""
        return _moved(np.linalg.inv(np.array(self.matrix)), x, y)


def check_view_map(
    still: Pixels, live: Pixels, board: Board, limits: StepLimits | None = None
) -> StepResult:
    """Look at the same board, untouched, in a still and in a live view frame.

    Args:
        still: (H, W, 3) uint8 RGB.
        live: (h, w, 3) uint8 RGB.
        board: what was printed.
        limits: what is accepted.
    """
    limits = limits or StepLimits()
    there, here = find_corners(still, board), find_corners(live, board)
    if there is None or here is None:
        where = "still" if there is None else "live view"
        missing = Finding(
            "board_not_found",
            f"The board was not found in the {where}. Put it up whole, without reflections.",
        )
        return StepResult(
            Step.VIEW_MAP, {}, (missing,), {"board": still if there is None else live}
        )
    both, in_still, in_live = np.intersect1d(there.numbers, here.numbers, return_indices=True)
    if len(both) < 8:  # noqa: PLR2004 - twice what a homography needs
        missing = Finding(
            "board_not_found", "Still and live view show different parts of the board."
        )
        return StepResult(Step.VIEW_MAP, {}, (missing,), {"board": still})
    size, live_size = _size(still), _size(live)
    to = (there.seen[in_still] + 0.5) / size
    start = (here.seen[in_live] + 0.5) / live_size
    matrix, _ = cv2.findHomography(start.astype(np.float64), to.astype(np.float64), 0)
    mapped = np.array([_moved(matrix, float(x), float(y)) for x, y in start])
    error = float(np.sqrt((((mapped - to) * size) ** 2).sum(axis=1).mean()))
    corners = np.array([_moved(matrix, x, y) for x in (0.0, 1.0) for y in (0.0, 1.0)])
    truth = np.array([[x, y] for x in (0.0, 1.0) for y in (0.0, 1.0)])
    apart = float(np.abs((corners - truth) * size).max())
    figures = {
        "error": Figure(error, "px", None, limits.max_map_error_px),
        "apart": Figure(apart, "px"),
        "zoom": Figure(float(1 / np.hypot(matrix[0, 0], matrix[1, 0]))),
    }
    found = []
    if not figures["error"].holds:
        found.append(
            Finding(
                "views_differ",
                f"Live view and still fit each other only to {error:.1f} pixels. Hold the board "
                "still, and repeat.",
                {"pixels": f"{error:.1f}"},
            )
        )
    section = {
        "matrix": [[round(float(v), 8) for v in row] for row in matrix],
        "same": apart <= _SAME_PX,
    }
    drawn = still.copy()
    for x, y in mapped * size:
        cv2.circle(
            drawn, (round(float(x)), round(float(y))), max(drawn.shape[1] // 250, 3), _GREEN, 2
        )
    return StepResult(Step.VIEW_MAP, figures, tuple(found), {"board": drawn}, section)


def _size(pixels: Pixels) -> Doubles:
    return np.array([pixels.shape[1], pixels.shape[0]], np.float64)


def _moved(matrix: Doubles, x: float, y: float) -> tuple[float, float]:
    a, b, c = matrix @ np.array([x, y, 1.0])
    return float(a / c), float(b / c)

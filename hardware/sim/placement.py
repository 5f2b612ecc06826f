"""Where each point of the sitter's picture lands in the camera's picture.

The whole figure is scaled, leaned and shifted. On top of that the body, below the chin, follows
the shoulders, and the head turns about the top of the neck; in between, one passes into the
other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Self

import cv2
import numpy as np
import numpy.typing as npt

from hardware.base import Pixels
from hardware.sim.figure import Figure
from hardware.sim.pose import Pose

CROWN: Final = 0.235
"""Top of the hair above the eyes in the good pose, in heights of the picture.

The photo standard has 170 of its 640 rows between crown and eyes, so the photo takes 0.885 of the
picture's height: most of it, with some room to move.
"""

FACE_WIDTH: Final = 0.285
"""Width of the face in the good pose, in heights of the picture, where no crown is known."""

EYE_LINE: Final = 0.40
"""Height of the eyes in the good pose, from the top, in heights of the picture."""

# In face widths below the eyes, as people are built: chin 0.8, shoulders from 1.3.
_PIVOT: Final = 0.75
_HEAD_ENDS: Final = 0.88
_BODY_BEGINS: Final = 1.38
_SEAT: Final = 4.0
_GRID_PX: Final = 16

Map = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Placement:
    """A figure in a picture of a certain size, in a certain pose.

    Attributes:
        figure: the sitter's picture.
        scale: pixels of the camera's picture to a pixel of the figure's.
        eyes: where the middle between the eyes would be without tilt and lean, (x, y) pixels.
        roll: of the head against the body, radians, positive clockwise.
        shoulders: of the shoulder line against the body, radians, positive clockwise.
        lean: of the whole, radians, positive clockwise.
    """

    figure: Figure
    scale: float
    eyes: tuple[float, float]
    roll: float
    shoulders: float
    lean: float

    @classmethod
    def of(cls, figure: Figure, pose: Pose, width: int, height: int) -> Self:
        """Place a figure in a picture of width × height pixels."""
        if figure.crown_above > 0.0:
            scale = CROWN * height / figure.crown_above
        else:
            scale = FACE_WIDTH * height / figure.face_width
        return cls(
            figure,
            scale / pose.distance,
            (width / 2 + pose.x * height, (EYE_LINE + pose.y) * height),
            math.radians(pose.roll_deg),
            math.radians(pose.shoulder_tilt_deg),
            math.radians(pose.lean_deg),
        )

    def head_point(self, right: float, below: float) -> tuple[float, float]:
        """Where a point of the head lands: given in face widths from the middle of the eyes."""
        right, below = _turned(right, below - _PIVOT, self.roll)
        return self._leant(right, below + _PIVOT)

    def point(self, name: str) -> tuple[float, float]:
        """Where a point known of the figure lands, pixels."""
        x, y = self.figure.points[name]
        right = (x - self.figure.eyes[0]) / self.figure.face_width
        below = (y - self.figure.eyes[1]) / self.figure.face_width
        if below < _HEAD_ENDS:
            return self.head_point(right, below)
        return self._leant(right, below + math.tan(self.shoulders) * right)

    def _leant(self, right: float, below: float) -> tuple[float, float]:
        right, below = _turned(right, below - _SEAT, self.lean)
        face = self.figure.face_width * self.scale
        return self.eyes[0] + right * face, self.eyes[1] + (below + _SEAT) * face

    def warp(self, left: int, right: int, height: int) -> Pixels:
        """Draw the figure into columns `left` to `right` of the picture.

        Returns:
            (height, right - left, 4) uint8, straight alpha, 0 where it is not.
        """
        out = self._warp(left, right, height)
        end = self._end(height)
        if 0 < end < height:  # most pictures end too soon: their last row goes on downwards
            out[end:] = out[end - 1]
        return out

    def _warp(self, left: int, right: int, height: int) -> Pixels:
        picture, level = self.figure.level(self.scale)
        size = (right - left, height)
        out: Pixels
        if self.roll == 0.0 and self.shoulders == 0.0:
            matrix = self._matrix(level)
            matrix[0, 2] -= left
            out = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR)
        else:
            map_x, map_y = self._maps(level, left, *size)
            out = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR)
        return out

    def columns(self, width: int) -> tuple[int, int]:
        """First and last column (exclusive) of the picture that the figure may touch."""
        rows, columns = self.figure.rgba.shape[:2]
        corners = np.array([[x, y, 1.0] for x in (0.0, columns) for y in (0.0, rows)])
        x = (corners @ self._matrix(1.0).T)[:, 0]
        # A rolling head leaves its place sideways.
        reach = 1.7 * self.figure.face_width * self.scale * abs(math.sin(self.roll)) + 2
        return max(0, int(x.min() - reach)), min(width, int(x.max() + reach) + 1)

    def _end(self, height: int) -> int:
        """The last row of the picture (exclusive) that the figure fills from side to side."""
        rows, columns = self.figure.rgba.shape[:2]
        corners = np.array([[0.0, rows, 1.0], [columns, rows, 1.0]])
        lowest = float((corners @ self._matrix(1.0).T)[:, 1].min())
        slope = columns / 2 * self.scale * abs(math.tan(self.shoulders))
        return min(height, math.floor(lowest - slope) - 1)

    def _matrix(self, level: float) -> npt.NDArray[np.float64]:
        """From pixels of the figure at a level to pixels of the picture, both from centres."""
        face = self.figure.face_width
        scale = self.scale / level
        cos, sin = scale * math.cos(self.lean), scale * math.sin(self.lean)
        seat = (self.figure.eyes[0], self.figure.eyes[1] + _SEAT * face)
        lands = (self.eyes[0], self.eyes[1] + _SEAT * face * self.scale)
        turn = np.array([[cos, -sin], [sin, cos]])
        shift = np.array(lands) - turn @ (np.array(seat) * level)
        # Pixel centres are at half integers on both sides.
        shift += turn @ np.array([0.5, 0.5]) - 0.5
        return np.column_stack([turn, shift])

    def _maps(self, level: float, left: int, width: int, height: int) -> tuple[Map, Map]:
        """Where each pixel comes from; worked out on a coarse grid, for it is smooth."""
        columns, rows = -(-width // _GRID_PX) + 2, -(-height // _GRID_PX) + 2
        x = ((np.arange(columns, dtype=np.float32) - 0.5) * _GRID_PX)[None, :] + left
        y = ((np.arange(rows, dtype=np.float32) - 0.5) * _GRID_PX)[:, None]
        face = self.figure.face_width * self.scale
        # Picture to figure, both in face widths from the middle of the eyes.
        right = np.broadcast_to((x - self.eyes[0]) / face, (rows, columns))
        below = np.broadcast_to((y - self.eyes[1]) / face, (rows, columns))
        right, below = _turned(right, below - _SEAT, -self.lean)
        below = below + _SEAT
        body = _step(below, _HEAD_ENDS, _BODY_BEGINS)
        # Beside the neck the shoulders begin higher than the collar does.
        shoulders = np.maximum(body, _step(below, 0.6, 1.0) * _step(np.abs(right), 0.55, 0.9))
        below = below - math.tan(self.shoulders) * right * shoulders
        right, below = _turned(right, below - _PIVOT, -self.roll * (1.0 - body))
        source_x = right * self.figure.face_width + self.figure.eyes[0]
        source_y = (below + _PIVOT) * self.figure.face_width + self.figure.eyes[1]
        return (
            _enlarge(source_x * level - 0.5, width, height),
            _enlarge(source_y * level - 0.5, width, height),
        )


def _step(value: Any, low: float, high: float) -> Any:
    """0 below `low`, 1 above `high`, smooth between."""
    share = np.clip((value - low) / (high - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def _turned(right: Any, below: Any, angle: Any) -> tuple[Any, Any]:
    """Turn clockwise about the origin."""
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * right - sin * below, sin * right + cos * below


def _enlarge(grid: npt.NDArray[np.floating[Any]], width: int, height: int) -> Map:
    """Spread a grid over all pixels; its first row and column lie half a step outside."""
    rows, columns = grid.shape
    grown: Map = cv2.resize(
        grid.astype(np.float32),
        (columns * _GRID_PX, rows * _GRID_PX),
        interpolation=cv2.INTER_LINEAR,
    )
    return np.ascontiguousarray(grown[_GRID_PX:, _GRID_PX:][:height, :width])

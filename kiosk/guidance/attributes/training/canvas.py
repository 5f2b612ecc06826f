"""The canvas everything is drawn on: a head at a fixed size, with its face points and mask.

Lengths in the drawing modules are eye distances (ED); points are pixels of the canvas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiosk.guidance.attributes.crop import CropGeometry

ED = 56.0
"""Pixels of the canvas an eye distance is long: finer than both crops."""
CANVAS = CropGeometry(280, 240, ED, 172.0)

LEFT_BROW = (336, 296, 334, 293, 300, 276, 283, 282, 295, 285)
RIGHT_BROW = (107, 66, 105, 63, 70, 46, 53, 52, 65, 55)
HAIRLINE = (127, 162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389, 356)
"""The upper edge of the face's oval, from the own right temple to the left."""


@dataclass(slots=True)
class Head:
    """One head on the canvas.

    Attributes:
        picture: (240, 280, 3) float32 RGB, 0 to 1, sRGB-encoded.
        points: (478, 2) float32 face points.
        mask: (240, 280) float32, 1 where the person is.
    """

    picture: np.ndarray
    points: np.ndarray
    mask: np.ndarray

    @property
    def middle(self) -> np.ndarray:
        """The middle between the eyes."""
        return np.array([CANVAS.width_px / 2, CANVAS.eye_line_y_px], np.float32)

    def at(self, x: float, y: float) -> np.ndarray:
        """Return the canvas point `x` ED right of and `y` ED below the eyes' middle."""
        return self.middle + np.array([x, y], np.float32) * ED

    def crown_y(self) -> float:
        """Return how far the mask ends above the eyes on the middle line, ED (positive)."""
        column = self.mask[: int(CANVAS.eye_line_y_px), 133:147].mean(axis=1)
        inside = np.flatnonzero(column > 0.5)
        top = float(inside[0]) if inside.size else CANVAS.eye_line_y_px - 2.0 * ED
        return float((CANVAS.eye_line_y_px - top) / ED)

    def hair_colour(self) -> np.ndarray:
        """Return the median colour between the hairline and the crown, (3,)."""
        top = self.points[10, 1]
        crown = CANVAS.eye_line_y_px - self.crown_y() * ED
        y0, y1 = int(crown + 0.15 * (top - crown)), int(crown + 0.7 * (top - crown))
        part = self.picture[max(0, y0) : max(y0 + 2, y1), 122:158].reshape(-1, 3)
        return np.median(part, axis=0) if part.size else np.array([0.15, 0.1, 0.08])


def blend(picture: np.ndarray, colour: np.ndarray, alpha: np.ndarray) -> None:
    """Lay `colour` ((3,) or a picture) over `picture` in place; alpha (h, w), 0 to 1."""
    rows = np.flatnonzero(alpha.any(axis=1))
    if not rows.size:
        return
    columns = np.flatnonzero(alpha.any(axis=0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    over = colour[box] if colour.ndim == 3 else colour.astype(np.float32)
    part = picture[box]
    part += alpha[box][..., None].astype(np.float32) * (over - part)


def darken(picture: np.ndarray, alpha: np.ndarray, strength: float) -> None:
    """Darken `picture` in place by `strength` where alpha, (h, w), is 1."""
    blend(picture, np.zeros(3, np.float32), alpha * np.float32(strength))


def smooth_noise(
    rng: np.random.Generator, shape: tuple[int, int], cell: float, octaves: int = 3
) -> np.ndarray:
    """Return (h, w) noise about 0 of deviation 1, its coarsest cells `cell` pixels wide."""
    import cv2

    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        step = max(1.5, cell / 2**octave)
        size = (int(shape[0] / step) + 2, int(shape[1] / step) + 2)
        small = rng.standard_normal(size).astype(np.float32)
        total += cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC) / 2**octave
    return (total - total.mean()) / (total.std() + 1e-6)

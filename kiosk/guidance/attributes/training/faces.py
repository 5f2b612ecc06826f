"""Other faces and other views out of the same heads: reshaped features, heads turned aside."""

from __future__ import annotations

import cv2
import numpy as np
from canvas import CANVAS, ED, Head

_BROWS = ((107, 66), (336, 296), (70, 63), (300, 293))
"""Points of the brows' inner and outer halves, own right and left."""
_LIDS = ((159, 145), (386, 374))
"""The middles of the upper and lower lids, own right and left."""
_ROUNDNESS = np.array((0.55, 0.16))
"""How fast a face falls back from its middle line and from the eye line, ED of depth per ED²."""
_DEPTH = 1.1
"""ED behind the eyes everything beyond the face lies."""
_NOSE = (0.15, 0.2, 0.45, 0.32)
"""Height of the nose over its surroundings, half width, middle below the eyes, half length; ED."""


def _grid() -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.indices((CANVAS.height_px, CANVAS.width_px)).astype(np.float32)
    return rows, columns


def reshape_face(rng: np.random.Generator, head: Head) -> None:
    """Move features a little, in place: other brows, eyes, noses; frowns and squints.

    Picture, points and mask are moved by one smooth field, a sum of Gaussian bumps.
    """
    bumps: list[tuple[np.ndarray, float, np.ndarray]] = []
    for _ in range(int(rng.integers(3, 9))):
        at = head.at(*rng.uniform((-1.1, -1.0), (1.1, 1.2)))
        reach = rng.uniform(0.2, 0.6)
        bumps.append((at, reach, rng.normal(0, 0.08 * reach + 0.015, 2)))
    if rng.random() < 0.5:  # brows up, or down and together
        inner, outer = rng.normal(0.02, 0.06), rng.normal(0, 0.05)
        inwards = rng.uniform(-0.02, 0.06)
        for k, pair in enumerate(_BROWS):
            side = -1 if k % 2 == 0 else 1
            down = inner if k < 2 else outer
            bumps.append((head.points[list(pair)].mean(axis=0), 0.17,
                          np.array([-side * (inwards if k < 2 else 0), down])))  # fmt: skip
    if rng.random() < 0.4:  # squint, or eyes wide open
        close = rng.uniform(-0.015, 0.045)
        for upper, lower in _LIDS:
            bumps.append((head.points[upper], 0.12, np.array([0, close])))
            bumps.append((head.points[lower], 0.12, np.array([0, -close])))
    rows, columns = _grid()
    dx, dy = np.zeros_like(rows), np.zeros_like(rows)
    moved = head.points.astype(np.float32).copy()
    for at, reach, shift in bumps:
        spread = 2 * (reach * ED) ** 2
        near = np.exp(-((columns - at[0]) ** 2 + (rows - at[1]) ** 2) / spread)
        dx += near * np.float32(shift[0] * ED)
        dy += near * np.float32(shift[1] * ED)
        close_by = np.exp(-((head.points - at) ** 2).sum(axis=1) / spread)[:, None]
        moved += (close_by * shift * ED).astype(np.float32)
    at_x, at_y = columns - dx, rows - dy  # float32: the bumps are added in it
    head.picture = cv2.remap(
        head.picture, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    head.mask = cv2.remap(head.mask, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    head.points = moved


def _depth(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the face's depth, ED before the plane through the eyes; x and y from their middle."""
    high, half, middle, length = _NOSE
    at_eyes = _ROUNDNESS[0] * 0.25
    face = at_eyes - _ROUNDNESS[0] * x**2 - _ROUNDNESS[1] * y**2
    nose = high * np.exp(-((x / half) ** 2) - ((y - middle) / length) ** 2)
    return np.maximum(face, -_DEPTH) + nose


def turn_head(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Return a finished canvas as if the head were turned aside and nodding; eyes where they were.

    The head is a rounded relief, seen from afar; what the turn would uncover is stretched.
    """
    yaw = np.radians(np.clip(rng.normal(0, 15), -34, 34))
    pitch = np.radians(np.clip(rng.normal(0, 9), -22, 22))
    cos, sin, nod, lift = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    rows, columns = _grid()
    # The eyes' distance shrinks with the turn, and crops are laid by it.
    u = (columns - CANVAS.width_px / 2) / ED * cos
    v = (rows - CANVAS.eye_line_y_px) / ED * cos
    x, y = u / cos, v / nod
    for _ in range(6):
        deep = _depth(x, y)
        x, y = (u - deep * sin) / cos, (v - deep * lift) / nod
    at_x = (x * ED + CANVAS.width_px / 2).astype(np.float32)
    at_y = (y * ED + CANVAS.eye_line_y_px).astype(np.float32)
    return cv2.remap(picture, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)

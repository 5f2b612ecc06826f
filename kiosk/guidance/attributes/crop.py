"""Aligned crops: the same part of every face, at the same size, upright.

Crops are laid out in eye distances (the distance of the eye centres), with the middle between
the eyes on the vertical middle line. Training and inference cut with the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.guidance.face_points import eye_centres
from kiosk.guidance.mediapipe_models import Floats

_OVERSAMPLING = 2.0
"""A larger picture is first shrunk to this many times the crop's scale, so nothing aliases."""
_LEAST_SPREAD = 4.0
"""Levels of 255: keeps the noise of an empty crop from being blown up."""


@dataclass(frozen=True, slots=True)
class CropGeometry:
    """The layout of a crop.

    Attributes:
        width_px: of the crop.
        height_px: of the crop.
        eye_distance_px: distance of the eye centres in the crop.
        eye_line_y_px: where the eye centres lie, from the crop's top.
    """

    width_px: int
    height_px: int
    eye_distance_px: float
    eye_line_y_px: float


EYES = CropGeometry(112, 72, 44.0, 38.0)
"""Brows, eyes and the whole of any glasses, from temple to temple."""
HEAD = CropGeometry(96, 80, 22.0, 62.0)
"""The head from above the crown to under the eyes, with a rim of backdrop."""


def alignment(face: Floats, geometry: CropGeometry) -> Floats:
    """Return the (2, 3) matrix that takes points of the picture to points of the crop.

    Args:
        face: (478, 2 or more) face points, pixels of the picture.
        geometry: the crop's layout.

    Raises:
        ValueError: both eyes are at one point.
    """
    left, right = eye_centres(face)
    across = (left - right).astype(np.float64)
    distance = float(np.hypot(*across))
    if not distance > 0.0:
        raise ValueError("both eyes are at one point: the face points are broken")
    scale = geometry.eye_distance_px / distance
    cos, sin = across / distance * scale
    turn = np.array([[cos, sin], [-sin, cos]])
    target = np.array([geometry.width_px / 2, geometry.eye_line_y_px])
    return np.column_stack([turn, target - turn @ ((left + right) / 2)]).astype(np.float32)


def aligned_crop(pixels: Pixels, face: Floats, geometry: CropGeometry) -> Pixels:
    """Cut the aligned crop, (height, width, 3) RGB; beyond the picture its edge is repeated."""
    matrix = alignment(face, geometry).astype(np.float64)
    scale = float(np.hypot(matrix[0, 0], matrix[0, 1]))
    inverse = cv2.invertAffineTransform(matrix)
    corners = np.array(
        [(x, y, 1) for x in (0, geometry.width_px) for y in (0, geometry.height_px)], np.float64
    )
    reach = corners @ inverse.T
    height, width = pixels.shape[:2]
    x0, y0 = (int(v) - 2 for v in np.floor(reach.min(axis=0)))
    x1, y1 = (int(v) + 3 for v in np.ceil(reach.max(axis=0)))
    x0, x1 = min(max(x0, 0), width - 1), max(min(x1, width), 1)
    y0, y1 = min(max(y0, 0), height - 1), max(min(y1, height), 1)
    part = pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    matrix[:, 2] += matrix[:, :2] @ (x0, y0)
    shrink = 1.0 / (scale * _OVERSAMPLING)
    if shrink > 1.0:
        size = [max(1, round(side / shrink)) for side in part.shape[1::-1]]
        ratio = np.array([part.shape[1] / size[0], part.shape[0] / size[1]])
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        # Pixel centres lie at halves, and resizing keeps the edges where they are.
        matrix[:, 2] += matrix[:, :2] @ (0.5 * ratio - 0.5)
        matrix[:, :2] *= ratio
    crop: Pixels = cv2.warpAffine(
        part,
        matrix,
        (geometry.width_px, geometry.height_px),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return crop


def share_inside(face: Floats, size: tuple[int, int], geometry: CropGeometry) -> float:
    """Return which part of a crop lies inside the picture, 0 to 1.

    Args:
        face: (478, 2 or more) face points, pixels of the picture.
        size: (width, height) of the picture.
        geometry: the crop's layout.
    """
    inverse = cv2.invertAffineTransform(alignment(face, geometry))
    x, y = np.meshgrid(np.linspace(0, geometry.width_px, 9), np.linspace(0, geometry.height_px, 9))
    at = np.stack([x.ravel(), y.ravel(), np.ones(x.size)], axis=1) @ inverse.T
    return float(np.mean((at >= 0).all(axis=1) & (at <= size).all(axis=1)))


def normalised(crops: Pixels) -> Floats:
    """Return crops as the networks take them: neither light, tint nor contrast of their own.

    Every channel's mean is taken away and the whole divided by its spread, so that how light a
    picture or a skin is says nothing.

    Args:
        crops: (n, height, width, 3) uint8 RGB.

    Returns:
        (n, 3, height, width) float32.
    """
    values = crops.astype(np.float32)
    values -= values.mean(axis=(1, 2), keepdims=True, dtype=np.float64).astype(np.float32)
    spread = np.sqrt(np.square(values).mean(axis=(1, 2, 3), keepdims=True))
    values /= spread + _LEAST_SPREAD
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2))

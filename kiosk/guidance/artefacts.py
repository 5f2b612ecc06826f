"""What camera and file add to the picture: noise, and the blocks of compression.

ISO/IEC 29794-5 has "compression artefacts", and no component for noise. Both are measured on the
face alone, because everything else of a finished photo is an official colour.
"""

from __future__ import annotations

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.guidance.face_points import LEFT_CHEEK, OVAL, RIGHT_CHEEK
from kiosk.guidance.mediapipe_models import Floats

_BLOCK = 8
"""A JPEG block, pixels."""
_LEAST_FACE_PX = 80
_LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_GAIN = 6.0
"""Standard deviation of that filter's answer to noise of 1."""
_TILE = 8
_QUIET = 20.0
"""The smoothest fifth of the tiles is taken: the rest is pores, hair and edges."""


def face_box(pixels: Pixels, face: Floats) -> tuple[int, int, int, int] | None:
    """Return left, top, right, bottom of the face inside the picture; None when it is small."""
    oval = face[list(OVAL), :2]
    height, width = pixels.shape[:2]
    x0, y0 = (int(max(0, v)) for v in np.floor(oval.min(axis=0)))
    x1, y1 = int(min(width, oval[:, 0].max())), int(min(height, oval[:, 1].max()))
    across = float(np.hypot(*(face[LEFT_CHEEK, :2] - face[RIGHT_CHEEK, :2])))
    if across < _LEAST_FACE_PX or min(x1 - x0, y1 - y0) < _LEAST_FACE_PX:
        return None
    return x0, y0, x1, y1


def measure_noise_levels(pixels: Pixels, face: Floats) -> float | None:
    """Return the standard deviation of the noise on the face, levels of 255.

    The estimate of Immerkær (CVIU 64(2), 1996), which smooth shading does not answer to, taken
    over the quietest tiles of the face. None when the face is too small.
    """
    box = face_box(pixels, face)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    grey = cv2.cvtColor(pixels[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY).astype(np.float32)
    answer = np.abs(cv2.filter2D(grey, -1, _LAPLACIAN))[1:-1, 1:-1]
    size = answer.shape[1] // _TILE, answer.shape[0] // _TILE
    tiles = cv2.resize(answer[: size[1] * _TILE, : size[0] * _TILE], size,
                       interpolation=cv2.INTER_AREA)  # fmt: skip
    # The mean of |x| of a normal distribution is sqrt(2 / pi) of its standard deviation.
    return float(np.percentile(tiles, _QUIET)) * float(np.sqrt(np.pi / 2)) / _GAIN


def measure_blockiness(pixels: Pixels, face: Floats) -> float | None:
    """Return steps across the borders of JPEG blocks over those within the blocks.

    1 where no blocks are seen. Only of use in a picture as it was decoded: scaling moves the
    borders. None when the face is too small.
    """
    box = face_box(pixels, face)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    x0, y0 = -(-x0 // _BLOCK) * _BLOCK, -(-y0 // _BLOCK) * _BLOCK
    grey = cv2.cvtColor(pixels[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY).astype(np.float32)
    ratios = [_block_ratio(grey), _block_ratio(grey.T)]
    return float(np.mean(ratios))


def _block_ratio(grey: Floats) -> float:
    """Return the ratio for borders between columns."""
    # The second difference ignores slopes: a border's step stands out of the course around it.
    step = np.abs(grey[:, 1:-2] * 3 - grey[:, 2:-1] * 3 - grey[:, :-3] + grey[:, 3:])
    mean = np.minimum(step, 32.0).mean(axis=0)
    phase = (np.arange(len(mean)) + 2) % _BLOCK
    within = float(mean[phase == _BLOCK // 2].mean())
    return float(mean[phase == 0].mean()) / max(within, 0.2)

"""The backdrop's light beside a card on the chair: is it the same from step to step?

A card covers the middle. The upper corners show the backdrop in the exposure step already, and
again when the clean plate is taken: a lamp that went out in between shows there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from calibration.light import LUMINANCE, to_linear
from hardware.base import Pixels

_WIDE: Final = 0.2  # of the picture's width, from each side
_TALL: Final = 0.4  # of its height, from the top
_THIN: Final = 4  # each such pixel is looked at
_LEAST: Final = 1e-4  # linear light; darker tells nothing


def corners_light(pixels: Pixels) -> list[float]:
    """Return the median luminance, linear, of the upper corners of (H, W, 3) uint8 RGB."""
    height, width = pixels.shape[:2]
    tall, wide = max(int(height * _TALL), 1), max(int(width * _WIDE), 1)
    corners = (pixels[:tall:_THIN, :wide:_THIN], pixels[:tall:_THIN, width - wide :: _THIN])
    return [float(np.median(to_linear(corner) @ LUMINANCE)) for corner in corners]


def change_stops(before: Sequence[float], now: Sequence[float]) -> float:
    """Return by how many stops the corner that changed most is brighter now; negative: darker."""
    changes = [
        math.log2(max(after, _LEAST) / max(then, _LEAST))
        for then, after in zip(before, now, strict=True)
    ]
    return max(changes, key=abs)

"""Between sRGB code values and linear light (IEC 61966-2-1)."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hardware.base import Pixels

Floats = npt.NDArray[np.float32]

_LINEAR_END, _SLOPE, _OFFSET, _GAMMA = 0.04045, 12.92, 0.055, 2.4


def _to_linear(encoded: npt.NDArray[np.float64]) -> Floats:
    curved = ((encoded + _OFFSET) / (1 + _OFFSET)) ** _GAMMA
    return np.where(encoded <= _LINEAR_END, encoded / _SLOPE, curved).astype(np.float32)


_DECODE = _to_linear(np.arange(256) / 255.0)
_STEPS = 65535
_ROOT = np.linspace(0.0, 1.0, _STEPS + 1)
"""The square root of light, at which the table of the way back is even enough: a step is nowhere
more than 0.006 code values."""
_ENCODE = np.where(
    _ROOT**2 <= _LINEAR_END / _SLOPE,
    _ROOT**2 * _SLOPE,
    (1 + _OFFSET) * _ROOT ** (2 / _GAMMA) - _OFFSET,
)
_ENCODE = np.rint(255 * _ENCODE).astype(np.uint8)


def to_linear(pixels: Pixels) -> Floats:
    """Return linear light, 0 to 1, of sRGB code values 0 to 255; same shape."""
    return np.asarray(cv2.LUT(pixels, _DECODE), np.float32)


def to_encoded(light: Floats) -> Pixels:
    """Return sRGB code values, rounded, of linear light; clips to 0 to 1; same shape."""
    root = np.sqrt(np.clip(light, 0.0, 1.0))
    root *= _STEPS
    root += 0.5  # the nearest step
    return _ENCODE.take(root.astype(np.uint16))

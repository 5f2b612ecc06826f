"""sRGB to linear light and back, as tables (IEC 61966-2-1)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from hardware.base import Pixels

Linear = npt.NDArray[np.float32]
"""Linear light, 0 to 1."""

_STEPS: Final = 4096


# Below these the curve is a straight line.
_LINE_ENCODED: Final = 0.04045
_LINE_LINEAR: Final = 0.0031308


def _decode(encoded: Linear) -> Linear:
    low = encoded / 12.92
    high = ((encoded + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= _LINE_ENCODED, low, high).astype(np.float32)


def _encode(linear: Linear) -> Linear:
    low = linear * 12.92
    high = 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    return np.where(linear <= _LINE_LINEAR, low, high).astype(np.float32)


LINEAR: Final[Linear] = _decode(np.arange(256, dtype=np.float32) / 255.0)
"""8 bit sRGB value to linear light."""

# Finer where the eye is: the table is indexed by the square root of the light.
_ENCODED: Final[Pixels] = np.rint(
    255.0 * _encode((np.arange(_STEPS + 1, dtype=np.float32) / _STEPS) ** 2)
).astype(np.uint8)


def to_linear(pixels: Pixels) -> Linear:
    """Decode 8 bit sRGB of any shape to linear light."""
    return LINEAR[pixels]


def to_srgb(linear: Linear) -> Pixels:
    """Encode linear light of any shape as 8 bit sRGB; clips to 0 to 1."""
    index = np.clip(linear, 0.0, 1.0)
    np.sqrt(index, out=index)
    index *= _STEPS
    index += 0.5
    return _ENCODED[index.astype(np.uint16)]


def gain_table(gains: tuple[float, float, float]) -> Pixels:
    """(1, 256, 3) table for `cv2.LUT` that multiplies linear light, channel by channel."""
    return to_srgb(LINEAR[None, :, None] * np.array(gains, np.float32)[None, None, :])

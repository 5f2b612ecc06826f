"""sRGB code values to linear light and back (IEC 61966-2-1)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hardware.base import Pixels

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722])
"""Of linear sRGB (ITU-R BT.709)."""

_LINE_ENCODED: Final = 0.04045
_LINE_LINEAR: Final = 0.0031308
_STEPS: Final = 4096


def decode(encoded: npt.NDArray[Any]) -> Doubles:
    """Return linear light, 0 to 1, of sRGB values 0 to 1 of any shape."""
    low, high = encoded / 12.92, ((np.maximum(encoded, 0.0) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(encoded <= _LINE_ENCODED, low, high), np.float64)


def encode(linear: npt.NDArray[Any]) -> Doubles:
    """Return sRGB values, 0 to 1, of linear light of any shape; clips to 0 to 1."""
    light = np.clip(linear, 0.0, 1.0)
    high = 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(light <= _LINE_LINEAR, light * 12.92, high), np.float64)


_TABLE: Final[Floats] = decode(np.arange(256) / 255).astype(np.float32)
# Finer where the eye is: the table is indexed by the square root of the light.
_ENCODED: Final[Pixels] = np.rint(
    255 * encode((np.arange(_STEPS + 1, dtype=np.float64) / _STEPS) ** 2)
).astype(np.uint8)


def to_linear(pixels: Pixels) -> Floats:
    """Return linear light, float32 0 to 1, of sRGB code values of any shape."""
    return _TABLE[pixels]


def to_srgb(light: Floats) -> Pixels:
    """Return sRGB code values of linear light of any shape; clips to 0 to 1."""
    index = np.sqrt(np.clip(light, 0.0, 1.0)) * _STEPS + 0.5
    return _ENCODED[index.astype(np.uint16)]


def code_value(linear: float) -> float:
    """Return the sRGB code value, 0 to 255, of linear light 0 to 1."""
    return float(encode(np.array(linear)) * 255)

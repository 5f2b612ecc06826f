"""The wall behind the sitter: light blue paper-backed cloth, lit unevenly as real ones are."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from hardware.sim.colour import Linear

COLOUR: Final = (128, 186, 232)
"""sRGB in the middle of the wall, where the lamps reach it best."""

_FALL_OFF: Final = 0.20  # of the light, from the brightest spot to the picture's corner
_MOTTLE: Final = 0.012  # slow unevenness of the cloth
_WEAVE: Final = 0.010  # threads
_THREADS: Final = 260  # to the picture's height


def light_on_wall(width: int, height: int, seed: int = 0) -> Linear:
    """Render the light that the empty wall sends back, for the wall's own `COLOUR`.

    The same wall at any size: live view and still differ in resolution only.

    Args:
        width: pixels.
        height: pixels.
        seed: another wall for another number.

    Returns:
        (height, width) float32, linear light over that of `COLOUR`, factor.
    """
    rng = np.random.default_rng(seed)
    x = ((np.arange(width, dtype=np.float32) + 0.5) - width / 2) / height
    y = ((np.arange(height, dtype=np.float32) + 0.5) - height / 2) / height
    off_x, off_y = rng.uniform(-0.12, 0.12), rng.uniform(-0.15, 0.0)
    distance = ((x - off_x) ** 2)[None, :] / 1.1 + ((y - off_y) ** 2)[:, None]
    light: Linear = 1.0 - _FALL_OFF * distance
    light *= (1.0 + 0.03 * x)[None, :]  # one lamp is a little stronger
    coarse = rng.normal(0.0, 1.0, (12, 21)).astype(np.float32)
    light *= 1.0 + _MOTTLE * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    light *= 1.0 + _WEAVE * np.sin(x * (2 * np.pi * _THREADS))[None, :]
    light *= 1.0 + _WEAVE * np.sin(y * (2 * np.pi * _THREADS))[:, None]
    return light

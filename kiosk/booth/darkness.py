"""Is the main camera's picture dark? A cap, a lamp that failed, live view under flash.

Judged by the brightest hundredth of the whole picture, backdrop and all: never by the person.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hardware.base import Frame, Pixels

_STEP = 16
"""Each so manieth pixel either way is looked at: 3,600 of 1280 x 720."""
_BRIGHT_PART = 99.0


def brightness(pixels: Pixels) -> float:
    """Return how bright the brightest hundredth of a picture is at least.

    Args:
        pixels: (H, W, 3) uint8 RGB.

    Returns:
        0 to 1, sRGB.
    """
    brightest = pixels[::_STEP, ::_STEP].max(axis=2)
    return float(np.percentile(brightest, _BRIGHT_PART)) / 255.0


class Darkness:
    """Tells once when the picture has been dark for a while, and once when it is light again.

    Args:
        level: darker than this is dark, as `brightness` gives it.
        after_s: for so long, seconds.
        tell: called with True when it is dark, False when it is light again.
    """

    def __init__(self, level: float, after_s: float, tell: Callable[[bool], None]) -> None:
        self._level = level
        self._after_s = after_s
        self._tell = tell
        self._dark_since: float | None = None
        self._told = False

    def look(self, frame: Frame) -> None:
        """Take in a frame."""
        if brightness(frame.pixels) >= self._level:
            self._dark_since = None
            if self._told:
                self._told = False
                self._tell(False)
        elif self._dark_since is None:
            self._dark_since = frame.taken_at
        elif not self._told and frame.taken_at - self._dark_since >= self._after_s:
            self._told = True
            self._tell(True)

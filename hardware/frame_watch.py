"""Whether a live view has stopped: no frame comes any more, or always the same picture."""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from hardware.base import Frame, Pixels

_ROWS: Final = 97
"""One row of so many tells nearly always that two pictures differ, at a hundredth of the cost."""
_BLANK_SPREAD: Final = 2
"""Code values between the darkest and the brightest hundredth. With less a picture shows nothing,
and two of them may well be the same: a lens cap is on, or the lamps are off."""
_BLANK_EVERY: Final = 7
"""Each such pixel is looked at for that."""


class FrameWatch:
    """Watches over the frames of one camera. Use it from one thread at a time.

    Args:
        frozen_after_s: no new frame, or the same picture byte for byte, for so long is a fault,
            seconds; None for cameras that may really send the same picture again.
    """

    def __init__(self, frozen_after_s: float | None) -> None:
        self._frozen_after_s = frozen_after_s
        self._last: Pixels | None = None
        self._still_since = 0.0
        self._waiting_since: float | None = None

    def forget(self) -> None:
        """Begin anew: frames did not come for a good reason."""
        self._last = None
        self._waiting_since = None

    def came(self, frame: Frame) -> float | None:
        """Take in a frame.

        Returns:
            How long the picture has stood still, seconds, if that is too long.
        """
        self._waiting_since = None
        last, self._last = self._last, frame.pixels
        if last is None or _differ(last, frame.pixels) or _is_blank(frame.pixels):
            self._still_since = frame.taken_at
            return None
        return self._too_long(frame.taken_at - self._still_since)

    def missed(self, asked_at: float) -> float | None:
        """Take in that no frame came in the caller's time.

        Args:
            asked_at: when it was asked for, seconds of `time.monotonic`.

        Returns:
            How long none has come, seconds, if that is too long.
        """
        if self._waiting_since is None:
            self._waiting_since = asked_at
        return self._too_long(time.monotonic() - self._waiting_since)

    def _too_long(self, lasted_s: float) -> float | None:
        limit_s = self._frozen_after_s
        return lasted_s if limit_s is not None and lasted_s >= limit_s else None


def _differ(one: Pixels, other: Pixels) -> bool:
    """Whether two pictures differ: real sensors are noisy, so two of one stream always do."""
    return not np.array_equal(one[::_ROWS], other[::_ROWS]) or not np.array_equal(one, other)


def _is_blank(pixels: Pixels) -> bool:
    low, high = np.percentile(pixels[::_BLANK_EVERY, ::_BLANK_EVERY], (1, 99))
    return bool(high - low <= _BLANK_SPREAD)

"""The beat of a camera: which frame is due, and how long until the next."""

from __future__ import annotations

import time

from hardware.errors import DeviceTimeout


class FrameClock:
    """Counts the frames of a live view.

    Args:
        frames_per_second: of the sensor.
        given: number of the last frame given before, when the stream goes on after a still.
    """

    def __init__(self, frames_per_second: float, given: int = 0) -> None:
        self._interval_s = 1.0 / frames_per_second
        self._start = time.monotonic() - given * self._interval_s
        self._given = given
        self._last_due = self._start

    @property
    def given(self) -> int:
        """Number of the last frame given."""
        return self._given

    def next_frame(self, timeout_s: float, slowest_s: float = 0.0) -> tuple[int, float]:
        """Wait for a frame not given before.

        Args:
            timeout_s: seconds to wait for it.
            slowest_s: let frames come no sooner than this after one another, seconds.

        Returns:
            Its number, counted from 1, and when it was exposed, seconds of `time.monotonic`.

        Raises:
            DeviceTimeout: none is due in time.
        """
        now = time.monotonic()
        number = max(int((now - self._start) / self._interval_s), self._given + 1)
        due = self._start + number * self._interval_s
        if due < self._last_due + slowest_s:
            due = self._last_due + slowest_s
            number = max(number, round((due - self._start) / self._interval_s))
        wait_s = due - now
        if wait_s > timeout_s:
            time.sleep(max(0.0, timeout_s))
            raise DeviceTimeout(f"No new frame within {timeout_s:.2f} s.")
        if wait_s > 0.0:
            time.sleep(wait_s)
        self._given, self._last_due = number, due
        return number, due

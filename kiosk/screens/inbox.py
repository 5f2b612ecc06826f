"""What other threads leave for the UI thread: of each kind only the newest, never a queue."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt


class Screenshot:
    """One request for the drawn window's pixels; the asking thread waits for it."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._pixels: npt.NDArray[np.uint8] | None = None

    def deliver(self, pixels: npt.NDArray[np.uint8]) -> None:
        """Hand over the pixels, RGB uint8 (H, W, 3)."""
        self._pixels = pixels
        self._done.set()

    def give_up(self) -> None:
        """End the wait without pixels."""
        self._done.set()

    def wait(self, seconds: float) -> npt.NDArray[np.uint8] | None:
        """Return the pixels, or None when they do not come in time or not at all."""
        self._done.wait(seconds)
        return self._pixels


class Inbox:
    """Holds the newest of each kind until the UI thread takes them; safe from any thread.

    A producer that is faster than the screen costs nothing: what was not taken is replaced.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: dict[str, Any] = {}
        self._wake: Callable[[], object] | None = None
        self._closed = False

    def open(self, wake: Callable[[], object]) -> None:
        """Call `wake` whenever there is news and it was not called for it yet."""
        with self._lock:
            self._wake = wake
            waiting = bool(self._news)
        if waiting:
            wake()

    def close(self) -> None:
        """Take nothing more, and forget what is there."""
        with self._lock:
            self._closed = True
            left = self._news.pop("screenshots", [])
            self._news.clear()
        for shot in left:
            shot.give_up()

    def put(self, kind: str, value: object) -> None:
        """Leave `value` in place of any earlier one of its kind."""
        with self._lock:
            if self._closed:
                return
            first = not self._news
            self._news[kind] = value
            wake = self._wake if first else None
        if wake is not None:
            wake()

    def ask_screenshot(self) -> Screenshot:
        """Leave a request for the window's pixels. These do queue: each has somebody waiting."""
        shot = Screenshot()
        with self._lock:
            if self._closed:
                shot.give_up()
                return shot
            first = not self._news
            self._news.setdefault("screenshots", []).append(shot)
            wake = self._wake if first else None
        if wake is not None:
            wake()
        return shot

    def take(self) -> dict[str, Any]:
        """Return all that is there, kind to value, and hold nothing any more."""
        with self._lock:
            news, self._news = self._news, {}
        return news

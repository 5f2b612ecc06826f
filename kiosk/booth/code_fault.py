"""When codes cannot be read any more: only when neither camera nor scanner reads them."""

from __future__ import annotations

import threading
from collections.abc import Callable


class CodeFault:
    """Knows how camera and scanner are, and tells when both fail. May be used by several threads.

    Args:
        tell: called with True when no code can be read any more, with False when one can again.
    """

    def __init__(self, tell: Callable[[bool], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._camera_fails = False
        self._scanner_ready = False
        self._told = False

    def camera(self, *, fails: bool) -> None:
        """Say whether the second camera fails."""
        with self._lock:
            self._camera_fails = fails
            self._judge()

    def scanner(self, *, ready: bool) -> None:
        """Say whether a scanner is there."""
        with self._lock:
            self._scanner_ready = ready
            self._judge()

    def _judge(self) -> None:
        fails = self._camera_fails and not self._scanner_ready
        if fails != self._told:
            self._told = fails
            self._tell(fails)

"""When a camera's silence is told: not for a hiccup, and once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from hardware.errors import HardwareError

log = logging.getLogger(__name__)


class Patience:
    """Watches one camera's calls succeed and fail. Used on the camera's thread.

    Args:
        name: the camera's, for the log.
        patience_s: shorter interruptions are not told.
        on_fault: called once, with the reason, when it has been silent for longer.
        on_recovered: called once when it answers again.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        name: str,
        patience_s: float,
        *,
        on_fault: Callable[[str], None],
        on_recovered: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._patience_s = patience_s
        self._on_fault = on_fault
        self._on_recovered = on_recovered
        self._clock = clock
        self._failing_since: float | None = None
        self._told = False

    def failed(self, error: Exception) -> None:
        """A call failed. What no device should raise is logged with its traceback, once."""
        now = self._clock()
        if self._failing_since is None:
            self._failing_since = now
            foreseen = isinstance(error, HardwareError)
            log.warning("%s: %s", self._name, error, exc_info=None if foreseen else error)
        if not self._told and now - self._failing_since >= self._patience_s:
            self._told = True
            self._on_fault(str(error))

    def succeeded(self) -> None:
        """A call succeeded."""
        if self._failing_since is not None:
            log.info("%s: back after %.1f s", self._name, self._clock() - self._failing_since)
            self._failing_since = None
        if self._told:
            self._told = False
            self._on_recovered()

"""Logs what nobody thought of: once with its traceback, not as often as a thread goes round.

A thread that must live catches whatever is raised in it. Some go round ten times a second, and
what is wrong with the booth is wrong each time; its journal is limited.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

AGAIN_S = 600.0
"""The same mistake is logged again after so long, with how often it was made meanwhile, seconds."""
_MOST_KNOWN = 100


class Mistakes:
    """What went wrong in one module. Any thread may call it.

    Args:
        log: the module's.
        clock: seconds, monotonic.
    """

    def __init__(self, log: logging.Logger, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[tuple[str, type, str], tuple[float, int]] = {}

    def made(self, what: str, error: BaseException) -> None:
        """Log a mistake, unless the same one was logged within the last minutes.

        The same is what was raised as the same type in the same line, while doing the same.

        Args:
            what: what could not be done, such as ``the visit cannot be shown``.
            error: what was raised.
        """
        key = (what, type(error), _place(error))
        with self._lock:
            now = self._clock()
            logged_at, unsaid = self._known.get(key, (None, 0))
            if logged_at is not None and now - logged_at < AGAIN_S:
                self._known[key] = (logged_at, unsaid + 1)
                return
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = (now, 0)
        again = f" ({unsaid} times more since it was last logged)" if unsaid else ""
        self._log.error("%s%s", what, again, exc_info=error)


def _place(error: BaseException) -> str:
    """Return file and line of where it was raised."""
    trace = error.__traceback__
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"

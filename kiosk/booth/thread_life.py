"""How threads of the booth begin and end: step after step until told to stop, then a tidy end."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class ThreadLife(ABC):
    """A thread that does step after step.

    Args:
        name: of the thread.
    """

    def __init__(self, name: str) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread after the step it is at, and wait for its end."""
        self._stopping.set()
        if self._thread.is_alive():  # it is not when the booth could not start
            self._thread.join()

    @abstractmethod
    def _step(self) -> None:
        """Do one step; it rests by waiting for `_stopping`. What it raises ends the thread."""

    def _ended(self) -> None:  # noqa: B027 - not all have something to tidy up
        """Tidy up on the thread, after the last step."""

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._step()
        finally:
            self._ended()

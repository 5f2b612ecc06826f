"""The barcode scanner's thread: what it reads counts as what the second camera reads.

The scanner stays grabbed also while no codes are wanted, lest it types into the screen; what it
reads then is dropped.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from hardware.base import CodeScanner
from hardware.errors import DeviceLost, FaultKind, HardwareError
from kiosk.booth.thread_life import ThreadLife

log = logging.getLogger(__name__)

_READ_WAIT_S = 0.5


class ScannerReading(ThreadLife):
    """Reads codes from a scanner, whenever there is one.

    Args:
        scanner: opened, used and closed on this thread only.
        on_text: called with each text read while codes are wanted.
        on_ready: called with True when a scanner was found, with False when it is gone.
        search_every_s: between two looks for one that is away, seconds.
    """

    def __init__(
        self,
        scanner: CodeScanner,
        *,
        on_text: Callable[[str], None],
        on_ready: Callable[[bool], None],
        search_every_s: float,
    ) -> None:
        super().__init__("scanner")
        self._scanner = scanner
        self._on_text = on_text
        self._on_ready = on_ready
        self._search_every_s = search_every_s
        self._wanted = threading.Event()
        self._said = ""
        self._fault: HardwareError | None = None

    @property
    def fault(self) -> HardwareError | None:
        """Why none reads; None while one does, or where there has never been one."""
        return self._fault

    @property
    def ready(self) -> bool:
        """Whether a scanner is there."""
        return self._scanner.is_open

    def show(self, *, on: bool) -> None:
        """Switch on or off whether what is read counts; returns at once."""
        if on:
            self._wanted.set()
        else:
            self._wanted.clear()

    def _ended(self) -> None:
        self._scanner.close()

    def _step(self) -> None:
        try:
            if not self._scanner.is_open:
                self._scanner.open()
                self._found()
            text = self._scanner.read(_READ_WAIT_S)
        except Exception as error:  # noqa: BLE001 - told and logged; this thread never gives up
            self._lost(error)
        else:
            if text is not None and self._wanted.is_set():
                self._on_text(text)

    def _found(self) -> None:
        log.info("%s reads codes", self._scanner.name)
        self._said = ""
        self._fault = None
        self._on_ready(True)

    def _lost(self, error: Exception) -> None:
        """Let go, say why once, and wait. Most booths have no scanner: that is no news."""
        was_there = self._scanner.is_open
        self._scanner.close()
        absent = isinstance(error, DeviceLost) and not was_there
        foreseen = isinstance(error, HardwareError)
        if isinstance(error, HardwareError):
            if self._fault is not None or not absent:
                self._fault = error
        else:
            message = f"The driver failed with {type(error).__name__}: {error}"
            self._fault = HardwareError(message, FaultKind.PROCESS_ENDED)
        if str(error) != self._said:
            self._said = str(error)
            log.log(
                logging.INFO if absent else logging.WARNING,
                "%s", error, exc_info=None if foreseen else error,
            )  # fmt: skip
        if was_there:
            self._on_ready(False)
        self._stopping.wait(self._search_every_s)

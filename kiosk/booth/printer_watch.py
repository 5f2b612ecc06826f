"""Whether the printer can print, asked now and then on a thread of its own."""

from __future__ import annotations

import logging

from hardware.base import Printer, PrinterState
from hardware.errors import FaultKind, HardwareError
from kiosk.booth.thread_life import ThreadLife

log = logging.getLogger(__name__)


class PrinterWatch(ThreadLife):
    """Knows how the printer is.

    Args:
        printer: opened, used and closed on this thread only.
        every_s: between two questions, seconds.
    """

    def __init__(self, printer: Printer, every_s: float) -> None:
        super().__init__("printer")
        self._printer = printer
        self._every_s = every_s
        self._state = PrinterState(ready=True)

    @property
    def name(self) -> str:
        """The printer's."""
        return self._printer.name

    def state(self) -> PrinterState:
        """Return how it was when it was last asked."""
        return self._state

    def _step(self) -> None:
        self._learn(self._ask())
        self._stopping.wait(self._every_s)

    def _ended(self) -> None:
        self._printer.close()

    def _ask(self) -> PrinterState:
        try:
            self._printer.open()
            return self._printer.state()
        except HardwareError as error:
            return PrinterState(False, str(error), error.kind)
        except Exception as error:  # a driver's mistake must not end the watch
            message = f"The driver failed with {type(error).__name__}: {error}"
            if message != self._state.message:  # each kind of mistake once, with its traceback
                log.exception("%s failed in a way nobody thought of", self._printer.name)
            return PrinterState(False, message, FaultKind.PROCESS_ENDED)

    def _learn(self, state: PrinterState) -> None:
        if state != self._state:
            if state.message:
                log.warning("printer: %s", state.message)
            elif state.ready:
                log.info("printer: %s is ready again", self._printer.name)
        self._state = state

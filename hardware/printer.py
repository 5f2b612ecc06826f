"""A printer behind CUPS.

CUPS knows hundreds of printers, keeps the jobs, and tries again by itself when the paper is
refilled. The driver asks before it queues anything: a job that waits unseen would be asked for
twice.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from hardware.base import Printer, PrinterState
from hardware.cups_ipp import NOT_FOUND, PrintService, Refused
from hardware.errors import DeviceLost, FaultKind, HardwareError, Unsupported
from hardware.printer_reasons import judge

SUFFIXES: Final = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
"""What is printed; any CUPS with its filters takes these."""


class CupsPrinter(Printer):
    """One queue of CUPS.

    Args:
        queue: its name; empty for the only one there is.
        service: the CUPS scheduler.
    """

    def __init__(self, queue: str = "", service: PrintService | None = None) -> None:
        super().__init__(queue or "printer")
        self._queue = queue
        self._service = service or PrintService()

    def state(self) -> PrinterState:
        """Ask CUPS how the printer is. Never raises."""
        if not self.is_open:
            return PrinterState(False, "The printer is not open.", FaultKind.NOT_OPEN)
        try:
            return judge(self._attributes())
        except HardwareError as error:
            return PrinterState(False, str(error), error.kind)

    def _do_open(self) -> None:
        """Find the queue.

        Raises:
            DeviceLost: there is none, or CUPS does not answer.
            Misconfigured: CUPS' programs are missing.
        """
        self.name = str(self._attributes()["printer-name"])

    def _do_close(self) -> None:
        """Nothing is held."""

    def _do_print_file(self, data: bytes, media_type: str, title: str, paper: str) -> str:
        if media_type not in SUFFIXES:
            raise Unsupported(
                f"The printer cannot print {media_type!r}. Give it one of: {', '.join(SUFFIXES)}."
            )
        state = self.state()
        if not state.ready:
            raise DeviceLost(state.message, state.kind)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"print{SUFFIXES[media_type]}"
            file.write_bytes(data)
            try:
                number = self._service.print_file(self.name, file, media_type, title, paper)
            except Refused as error:
                raise DeviceLost(
                    f"{self.name} refuses the print ({error}). Look at the queue: lpstat -t",
                    FaultKind.PRINT_SERVICE,
                ) from error
        return f"{self.name}-{number}"

    def _attributes(self) -> dict[str, Any]:
        if self._queue:
            try:
                return self._service.printer(self._queue)
            except Refused as error:
                if error.status != NOT_FOUND:
                    raise DeviceLost(
                        f"{self._queue}: CUPS refuses: {error}.", FaultKind.PRINT_SERVICE
                    ) from error
                raise DeviceLost(
                    f"There is no printer {self._queue!r}. {self._there()}", FaultKind.NO_PRINTER
                ) from error
        found = self._service.printers()
        if len(found) != 1:
            raise DeviceLost(
                f"There are {len(found)} printers; say which one is meant. {self._there()}"
                if found
                else self._there(),
                FaultKind.NOT_NAMED if found else FaultKind.NO_PRINTER,
            )
        return found[0]

    def _there(self) -> str:
        names = [str(each["printer-name"]) for each in self._service.printers()]
        if not names:
            return "No printer is set up. Plug it in, switch it on, and add it: sudo lpadmin -p …"
        return f"There is: {', '.join(names)}."

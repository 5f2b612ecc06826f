"""A simulated printer: what it prints lands in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hardware.base import Printer, PrinterState
from hardware.errors import DeviceLost, FaultKind, Unsupported
from hardware.sim.run_folder import RunFolder

_SUFFIX: Final = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
PROBLEMS: Final = {
    "out_of_paper": "The printer is out of paper. Put paper in; what waits is printed by itself.",
    "offline": "The printer does not answer. Switch it on and check its cable.",
}

_KINDS: Final = {"out_of_paper": FaultKind.PAPER_OUT, "offline": FaultKind.DISCONNECTED}


class SimulatedPrinter(Printer):
    """A printer of photo sheets and receipts.

    Args:
        folder: the run folder; prints go to ``printed`` in it.
    """

    def __init__(self, folder: Path | str) -> None:
        super().__init__("simulated printer")
        self._folder = RunFolder(folder)
        self._printed = self._folder.path / "printed"

    def state(self) -> PrinterState:
        """Ask the printer how it is."""
        if not self.is_open:
            return PrinterState(False, "The printer is not open.", FaultKind.NOT_OPEN)
        problem = str(self._folder.read("printer").get("problem"))
        message = PROBLEMS.get(problem, "")
        return PrinterState(not message, message, _KINDS.get(problem))

    def _do_open(self) -> None:
        self._printed.mkdir(parents=True, exist_ok=True)

    def _do_close(self) -> None:
        """Nothing is held."""

    def _do_print_file(self, data: bytes, media_type: str, title: str, paper: str) -> str:
        del paper  # every folder takes every size
        if media_type not in _SUFFIX:
            raise Unsupported(
                f"The printer cannot print {media_type!r}. Give it one of: {', '.join(_SUFFIX)}."
            )
        state = self.state()
        if not state.ready:
            raise DeviceLost(state.message, state.kind)
        number = len(list(self._printed.iterdir())) + 1
        clean = "".join(c if c.isalnum() or c in "-_" else "_" for c in title)[:60] or "print"
        job = f"{number:04d}_{clean}"
        (self._printed / (job + _SUFFIX[media_type])).write_bytes(data)
        return job

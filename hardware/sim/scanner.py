"""A simulated code scanner: reads what the director has it read."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from hardware.base import CodeScanner
from hardware.sim.run_folder import RunFolder

_LOOK_EVERY_S: Final = 0.02


class SimulatedScanner(CodeScanner):
    """A USB barcode scanner that is not there.

    Args:
        folder: the run folder shared with the `Director`.
    """

    def __init__(self, folder: Path | str) -> None:
        super().__init__("simulated scanner")
        self._folder = RunFolder(folder)

    def _do_open(self) -> None:
        """Forget what was scanned before anybody listened."""
        while self._folder.take_scan() is not None:
            pass

    def _do_close(self) -> None:
        """Nothing is held."""

    def _do_read(self, timeout_s: float) -> str | None:
        until = time.monotonic() + timeout_s
        while (text := self._folder.take_scan()) is None and time.monotonic() < until:
            time.sleep(_LOOK_EVERY_S)
        return text

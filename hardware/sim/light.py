"""A simulated lamp: the simulated main camera sees its light."""

from __future__ import annotations

from pathlib import Path

from hardware.base import Light
from hardware.sim.run_folder import RunFolder


class SimulatedLight(Light):
    """A lamp that can be dimmed.

    Args:
        folder: the run folder shared with the cameras.
    """

    def __init__(self, folder: Path | str) -> None:
        super().__init__("simulated light")
        self._folder = RunFolder(folder)
        self._level = 0.0

    @property
    def level(self) -> float:
        """The brightness last set, 0 to 1."""
        return self._level

    def _do_open(self) -> None:
        self._shine(0.0)

    def _do_close(self) -> None:
        self._shine(0.0)

    def _do_set_level(self, level: float) -> None:
        self._shine(level)

    def _shine(self, level: float) -> None:
        self._level = level
        self._folder.write("light", {"level": level})

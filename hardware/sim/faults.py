"""Faults on command, as cameras really have them."""

from __future__ import annotations

import enum
import os
import signal
import time
from typing import Any, Final, NoReturn

from hardware.errors import DeviceBusy, DeviceLost, FaultKind
from hardware.sim.run_folder import RunFolder
from hardware.wire import CHILD_VARIABLE

_HANG_STEP_S: Final = 3600.0
DARK_GAIN: Final = 0.01
SLOW_FRAME_S: Final = 0.4
SLOW_STILL_S: Final = 2.0


class Fault(enum.StrEnum):
    """What can be wrong with a simulated camera.

    HANG, FROZEN and CRASH are cured by starting the driver afresh, as in life; the others last
    until the director takes them away.
    """

    UNPLUG = "unplug"
    """Every call finds no device."""
    HANG = "hang"
    """The next call never returns."""
    HANG_STILL = "hang_still"
    """The next still never comes; live view goes on until it is asked for."""
    BUSY = "busy"
    """Opening, starting live view and taking a still are refused."""
    DARK = "dark"
    """Next to no light falls on the sensor."""
    SLOW = "slow"
    """A frame takes 0.4 s, a still 2 s more."""
    FROZEN = "frozen"
    """The live view sends the same picture again and again."""
    CRASH = "crash"
    """The driver takes its process down."""


_CURED_BY_RESTART: Final = (Fault.HANG, Fault.HANG_STILL, Fault.FROZEN, Fault.CRASH)


class Faults:
    """The faults of one camera, as the director wants them.

    Args:
        folder: where the director says so.
        camera: ``main`` or ``code``.
    """

    def __init__(self, folder: RunFolder, camera: str) -> None:
        self._folder = folder
        self._camera = camera
        self._opened_at = time.monotonic()

    def restarted(self) -> None:
        """Forget what a restart cures."""
        self._opened_at = time.monotonic()

    @property
    def now(self) -> Fault | None:
        """The fault that stands."""
        wanted: dict[str, Any] = self._folder.read("faults").get(self._camera) or {}
        try:
            fault = Fault(wanted["kind"])
            since = float(wanted["since"])
        except (KeyError, ValueError):
            return None
        if fault in _CURED_BY_RESTART and since <= self._opened_at:
            return None
        return fault

    def strike(self, *, refusing: bool, still: bool = False) -> Fault | None:
        """Fail as the fault that stands fails; return one that only shows in the picture.

        Args:
            refusing: whether this call is one that a busy device refuses.
            still: whether it takes a still.

        Raises:
            DeviceLost, DeviceBusy.
        """
        fault = self.now
        if fault is Fault.UNPLUG:
            raise DeviceLost("The simulated camera is unplugged. Plug it in again.")
        if fault is Fault.BUSY and refusing:
            raise DeviceBusy(
                "The simulated camera is held by another program. Close that program.",
                FaultKind.HELD,
            )
        if fault is Fault.HANG or (fault is Fault.HANG_STILL and still):
            _hang()
        if fault is Fault.CRASH:
            _crash()
        return fault


def _hang() -> NoReturn:
    while True:
        time.sleep(_HANG_STEP_S)


def _crash() -> NoReturn:
    if CHILD_VARIABLE in os.environ:
        os.kill(os.getpid(), signal.SIGSEGV)
    raise DeviceLost(
        "The simulated camera's driver has crashed. Start it again.", FaultKind.PROCESS_ENDED
    )

"""What the threads of both cameras have in common: open, work while wanted, rest, never give up."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod

from hardware.base import Camera, CameraState, Condition
from hardware.errors import DeviceLost
from kiosk.booth.patience import Patience
from kiosk.booth.thread_life import ThreadLife

FRAME_WAIT_S = 1.0
"""How long one call waits for a frame; a stop is heard at the latest after this."""
PAUSE_S = 0.1
"""Between two attempts on a camera that is gone."""
OPEN_PAUSES_S = (0.1, 0.5, 1.0, 2.0)
"""Between attempts to open one; each starts a process, so the last is repeated."""
STALLED_S = 120.0
"""A thread whose call has not come back for so long hangs: beyond the deadlines of two cameras."""
_FAULTS = (Condition.TEMPORARY_FAULT, Condition.PERMANENT_FAULT)


class CameraThread(ThreadLife):
    """Runs one camera, which is used by one thread at a time: this one.

    After a fault it goes on asking, and the camera (`hardware.isolation`) brings itself back.

    Args:
        camera: opened, used and closed on this thread only.
        patience: told how each call went.
        name: of the thread, before the camera's.
        check_every_s: an idle camera is asked so often whether it is there, seconds.
    """

    def __init__(
        self, camera: Camera, patience: Patience, name: str, *, check_every_s: float = 3.0
    ) -> None:
        super().__init__(f"{name}-{camera.name}")
        self._camera = camera
        self._patience = patience
        self._check_every_s = check_every_s
        self._checked_at = 0.0
        self._refused = 0
        self._turned_at = 0.0
        self._wanted = threading.Event()
        self._wake = threading.Event()

    def start(self) -> None:
        """Start the thread; the camera is opened on it."""
        self._turned_at = time.monotonic()
        super().start()

    def stop(self) -> None:
        """Stop the thread and close the camera."""
        self._stopping.set()
        self._wake.set()
        super().stop()

    def show(self, *, on: bool) -> None:
        """Switch the live view on or off; returns at once."""
        if on:
            self._wanted.set()
        else:
            self._wanted.clear()
        self._wake.set()

    @property
    def is_turning(self) -> bool:
        """Whether it works, rests or brings its camera back, rather than hangs in a call."""
        return time.monotonic() - self._turned_at < STALLED_S

    def state(self) -> CameraState:
        """Describe the camera."""
        return self._camera.state()

    def _prepare(self) -> None:
        """Make the camera ready that has just been opened."""

    @abstractmethod
    def _work(self) -> bool:
        """Do what is wanted with the open camera; False when nothing is."""

    def _before_close(self) -> None:
        """Tidy up on the thread, before the camera is closed."""

    def _ended(self) -> None:
        self._before_close()
        self._camera.close()

    def _step(self) -> None:
        self._turned_at = time.monotonic()
        self._wake.clear()  # before looking at what is wanted, so that no change is missed
        try:
            if not self._camera.is_open:
                self._open()
            if self._work():
                self._patience.succeeded()
            else:
                self._rest()
        except Exception as error:  # noqa: BLE001 - told and logged; this thread never gives up
            self._patience.failed(error)
            pauses = OPEN_PAUSES_S[: self._refused] or (PAUSE_S,)
            self._stopping.wait(pauses[-1])

    def _open(self) -> None:
        self._refused += 1
        self._camera.open()
        try:
            self._prepare()
        except BaseException:
            self._camera.close()
            raise
        self._refused = 0

    def _rest(self) -> None:
        """Wait until something is wanted. Without calls, the camera's state says how it is."""
        self._camera.stop_live_view()
        now = time.monotonic()
        if now - self._checked_at >= self._check_every_s:
            self._checked_at = now
            self._camera.check()
        state = self._camera.state()
        if state.condition in _FAULTS:
            self._patience.failed(DeviceLost(state.fault or f"{self._camera.name} is away."))
        else:
            self._patience.succeeded()
        self._wake.wait(FRAME_WAIT_S)

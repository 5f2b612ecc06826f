"""The main camera's thread: live view while it is wanted, stills on request, faults told once.

A camera is used by one thread at a time; this is that thread. It never gives up: after a fault
it goes on asking, and the camera (`hardware.isolation`) brings itself back.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from hardware.base import Camera, CameraState, Condition, Frame, Still
from hardware.errors import DeviceLost
from kiosk.booth.patience import Patience

FRAME_WAIT_S = 1.0
"""How long one call waits for a frame; a stop is heard at the latest after this."""
PAUSE_S = 0.1
"""Between two attempts on a camera that is gone."""
_FAULTS = (Condition.TEMPORARY_FAULT, Condition.PERMANENT_FAULT)


class LiveView:
    """Runs one camera.

    Args:
        camera: the main camera; opened, used and closed on this thread only.
        on_frame: called with every frame; must be quick.
        patience: told how each call went.
        still_timeout_s: the longest wait for a still.
    """

    def __init__(
        self,
        camera: Camera,
        *,
        on_frame: Callable[[Frame], None],
        patience: Patience,
        still_timeout_s: float,
    ) -> None:
        self._camera = camera
        self._on_frame = on_frame
        self._patience = patience
        self._still_timeout_s = still_timeout_s
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._stills: queue.SimpleQueue[Future[Still]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"live-view-{camera.name}")

    def start(self) -> None:
        """Start the thread; the camera is opened on it."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and close the camera."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():  # it is not when the booth could not start
            self._thread.join()

    def show(self, *, on: bool) -> None:
        """Switch the live view on or off; returns at once."""
        if on:
            self._wanted.set()
        else:
            self._wanted.clear()
        self._wake.set()

    def take_still(self) -> Future[Still]:
        """Ask for a still; the future carries it or a `HardwareError`.

        Cancel the future when it is no longer wanted, else it is taken once the camera can.
        """
        future: Future[Still] = Future()
        self._stills.put(future)
        self._wake.set()
        return future

    def state(self) -> CameraState:
        """Describe the camera."""
        return self._camera.state()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._step()
        finally:
            self._drop_stills()
            self._camera.close()

    def _step(self) -> None:
        self._wake.clear()  # before looking at what is wanted, so that no change is missed
        try:
            if not self._camera.is_open:
                self._camera.open()
            if not self._stills.empty():
                self._capture(self._stills.get())
            elif self._wanted.is_set():
                self._camera.start_live_view()
                self._on_frame(self._camera.read_frame(FRAME_WAIT_S))
            else:
                self._rest()
                return
            self._patience.succeeded()
        except Exception as error:  # noqa: BLE001 - told and logged; this thread never gives up
            self._patience.failed(error)
            self._stopping.wait(PAUSE_S)

    def _rest(self) -> None:
        """Wait until something is wanted. Without calls, the camera's state says how it is."""
        self._camera.stop_live_view()
        state = self._camera.state()
        if state.condition in _FAULTS:
            self._patience.failed(DeviceLost(state.fault or f"{self._camera.name} is away."))
        else:
            self._patience.succeeded()
        self._wake.wait(FRAME_WAIT_S)

    def _capture(self, future: Future[Still]) -> None:
        if not future.set_running_or_notify_cancel():
            return  # whoever asked has given up meanwhile
        try:
            still = self._camera.capture_still(self._still_timeout_s)
        except Exception as error:
            future.set_exception(error)
            raise
        future.set_result(still)

    def _drop_stills(self) -> None:
        while not self._stills.empty():
            self._stills.get().cancel()

"""The main camera's thread: live view while it is wanted, stills on request, faults told once."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future

from hardware.base import Camera, Frame, Still
from kiosk.booth.camera_thread import FRAME_WAIT_S, CameraThread
from kiosk.booth.patience import Patience


class LiveView(CameraThread):
    """Runs the main camera.

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
        super().__init__(camera, patience, "live-view")
        self._on_frame = on_frame
        self._still_timeout_s = still_timeout_s
        self._stills: queue.SimpleQueue[Future[Still]] = queue.SimpleQueue()

    def take_still(self) -> Future[Still]:
        """Ask for a still; the future carries it or a `HardwareError`.

        Cancel the future when it is no longer wanted, else it is taken once the camera can.
        """
        future: Future[Still] = Future()
        self._stills.put(future)
        self._wake.set()
        return future

    def _work(self) -> bool:
        if not self._stills.empty():
            self._capture(self._stills.get())
        elif self._wanted.is_set():
            self._camera.start_live_view()
            self._on_frame(self._camera.read_frame(FRAME_WAIT_S))
        else:
            return False
        return True

    def _capture(self, future: Future[Still]) -> None:
        if not future.set_running_or_notify_cancel():
            return  # whoever asked has given up meanwhile
        try:
            still = self._camera.capture_still(self._still_timeout_s)
        except Exception as error:
            future.set_exception(error)
            raise
        future.set_result(still)

    def _ended(self) -> None:
        while not self._stills.empty():
            self._stills.get().cancel()

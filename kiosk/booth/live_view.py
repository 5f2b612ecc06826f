"""The main camera's thread: live view while it is wanted, stills on request, faults told once."""

from __future__ import annotations

import dataclasses
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from hardware.base import Camera, CameraSettings, CameraState, Frame, Still
from hardware.errors import DeviceBusy, Misconfigured, Unsupported
from kiosk.booth.camera_thread import FRAME_WAIT_S, CameraThread
from kiosk.booth.patience import Patience

log = logging.getLogger(__name__)

_LEFT_ALONE = CameraSettings()


class LiveView(CameraThread):
    """Runs the main camera.

    Args:
        camera: the main camera; opened, used and closed on this thread only.
        on_frame: called with every frame; must be quick.
        patience: told how each call went.
        still_timeout_s: the longest wait for a still.
        settings: manual values, set whenever the camera has been opened.
        check_every_s: as `CameraThread`.
        on_open: told of the camera that was opened.
        on_still: told of each still, and of the camera that took it.
    """

    def __init__(
        self,
        camera: Camera,
        *,
        on_frame: Callable[[Frame], None],
        patience: Patience,
        still_timeout_s: float,
        settings: CameraSettings = _LEFT_ALONE,
        check_every_s: float = 3.0,
        on_open: Callable[[CameraState], None] = lambda _: None,
        on_still: Callable[[CameraState, Still], None] = lambda *_: None,
    ) -> None:
        super().__init__(camera, patience, "live-view", check_every_s=check_every_s)
        self._settings = settings
        self._on_open = on_open
        self._on_still = on_still
        self._focus_wanted = threading.Event()
        self._on_frame = on_frame
        self._still_timeout_s = still_timeout_s
        self._stills: queue.SimpleQueue[Future[Still]] = queue.SimpleQueue()
        self._values: queue.SimpleQueue[tuple[Future[CameraSettings], CameraSettings]] = (
            queue.SimpleQueue()
        )

    def take_still(self) -> Future[Still]:
        """Ask for a still; the future carries it or a `HardwareError`.

        Cancel the future when it is no longer wanted, else it is taken once the camera can.
        """
        future: Future[Still] = Future()
        self._stills.put(future)
        self._wake.set()
        return future

    def apply(self, settings: CameraSettings) -> Future[CameraSettings]:
        """Set manual values; the future carries what the camera reads back, or its error.

        They are set again whenever the camera has been opened.
        """
        future: Future[CameraSettings] = Future()
        self._values.put((future, settings))
        self._wake.set()
        return future

    def focus(self) -> None:
        """Have the camera focus on the sitter and hold it; returns at once."""
        self._focus_wanted.set()

    def _prepare(self) -> None:
        if self._settings != _LEFT_ALONE:
            try:
                self._camera.apply(self._settings)
            except Unsupported as error:
                log.warning("%s It stays as it is set at the camera.", error)
        self._on_open(self._camera.state())

    def _work(self) -> bool:
        if self._focus_wanted.is_set():
            self._focus_wanted.clear()
            self._focus()
        if not self._values.empty():
            self._set(*self._values.get())
        elif not self._stills.empty():
            self._capture(self._stills.get())
        elif self._wanted.is_set():
            self._camera.start_live_view()
            self._on_frame(self._camera.read_frame(FRAME_WAIT_S))
        else:
            return False
        return True

    def _focus(self) -> None:
        try:
            self._camera.autofocus()
        except (DeviceBusy, Misconfigured, Unsupported) as error:
            log.warning("the camera does not focus, and stays as it is: %s", error)

    def _set(self, future: Future[CameraSettings], settings: CameraSettings) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            found = self._camera.apply(settings)
        except (Misconfigured, Unsupported) as error:
            future.set_exception(error)  # the camera works; it only cannot do that
            return
        except Exception as error:  # whatever it was, whoever waits must hear of it
            future.set_exception(error)
            raise
        known = {n: v for n, v in dataclasses.asdict(settings).items() if v is not None}
        self._settings = dataclasses.replace(self._settings, **known)
        future.set_result(found)

    def _capture(self, future: Future[Still]) -> None:
        if not future.set_running_or_notify_cancel():
            return  # whoever asked has given up meanwhile
        try:
            still = self._camera.capture_still(self._still_timeout_s)
        except Exception as error:  # whatever it was, whoever waits must hear of it
            future.set_exception(error)
            raise
        future.set_result(still)
        self._on_still(self._camera.state(), still)
        self._camera.check()  # battery, space and count; the photo does not wait for it

    def _before_close(self) -> None:
        while not self._stills.empty():
            self._stills.get().cancel()
        while not self._values.empty():
            self._values.get()[0].cancel()

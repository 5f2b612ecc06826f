"""The booth's cameras for calibration from the command line: opened directly, no booth around."""

from __future__ import annotations

import contextlib
import logging
from types import TracebackType
from typing import Final, Self

from hardware.base import Camera, CameraSettings, CameraState, Pixels
from hardware.errors import HardwareError, Misconfigured, Unsupported
from kiosk.settings import Settings

log = logging.getLogger(__name__)

_LEFT_ALONE: Final = CameraSettings()
_FRAME_WAIT_S: Final = 3.0
_SETTLE_FRAMES: Final = 3
"""Frames let pass after the live view started: exposure and queue are still those from before."""


class DirectCameras:
    """Opens each camera when it is first needed, and closes both at the end.

    Args:
        main: the main camera.
        codes: the second camera.
        settings: of the booth; its deadlines.
        values: set when the main camera is opened: those the booth takes photos with.
    """

    def __init__(
        self,
        main: Camera,
        codes: Camera,
        settings: Settings,
        values: CameraSettings = _LEFT_ALONE,
    ) -> None:
        self._main = main
        self._codes = codes
        self._values = values
        self._still_s = settings.main_camera.still_deadline_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for camera in (self._main, self._codes):
            with contextlib.suppress(HardwareError):
                camera.close()

    def still(self) -> bytes:
        """Take a still with the main camera."""
        self._open(self._main)
        return self._main.capture_still(self._still_s).data

    def live(self) -> Pixels:
        """Return a live view frame of the main camera."""
        return self._frame(self._main)

    def code_frame(self) -> Pixels:
        """Return a frame of the second camera."""
        return self._frame(self._codes)

    def apply(self, settings: CameraSettings) -> CameraSettings:
        """Set manual values of the main camera and return what it reads back."""
        self._open(self._main)
        return self._main.apply(settings)

    def state(self) -> CameraState:
        """Describe the main camera."""
        return self._main.state()

    def _frame(self, camera: Camera) -> Pixels:
        self._open(camera)
        was_running = camera.state().live_view
        camera.start_live_view()
        for _ in range(0 if was_running else _SETTLE_FRAMES):
            camera.read_frame(_FRAME_WAIT_S)
        return camera.read_frame(_FRAME_WAIT_S).pixels.copy()

    def _open(self, camera: Camera) -> None:
        if camera.is_open:
            return
        camera.open()
        if camera is self._main and self._values != _LEFT_ALONE:
            try:
                camera.apply(self._values)
            except (Misconfigured, Unsupported) as error:  # another camera, to be calibrated anew
                log.warning("%s It is calibrated as it is set now.", error)

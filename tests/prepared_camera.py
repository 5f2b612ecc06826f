"""A camera whose frames are ready: what it takes to get one is the way, not the making."""

from __future__ import annotations

import time

import numpy as np

from hardware.base import Camera, CameraSettings, CameraState, Frame, Still


class PreparedCamera(Camera):
    """Says of each frame when it left the driver.

    Args:
        width: pixels.
        height: pixels.
        frames_per_second: how often there is a new one.
    """

    def __init__(self, width: int, height: int, frames_per_second: float = 25.0) -> None:
        super().__init__("prepared camera")
        noise = np.random.default_rng(1)
        self._pictures = noise.integers(0, 256, (3, height, width, 3), np.uint8)
        self._pause_s = 1 / frames_per_second
        self._number = 0

    def state(self) -> CameraState:
        return CameraState("prepared")

    def _do_open(self) -> None: ...

    def _do_close(self) -> None: ...

    def _do_start_live_view(self) -> None: ...

    def _do_stop_live_view(self) -> None: ...

    def _do_read_frame(self, timeout_s: float) -> Frame:
        time.sleep(self._pause_s)
        self._number += 1
        pixels = self._pictures[self._number % 3].view()
        pixels.flags.writeable = False
        return Frame(pixels, self._number, time.monotonic())

    def _do_capture_still(self, timeout_s: float) -> Still:
        return Still(b"still", "image/jpeg", time.monotonic())

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        return settings

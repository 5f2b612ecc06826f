"""Drivers that misbehave as no simulated camera does; loaded by name in a child process."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from hardware.base import Camera, CameraSettings, CameraState, Frame, Still
from hardware.errors import DeviceBusy


class OddCamera(Camera):
    """Sends small frames as fast as asked, and does one odd thing.

    Args:
        odd: which.
    """

    def __init__(self, odd: str = "") -> None:
        super().__init__("odd camera")
        self._odd = odd
        self._number = 0

    def state(self) -> CameraState:
        return CameraState("odd")

    def _do_open(self) -> None:
        if self._odd == "talkative":
            print("printed to standard output")
            sys.stdout.flush()
            sys.stderr.write("a driver's complaint\n")
        if self._odd == "never opens":
            time.sleep(3600)
        if self._odd.startswith("opens once "):
            mark = Path(self._odd.removeprefix("opens once "))
            if mark.exists():
                time.sleep(3600)
            mark.touch()
        if self._odd == "busy at open":
            raise DeviceBusy("Another program holds the odd camera. Close it.")

    def _do_close(self) -> None:
        if self._odd == "never closes":
            time.sleep(3600)

    def _do_start_live_view(self) -> None:
        if self._odd == "talkative":
            sys.stderr.write("live view starts\n")
            sys.stderr.flush()
            time.sleep(0.5)

    def _do_stop_live_view(self) -> None:
        if self._odd == "talkative":
            sys.stderr.write("live view ends\n")
            sys.stderr.flush()

    def _do_read_frame(self, timeout_s: float) -> Frame:
        if self._odd == "slow to the first frame":
            time.sleep(0.4)
        self._number += 1
        size = 3000 if self._odd == "huge" else 8
        shade = 0 if self._odd == "black" else self._number % 256
        pixels = np.full((size, size, 3), shade, np.uint8)
        return Frame(pixels, self._number, time.monotonic())

    def _do_capture_still(self, timeout_s: float) -> Still:
        if self._odd == "bug":
            raise ZeroDivisionError("a bug of the driver")
        return Still(b"still", "image/jpeg", time.monotonic())

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        return settings


def needs_no_arguments() -> Camera:
    return OddCamera()


def not_a_camera() -> str:
    return "camera"

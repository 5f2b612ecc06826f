"""The Pi camera's driver on `fake_picamera2`, broken by files in a folder; loaded in a process.

The real picamera2 runs in tests/system only, and its virtual pipeline cannot be told to fail.
``hang-live``, ``hang-still``, ``crash``, ``freeze`` and ``unplug-mid-still`` are removed by
whoever does what they say.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from fake_picamera2 import FakePicamera2

from hardware.base import Camera


class PlayedPi(FakePicamera2):
    """The sensor of one folder."""

    folder = Path()
    frozen = False

    def __init__(self, number=0):
        type(self).busy = self._told("held")
        super().__init__(number)

    @classmethod
    def _told(cls, name: str) -> bool:
        return (cls.folder / name).exists()

    @classmethod
    def _told_once(cls, name: str) -> bool:
        try:
            (cls.folder / name).unlink()
        except FileNotFoundError:
            return False
        return True

    @classmethod
    def global_camera_info(cls):
        return [] if cls._told("gone") else super().global_camera_info()

    def switch_mode(self, config, wait):
        if config["name"] == "still":
            if self._told_once("hang-still"):
                time.sleep(3600)
            if self._told_once("unplug-mid-still"):
                (self.folder / "gone").touch()
        super().switch_mode(config, wait)

    def capture_request(self, wait):
        self.fault = "gone" if self._told("gone") else ""
        if self._told_once("hang-live"):
            time.sleep(3600)
        if self._told_once("crash"):
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().capture_request(wait)

    def next_request(self):
        request = super().next_request()
        self.frozen = self.frozen or self._told_once("freeze")
        said = request.get_metadata()
        if self._told("stuck"):
            said["ExposureTime"] = 20_000
        level = 1 if self._told("dark") else 120
        level += 0 if self.frozen else self.frames % 8
        width, height = self.config["main"]["size"]
        picture = np.full((height, width, 3), level, np.uint8)
        picture[:, : width // 2] //= 2  # something is to be seen, but in the dark
        request.make_array = lambda _: picture
        return request


def played_pi(folder: str, **options) -> Camera:
    """Build the driver on the sensor of a folder."""
    PlayedPi.folder = Path(folder)
    sys.modules["picamera2"] = SimpleNamespace(Picamera2=PlayedPi)
    from hardware.pi_camera import pi_camera

    return pi_camera(width=256, height=144, still_width=512, still_height=288, **options)

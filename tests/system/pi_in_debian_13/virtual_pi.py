"""The real driver on the real picamera2 on libcamera's virtual pipeline; runs in Debian 13.

Nothing of the driver is replaced. Of picamera2 some is, for what the virtual pipeline lacks: raw
modes, from which the sensor's size is taken; memory handed in from outside; and a sensor's noise.
"""

from __future__ import annotations

import libcamera
import numpy as np
from picamera2 import MappedArray, Picamera2
from picamera2.allocators import LibcameraAllocator

from hardware import pi_camera as driver
from hardware import pi_devices

_noise = np.random.default_rng(7)


class VirtualPicamera2(Picamera2):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.allocator = LibcameraAllocator(self.camera)
        self.pre_callback = self._add_noise

    def _get_raw_modes(self):
        role = libcamera.StreamRole.StillCapture
        formats = self.camera.generate_configuration([role]).at(0).formats
        return [
            {"format": str(pixels), "size": (size.width, size.height)}
            for pixels in formats.pixel_formats
            for size in formats.sizes(pixels)
        ]

    @staticmethod
    def _add_noise(request) -> None:
        width, height = request.config["main"]["size"]
        noise = _noise.integers(0, 4, (height // 8, width), dtype=np.uint8)
        with MappedArray(request, "main") as picture:
            picture.array[:height:8, :width] ^= noise


def pi_camera(**arguments):
    pi_devices.library = lambda: VirtualPicamera2
    return driver.pi_camera(**arguments)


def pi_code_camera(**arguments):
    pi_devices.library = lambda: VirtualPicamera2
    return driver.pi_code_camera(**arguments)

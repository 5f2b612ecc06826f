"""A camera that stands on its side or hangs upside down, as one that stands upright.

Portraits are higher than wide, and so many booths turn their camera. Frames of the live view are
turned; a still stays as the camera wrote it and says by its Exif orientation how it is to be
turned, so that nothing is encoded a second time. Only NumPy: it runs under the system's Python too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

import numpy as np

from hardware.base import Camera, CameraSettings, CameraState, Frame, Still
from hardware.errors import DeviceLost, FaultKind
from hardware.exif_orientation import TURNS, with_orientation
from hardware.isolation_child import build_driver

_JPEG: Final = "image/jpeg"


class TurnedCamera(Camera):
    """Another camera, its pictures turned.

    Args:
        camera: the other one.
        clockwise_deg: by how much its pictures are to be turned: 0, 90, 180 or 270. 0 only makes
            sure that its stills say so too.
    """

    def __init__(self, camera: Camera, clockwise_deg: int) -> None:
        if clockwise_deg not in TURNS:
            raise ValueError("a camera is turned by 0, 90, 180 or 270 degrees")
        super().__init__(camera.name)
        self._camera = camera
        self._clockwise_deg = clockwise_deg

    def state(self) -> CameraState:
        """Describe the camera."""
        return self._camera.state()

    def _do_open(self) -> None:
        self._camera.open()
        self.name = self._camera.name

    def _do_close(self) -> None:
        self._camera.close()

    def _do_start_live_view(self) -> None:
        self._camera.start_live_view()

    def _do_stop_live_view(self) -> None:
        self._camera.stop_live_view()

    def _do_read_frame(self, timeout_s: float) -> Frame:
        frame = self._camera.read_frame(timeout_s)
        if not self._clockwise_deg:
            return frame
        pixels = np.ascontiguousarray(np.rot90(frame.pixels, -self._clockwise_deg // 90))
        pixels.flags.writeable = False
        return dataclasses.replace(frame, pixels=pixels)

    def _do_capture_still(self, timeout_s: float) -> Still:
        still = self._camera.capture_still(timeout_s)
        if still.media_type != _JPEG:
            return still
        try:
            data = with_orientation(still.data, TURNS[self._clockwise_deg])
        except ValueError as error:
            raise DeviceLost(
                f"{self.name} sent a photo that cannot be turned ({error}). Take it again.",
                FaultKind.DAMAGED_PICTURE,
            ) from error
        return dataclasses.replace(still, data=data)

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        return self._camera.apply(settings)

    def _do_autofocus(self, timeout_s: float) -> bool:
        return self._camera.autofocus(timeout_s)

    def _do_check(self) -> None:
        self._camera.check()


def turned_camera(driver: str, arguments: Mapping[str, object], clockwise_deg: int) -> Camera:
    """Build a driver whose pictures are turned.

    Args:
        driver: ``module:callable`` of the camera's own.
        arguments: its keyword arguments.
        clockwise_deg: as of `TurnedCamera`.

    Raises:
        Misconfigured: there is no such driver, or it does not take these arguments.
        ValueError: it is no quarter turn.
    """
    return TurnedCamera(build_driver(driver, dict(arguments)), clockwise_deg)

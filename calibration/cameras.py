"""The booth's cameras as calibration uses them."""

from __future__ import annotations

from typing import Protocol

from hardware.base import CameraSettings, CameraState, Pixels


class Cameras(Protocol):
    """The booth's cameras. Each call may raise a `HardwareError`."""

    def still(self) -> bytes:
        """Take a still with the main camera; the file."""

    def live(self) -> Pixels:
        """Return a live view frame of the main camera."""

    def code_frame(self) -> Pixels:
        """Return a frame of the second camera."""

    def apply(self, settings: CameraSettings) -> CameraSettings:
        """Set manual values of the main camera and return what it reads back."""

    def state(self) -> CameraState:
        """Describe the main camera."""

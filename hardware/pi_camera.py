"""The driver of the name ``pi``: builds a camera module's driver out of what JSON can say.

Neither this file nor what it imports uses more than NumPy and Pillow (`hardware.pi_driver`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hardware import pi_devices
from hardware.base import Camera
from hardware.pi_driver import PiCamera


def _open(device: str) -> tuple[Any, pi_devices.PiDevice]:
    picamera2 = pi_devices.library()
    chosen = pi_devices.choose(pi_devices.listed(picamera2), device)
    return pi_devices.opened(picamera2, chosen), chosen


def pi_camera(
    device: str = "",
    width: int = 1280,
    height: int = 720,
    frames_per_second: float = 25.0,
    still_width: int = 0,
    still_height: int = 0,
    autofocus: bool = True,  # noqa: FBT001, FBT002 - arguments come by name, from JSON
    power_line_hz: int = 50,
) -> Camera:
    """Build a camera module for portraits.

    Args:
        device: part of the sensor's name or of libcamera's path; empty for the first.
        width: of the live view, pixels.
        height: of the live view, pixels.
        frames_per_second: of the live view.
        still_width: of stills, pixels; 0 for all the sensor has.
        still_height: of stills, pixels.
        autofocus: focus when it is asked for, and before the first still, where the module can.
        power_line_hz: 50 or 60.

    Raises:
        ValueError: `frames_per_second` is not above 0.
    """
    return PiCamera(
        lambda: _open(device),
        size=(width, height),
        frames_per_second=frames_per_second,
        still_size=(still_width, still_height) if still_width and still_height else None,
        autofocus=autofocus,
        power_line_hz=power_line_hz,
    )


def pi_code_camera(
    device: str = "",
    width: int = 1280,
    height: int = 720,
    frames_per_second: float = 25.0,
    exposures_s: Sequence[float] = (),
    frames_each: int = 6,
    power_line_hz: int = 50,
) -> Camera:
    """Build a camera module that looks for codes.

    Args:
        device: as of `pi_camera`.
        width: pixels.
        height: pixels.
        frames_per_second: of the stream.
        exposures_s: exposure times in turn, seconds; empty for automatic.
        frames_each: frames each of them lasts.
        power_line_hz: 50 or 60.

    Raises:
        ValueError: `frames_per_second` is not above 0.
    """
    return PiCamera(
        lambda: _open(device),
        size=(width, height),
        frames_per_second=frames_per_second,
        near=True,
        exposures_s=exposures_s,
        frames_each=frames_each,
        power_line_hz=power_line_hz,
    )

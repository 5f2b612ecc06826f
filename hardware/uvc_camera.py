"""The driver of the name ``uvc``: builds a USB camera's driver out of what JSON can say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2

from hardware.base import Camera
from hardware.uvc_driver import UvcCamera


def uvc_camera(
    device: str = "",
    width: int = 1280,
    height: int = 720,
    frames_per_second: float = 25.0,
    still_width: int = 0,
    still_height: int = 0,
    power_line_hz: int = 50,
    white_balance: str = "",
    root: str = "/",
) -> Camera:
    """Build a USB camera for portraits.

    Args:
        device: which one, as `UvcCamera`.
        width: of the live view, pixels.
        height: of the live view, pixels.
        frames_per_second: of the live view.
        still_width: of stills, pixels; 0 for the largest size.
        still_height: of stills, pixels.
        power_line_hz: 50 or 60.
        white_balance: kelvins such as ``5300 K``; empty for automatic.
        root: the folder with ``dev`` and ``sys``; for tests.
    """
    cv2.setNumThreads(1)  # decoding gains nothing, and the booth needs the cores
    return UvcCamera(
        device=device,
        size=(width, height),
        frames_per_second=frames_per_second,
        still_size=(still_width, still_height) if still_width and still_height else None,
        power_line_hz=power_line_hz,
        white_balance=white_balance,
        root=Path(root),
    )


def uvc_code_camera(
    device: str = "",
    width: int = 1280,
    height: int = 720,
    frames_per_second: float = 25.0,
    power_line_hz: int = 50,
    white_balance: str = "",
    exposures_s: Sequence[float] = (),
    frames_each: int = 6,
    root: str = "/",
) -> Camera:
    """Build a USB camera that looks for codes.

    Args:
        device: which one, as `UvcCamera`.
        width: pixels.
        height: pixels.
        frames_per_second: of the stream.
        power_line_hz: 50 or 60.
        white_balance: kelvins such as ``5300 K``; empty for automatic.
        exposures_s: exposure times in turn, seconds; empty for automatic.
        frames_each: frames each of them lasts.
        root: the folder with ``dev`` and ``sys``; for tests.
    """
    cv2.setNumThreads(1)
    return UvcCamera(
        device=device,
        size=(width, height),
        frames_per_second=frames_per_second,
        large_stills=False,
        power_line_hz=power_line_hz,
        white_balance=white_balance,
        exposures_s=exposures_s,
        frames_each=frames_each,
        root=Path(root),
    )

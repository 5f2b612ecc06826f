"""What a camera sends, as pictures: live view decoded, a photo found among files and checked."""

from __future__ import annotations

import time
from typing import Final

import cv2
import numpy as np

from hardware.base import Pixels
from hardware.errors import DeviceLost, DeviceTimeout, Misconfigured, Unsupported
from hardware.gphoto2_session import CameraFile, Session

_JPEG_NAMES: Final = (".jpg", ".jpeg")
_JPEG_START: Final = b"\xff\xd8\xff"
_JPEG_END: Final = b"\xff\xd9"
_LONGEST_TAIL: Final = 1 << 16
"""A JPEG's end mark stands in its last bytes; what a camera adds after it is no longer."""
_FIRST_PICTURE_S: Final = 2.0
"""Raising the mirror and waking the sensor may take so long."""
_RETRY_EVERY_S: Final = 0.05
_WAIT_FOR_JPEG_S: Final = 0.1
_EVENTS_AT_MOST_S: Final = 0.5


def decoded(data: bytes) -> Pixels | None:
    """Decode a picture of the live view; None for one that is broken or none yet."""
    if not data.startswith(_JPEG_START) or _JPEG_END not in data[-_LONGEST_TAIL:]:
        return None
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if bgr is None:
        return None
    pixels = np.ascontiguousarray(bgr[:, :, ::-1]).astype(np.uint8, copy=False)
    pixels.flags.writeable = False
    return pixels


def first_picture(session: Session) -> Pixels:
    """Wait for live view's first picture."""
    until = time.monotonic() + _FIRST_PICTURE_S
    while True:
        try:
            pixels = decoded(session.preview(until - time.monotonic()))
        except Unsupported as error:
            raise Unsupported(
                f"{session.model} has no live view over USB. Use a model that has, or take live "
                "view from another camera."
            ) from error
        if pixels is not None:
            return pixels
        if time.monotonic() >= until:
            raise DeviceTimeout(
                f"{session.model} starts live view but sends no picture. Take it out of its menu "
                "and out of playback."
            )
        time.sleep(_RETRY_EVERY_S)


def find_jpeg(
    session: Session, first: CameraFile, until: float
) -> tuple[CameraFile, list[CameraFile]]:
    """Return the release's JPEG and its other files, which come as events."""
    files = [first]
    while True:
        jpegs = [file for file in files if file.name.lower().endswith(_JPEG_NAMES)]
        if jpegs:
            return jpegs[0], [file for file in files if file is not jpegs[0]]
        if time.monotonic() >= until:
            raise Misconfigured(
                f"{session.model} took {first.name} and no JPEG. Set its image format to JPEG, or "
                "to RAW and JPEG."
            )
        files += session.new_files(_WAIT_FOR_JPEG_S, _EVENTS_AT_MOST_S)


def need_whole(data: bytes, model: str) -> None:
    """Check that a photo begins and ends as a JPEG.

    Raises:
        DeviceLost: it does not.
    """
    if not data.startswith(_JPEG_START) or _JPEG_END not in data[-_LONGEST_TAIL:]:
        raise DeviceLost(
            f"{model} sent a damaged photo ({len(data)} bytes). Take it again; if it happens "
            "often, try another cable."
        )

"""What a camera sends, as pictures: live view decoded, a photo found among files and checked."""

from __future__ import annotations

import logging
import time
from typing import Final

import cv2
import numpy as np

from hardware.base import Pixels
from hardware.errors import DeviceLost, DeviceTimeout, FaultKind, Misconfigured, Unsupported
from hardware.gphoto2_session import CameraFile, Session
from hardware.mjpeg import is_whole

_log = logging.getLogger(__name__)

JPEG_NAMES: Final = (".jpg", ".jpeg")
_FIRST_PICTURE_S: Final = 2.0
"""Raising the mirror and waking the sensor may take so long."""
_RETRY_EVERY_S: Final = 0.05
_WAIT_FOR_JPEG_S: Final = 0.1
_EVENTS_AT_MOST_S: Final = 0.5


def decoded(data: bytes) -> Pixels | None:
    """Decode a picture of the live view; None for one that is broken or none yet."""
    if not is_whole(data):
        return None
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if bgr is None:
        return None
    pixels = np.ascontiguousarray(bgr[:, :, ::-1]).astype(np.uint8, copy=False)
    pixels.flags.writeable = False
    return pixels


def next_picture(session: Session, limit_s: float) -> tuple[Pixels, float] | None:
    """Ask for one picture of the live view; None for one that is broken or none yet.

    Args:
        session: the open camera.
        limit_s: "busy" is tried again for so long, seconds.

    Returns:
        its pixels, and when it came, seconds of `time.monotonic`: no body dates its live view.
    """
    data = session.preview(limit_s)
    came_at = time.monotonic()
    pixels = decoded(data)
    return None if pixels is None else (pixels, came_at)


def first_picture(session: Session) -> tuple[Pixels, float]:
    """Wait for live view's first picture; returned as of `next_picture`."""
    until = time.monotonic() + _FIRST_PICTURE_S
    while True:
        try:
            picture = next_picture(session, until - time.monotonic())
        except Unsupported as error:
            raise Unsupported(
                f"{session.model} has no live view over USB. Use a model that has, or take live "
                "view from another camera."
            ) from error
        if picture is not None:
            return picture
        if time.monotonic() >= until:
            raise DeviceTimeout(
                f"{session.model} starts live view but sends no picture. Take it out of its menu "
                "and out of playback.",
                FaultKind.NO_PICTURES,
            )
        time.sleep(_RETRY_EVERY_S)


def find_jpeg(
    session: Session, first: CameraFile, until: float
) -> tuple[CameraFile, list[CameraFile]]:
    """Return the release's JPEG and its other files, which come as events."""
    files = [first]
    while True:
        jpegs = [file for file in files if file.name.lower().endswith(JPEG_NAMES)]
        if jpegs:
            return jpegs[0], [file for file in files if file is not jpegs[0]]
        if time.monotonic() >= until:
            raise Misconfigured(
                f"{session.model} took {first.name} and no JPEG. Set its image format to JPEG, or "
                "to RAW and JPEG.",
                FaultKind.NO_JPEG,
            )
        files += session.new_files(_WAIT_FOR_JPEG_S, _EVENTS_AT_MOST_S)


def fetched(session: Session, photo: CameraFile) -> bytes:
    """Fetch a photo; once more when it came damaged, for the camera still has it.

    Raises:
        DeviceLost: it came damaged both times.
    """
    data = session.download(photo)
    if not is_whole(data):
        _log.warning("%s came damaged (%d bytes) and is fetched again", photo.name, len(data))
        data = session.download(photo)
    if not is_whole(data):
        raise DeviceLost(
            f"{session.model} sent a damaged photo ({len(data)} bytes). Take it again; if it "
            "happens often, try another cable.",
            FaultKind.DAMAGED_PICTURE,
        )
    return data

"""The stream of pictures of one USB camera, through OpenCV's V4L2 back end.

OpenCV is asked for the bytes the camera sent (no conversion), for three reasons: a still is then
the camera's own JPEG, not encoded a second time; a damaged picture is noticed instead of shown
half grey; and the live view can decode at a half or a quarter of the size, which is cheap.

Only two buffers are used, and both are emptied before a picture is taken for new: with the usual
four a slow reader would see what happened long ago.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from hardware import mjpeg, v4l2_ioctl
from hardware.base import Pixels
from hardware.errors import DeviceLost, DeviceTimeout, FaultKind, HardwareError

_BUFFERS: Final = 2
# The first picture after the start takes OpenCV's own waiting, which knows whole seconds only
# and is 10 s by default; all others are waited for with `waitAny`.
_SELECT_TIMEOUT_VARIABLE: Final = "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"
_SELECT_TIMEOUT_S: Final = "1"
# Older than so many pictures' time, and a newer one is on its way.
_FRESH_FRAMES: Final = 2.5
# Whoever waited so long for a picture got it as it came.
_WAITED_S: Final = 0.002
_RETRY_S: Final = 0.05
_JPEG_QUALITY: Final = 95


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture as it came.

    Attributes:
        number: counts all pictures that came since the start, from 1.
        taken_at: as the kernel dates it, seconds of `time.monotonic`.
        jpeg: the file, whole; None from a camera without Motion JPEG.
        bgr: (height, width, 3) uint8, only from such a camera.
    """

    number: int
    taken_at: float
    jpeg: bytes | None = None
    bgr: Pixels | None = None

    def file(self) -> bytes:
        """Return it as a JPEG file: the camera's own where it sends any."""
        if self.jpeg is not None:
            return self.jpeg
        return bytes(cv2.imencode(".jpg", self.bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1])

    def pixels(self, reduce: int = 1) -> Pixels | None:
        """Return it as RGB.

        Args:
            reduce: 1, 2, 4 or 8: a smaller picture, made faster.

        Returns:
            (height, width, 3) uint8; None when the file turns out to be damaged.
        """
        if self.bgr is None:
            return mjpeg.decode(self.jpeg or b"", reduce)
        bgr = np.ascontiguousarray(self.bgr[::reduce, ::reduce])
        rgb: Pixels = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
        return rgb


class UvcStream:
    """A stream, to be started once. Use it from one thread.

    Args:
        name: the camera's name, for messages.
        node: its device file.
        descriptor: the node opened a second time, to ask how it is.
        size: (width, height) wanted, pixels.
        frames_per_second: wanted.

    Raises:
        DeviceLost: the camera is gone, or refuses to give pictures.
    """

    def __init__(
        self,
        name: str,
        node: Path,
        descriptor: int,
        size: tuple[int, int],
        frames_per_second: float,
    ) -> None:
        os.environ.setdefault(_SELECT_TIMEOUT_VARIABLE, _SELECT_TIMEOUT_S)
        self._name = name
        self._descriptor = descriptor
        self._fresh_s = _FRESH_FRAMES / frames_per_second
        self._number = 0
        self._capture = cv2.VideoCapture(str(node), cv2.CAP_V4L2)
        if not self._capture.isOpened():
            # Cameras that have just been plugged in refuse now and then; the next try succeeds.
            raise self._gone() or DeviceLost(
                f"{name} refuses to give pictures. Plug it in again; if that does not help, take "
                "another camera."
            )
        capture = self._capture
        capture.set(cv2.CAP_PROP_FOURCC, v4l2_ioctl.MJPG)
        # Where the camera has no Motion JPEG, OpenCV takes a format it has and says all is well.
        self._compressed = int(capture.get(cv2.CAP_PROP_FOURCC)) == v4l2_ioctl.MJPG
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        capture.set(cv2.CAP_PROP_FPS, round(frames_per_second))
        capture.set(cv2.CAP_PROP_BUFFERSIZE, _BUFFERS)
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0 if self._compressed else 1)
        self.size = (
            int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        )
        """(width, height) as read back from the camera, pixels."""

    def start(self, timeout_s: float) -> None:
        """Wait until pictures flow; many cameras take a second or longer.

        Raises:
            DeviceTimeout: none came in time.
            DeviceLost: the camera is gone.
        """
        until = time.monotonic() + timeout_s
        while True:
            try:
                self._next(max(0.0, until - time.monotonic()))
            except DeviceTimeout:
                if time.monotonic() >= until:
                    raise self._silent() from None
                time.sleep(_RETRY_S)
            else:
                return

    def read(self, timeout_s: float, not_before: float = 0.0) -> Picture:
        """Return the newest whole picture not returned before.

        Args:
            timeout_s: how long to wait, seconds.
            not_before: when it must have been taken at the earliest, seconds of
                `time.monotonic`.

        Raises:
            DeviceTimeout: none came in time.
            DeviceLost: the camera is gone.
        """
        until = time.monotonic() + timeout_s
        passed_over = 0
        while True:
            picture = self._next(max(0.0, until - time.monotonic()))
            age_s = time.monotonic() - picture.taken_at
            fresh = age_s < self._fresh_s or passed_over >= _BUFFERS
            whole = picture.jpeg is not None or picture.bgr is not None
            if whole and fresh and picture.taken_at >= not_before:
                return picture
            passed_over += 1
            if whole and time.monotonic() >= until and not not_before:
                return picture  # old, but nobody has seen it, and no more time is given

    def close(self) -> None:
        """Stop the stream and let go of the node."""
        self._capture.release()

    def _next(self, timeout_s: float) -> Picture:
        """Take the next picture out of the queue, whatever it is worth."""
        asked_at = time.monotonic()
        try:
            # A wait of 0 ns means for ever.
            ready, _ = cv2.VideoCapture.waitAny([self._capture], max(1, int(timeout_s * 1e9)))
        except cv2.error:
            raise self._gone() or self._silent() from None
        if not ready:
            raise self._gone() or DeviceTimeout(f"{self._name} has sent no new frame yet.")
        now = time.monotonic()
        stamp = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        good, data = self._capture.retrieve()
        if not good:
            raise self._gone() or self._silent()
        self._number += 1
        if not now - 10.0 < stamp <= now:
            # The kernel dates by another clock. One that was waited for was taken just now;
            # of one that lay ready nobody knows how old it is.
            stamp = now if now - asked_at > _WAITED_S else now - self._fresh_s
        if self._compressed:
            return Picture(self._number, stamp, mjpeg.whole_jpeg(np.asarray(data).tobytes()))
        return Picture(self._number, stamp, bgr=data)

    def _gone(self) -> HardwareError | None:
        """Ask the kernel whether the camera is still there."""
        try:
            v4l2_ioctl.query_capability(self._descriptor)
        except OSError as error:
            return DeviceLost(
                f"{self._name} is gone ({error.strerror}). Check its cable and plug it in again."
            )
        return None

    def _silent(self) -> DeviceTimeout:
        return DeviceTimeout(
            f"{self._name} sends no pictures. Two cameras at one USB hub may be more than it can "
            "carry: plug this one in directly.",
            FaultKind.USB_BANDWIDTH,
        )

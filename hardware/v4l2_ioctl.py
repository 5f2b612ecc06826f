"""The V4L2 kernel interface in plain Python: requests, structures, and nothing that decides.

Source: linux/videodev2.h and linux/v4l2-controls.h; the sizes are those of 64-bit Linux.
"""

from __future__ import annotations

import errno
import fcntl
import struct
from dataclasses import dataclass
from typing import Final

CAPTURE: Final = 0x00000001
"""V4L2_CAP_VIDEO_CAPTURE: the node gives pictures, not metadata of them."""
STREAMING: Final = 0x04000000
"""V4L2_CAP_STREAMING."""
_HAS_DEVICE_CAPS: Final = 0x80000000

MJPG: Final = int.from_bytes(b"MJPG", "little")
"""The pixel format Motion JPEG."""
YUYV: Final = int.from_bytes(b"YUYV", "little")
"""The plain pixel format nearly all USB cameras have."""

_VIDEO_CAPTURE: Final = 1  # V4L2_BUF_TYPE_VIDEO_CAPTURE
_MEMORY_MAPPED: Final = 1  # V4L2_MEMORY_MMAP
_DISCRETE: Final = 1  # V4L2_FRMSIZE_TYPE_DISCRETE, V4L2_FRMIVAL_TYPE_DISCRETE
_CONTROL_DISABLED: Final = 0x0001  # V4L2_CTRL_FLAG_DISABLED
_CONTROL_READ_ONLY: Final = 0x0004  # V4L2_CTRL_FLAG_READ_ONLY

_CAPABILITY: Final = struct.Struct("=16s32s32sIII12x")
_REQUEST_BUFFERS: Final = struct.Struct("=IIIII")
_QUERY_CONTROL: Final = struct.Struct("=II32siiiiI8x")
_CONTROL: Final = struct.Struct("=Ii")
_FRAME_SIZE: Final = struct.Struct("=IIIII24x")
_FRAME_INTERVAL: Final = struct.Struct("=IIIIIII24x")

_WRITE: Final = 1
_READ: Final = 2


def _request(direction: int, number: int, layout: struct.Struct) -> int:
    return direction << 30 | layout.size << 16 | ord("V") << 8 | number


QUERYCAP: Final = _request(_READ, 0, _CAPABILITY)
REQBUFS: Final = _request(_READ | _WRITE, 8, _REQUEST_BUFFERS)
G_CTRL: Final = _request(_READ | _WRITE, 27, _CONTROL)
S_CTRL: Final = _request(_READ | _WRITE, 28, _CONTROL)
QUERYCTRL: Final = _request(_READ | _WRITE, 36, _QUERY_CONTROL)
ENUM_FRAMESIZES: Final = _request(_READ | _WRITE, 74, _FRAME_SIZE)
ENUM_FRAMEINTERVALS: Final = _request(_READ | _WRITE, 75, _FRAME_INTERVAL)


@dataclass(frozen=True, slots=True)
class Capability:
    """What a video node is: the driver's and the camera's name, and V4L2_CAP_ flags."""

    driver: str
    card: str
    capabilities: int

    @property
    def captures(self) -> bool:
        """Whether pictures can be streamed from this very node."""
        return self.capabilities & CAPTURE != 0 and self.capabilities & STREAMING != 0


@dataclass(frozen=True, slots=True)
class ControlRange:
    """What a control takes: from `minimum` to `maximum` in steps."""

    minimum: int
    maximum: int
    step: int
    default: int


@dataclass(frozen=True, slots=True)
class FrameSize:
    """A size the camera offers, and the highest rate at it.

    Attributes:
        width: pixels.
        height: pixels.
        frames_per_second: 0 when the camera does not say.
    """

    width: int
    height: int
    frames_per_second: float = 0.0


def query_capability(descriptor: int) -> Capability:
    """Ask a node what it is.

    Raises:
        OSError: it is no video node, or gone (ENODEV).
    """
    data = bytearray(_CAPABILITY.size)
    fcntl.ioctl(descriptor, QUERYCAP, data)
    driver, card, _, _, capabilities, of_this_node = _CAPABILITY.unpack(data)
    # `capabilities` is of the whole camera; its metadata node claims to capture as well.
    if capabilities & _HAS_DEVICE_CAPS:
        capabilities = of_this_node
    return Capability(_text(driver), _text(card), capabilities)


def query_control(descriptor: int, control: int) -> ControlRange | None:
    """Return what a control takes; None when the camera has none that can be set.

    Raises:
        OSError: the camera is gone.
    """
    data = bytearray(_QUERY_CONTROL.pack(control, 0, b"", 0, 0, 0, 0, 0))
    try:
        fcntl.ioctl(descriptor, QUERYCTRL, data)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ENOTTY):
            return None
        raise
    _, _, _, minimum, maximum, step, default, flags = _QUERY_CONTROL.unpack(data)
    if flags & (_CONTROL_DISABLED | _CONTROL_READ_ONLY):
        return None
    return ControlRange(minimum, maximum, max(1, step), default)


def get_control(descriptor: int, control: int) -> int:
    """Read a control.

    Raises:
        OSError: there is no such control, or the camera is gone.
    """
    data = bytearray(_CONTROL.pack(control, 0))
    fcntl.ioctl(descriptor, G_CTRL, data)
    value: int = _CONTROL.unpack(data)[1]
    return value


def set_control(descriptor: int, control: int, value: int) -> None:
    """Write a control; what the camera makes of it is for `get_control` to say.

    Raises:
        OSError: there is no such control, it refuses the value, or the camera is gone.
    """
    fcntl.ioctl(descriptor, S_CTRL, bytearray(_CONTROL.pack(control, value)))


def frame_sizes(descriptor: int, pixel_format: int) -> tuple[FrameSize, ...]:
    """Return the sizes a camera lists for a pixel format, in its own order.

    Only discrete sizes, which is what every USB camera lists; none for other drivers.

    Raises:
        OSError: the camera is gone.
    """
    sizes = []
    for index in range(1000):  # no camera lists so many; a broken one must not hold us for ever
        data = bytearray(_FRAME_SIZE.pack(index, pixel_format, 0, 0, 0))
        if not _listed(descriptor, ENUM_FRAMESIZES, data):
            break
        _, _, kind, width, height = _FRAME_SIZE.unpack(data)
        if kind != _DISCRETE:
            break
        rate = _highest_rate(descriptor, pixel_format, width, height)
        sizes.append(FrameSize(width, height, rate))
    return tuple(sizes)


def held_by_another(descriptor: int) -> bool:
    """Whether another program streams from the node.

    Asks for no buffers at all, which changes nothing and is refused with EBUSY all the same.

    Raises:
        OSError: the camera is gone.
    """
    data = bytearray(_REQUEST_BUFFERS.pack(0, _VIDEO_CAPTURE, _MEMORY_MAPPED, 0, 0))
    try:
        fcntl.ioctl(descriptor, REQBUFS, data)
    except OSError as error:
        if error.errno == errno.EBUSY:
            return True
        if error.errno in (errno.EINVAL, errno.ENOTTY):
            return False
        raise
    return False


def _highest_rate(descriptor: int, pixel_format: int, width: int, height: int) -> float:
    fastest = 0.0
    for index in range(1000):
        data = bytearray(_FRAME_INTERVAL.pack(index, pixel_format, width, height, 0, 0, 0))
        if not _listed(descriptor, ENUM_FRAMEINTERVALS, data):
            break
        *_, kind, numerator, denominator = _FRAME_INTERVAL.unpack(data)
        if kind != _DISCRETE:
            break
        if numerator > 0:
            fastest = max(fastest, denominator / numerator)
    return fastest


def _listed(descriptor: int, request: int, data: bytearray) -> bool:
    """Ask for one entry of a list; False after the last."""
    try:
        fcntl.ioctl(descriptor, request, data)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ENOTTY):
            return False
        raise
    return True


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode(errors="replace")

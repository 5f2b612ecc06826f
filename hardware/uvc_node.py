"""The opened video node of one USB camera: what it is, its controls, and why it refuses."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from hardware import v4l2_devices, v4l2_ioctl
from hardware.errors import DeviceBusy, DeviceLost, FaultKind, HardwareError, Misconfigured
from hardware.usb_holders import holders
from hardware.v4l2_controls import Controls
from hardware.v4l2_devices import VideoDevice
from hardware.v4l2_ioctl import FrameSize


class UvcNode:
    """A camera's node, opened beside the stream: controls work while pictures flow.

    Args:
        device: which camera.

    Raises:
        DeviceLost: it is gone.
        DeviceBusy: another program has it.
        Misconfigured: this user may not open it.
    """

    def __init__(self, device: VideoDevice) -> None:
        self.device = device
        self.name = device.card or "USB camera"
        self.descriptor = -1
        with self.asking():
            self.descriptor = os.open(device.node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self.controls = Controls(self.descriptor, self.name)

    @classmethod
    def find(cls, wanted: str, root: Path) -> Self:
        """Find the camera that is meant and open it.

        Args:
            wanted: as `hardware.v4l2_devices.choose` takes it.
            root: the folder with ``dev`` and ``sys``.

        Raises:
            DeviceLost, DeviceBusy, Misconfigured: as `choose` and the class.
        """
        return cls(v4l2_devices.choose(v4l2_devices.cameras(root), wanted))

    def close(self) -> None:
        """Let go of the node."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def need_free(self) -> None:
        """Make sure that nobody else streams from it.

        Raises:
            DeviceBusy: somebody does.
            DeviceLost: the camera is gone.
        """
        with self.asking():
            held = v4l2_ioctl.held_by_another(self.descriptor)
        if held:
            raise self._busy()

    def need_there(self) -> None:
        """Make sure that the camera is still plugged in.

        Raises:
            DeviceLost: it is not.
        """
        with self.asking():
            v4l2_ioctl.query_capability(self.descriptor)

    def sizes(self) -> tuple[FrameSize, ...]:
        """Return the sizes of pictures it offers: as Motion JPEG, or plain where it has none.

        Raises:
            DeviceLost: the camera is gone.
        """
        with self.asking():
            compressed = v4l2_ioctl.frame_sizes(self.descriptor, v4l2_ioctl.MJPG)
            return compressed or v4l2_ioctl.frame_sizes(self.descriptor, v4l2_ioctl.YUYV)

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Say in the booth's words what the kernel refuses within.

        Raises:
            HardwareError: for any OSError.
        """
        try:
            yield
        except OSError as error:
            raise self._fault(error) from error

    def _fault(self, error: OSError) -> HardwareError:
        if error.errno == errno.EBUSY:
            return self._busy()
        if error.errno in (errno.EACCES, errno.EPERM):
            return Misconfigured(
                f"{self.name}: {self.device.node} may not be opened by this user. Add the booth's "
                "user to the group 'video' and log in again.",
                FaultKind.PERMISSION,
            )
        return DeviceLost(
            f"{self.name} is gone ({error.strerror}). Check its cable and plug it in again."
        )

    def _busy(self) -> DeviceBusy:
        own = f"({os.getpid()})"
        node = self.device.node
        others = [who for who in holders(node) if not who.endswith(own)]
        who = " and ".join(others) or "another program, which may belong to another user,"
        return DeviceBusy(
            f"{self.name} is in use: {who} holds {node}. Close that program.", FaultKind.HELD
        )

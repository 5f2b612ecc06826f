"""Resets a device on the USB bus, which does what pulling its plug for a moment does.

The last step when a camera stays away although it is plugged in: it also frees a program that
hangs in the kernel waiting for it. A device is named by its place on the bus (``1-1.2``), because
it is numbered anew each time it returns.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

_log = logging.getLogger(__name__)

_USBDEVFS_RESET: Final = ord("U") << 8 | 20  # linux/usbdevice_fs.h
_USB_PATH: Final = re.compile(r"\d+-\d+(\.\d+)*")
_CAMERA_CLASSES: Final = frozenset({"06", "0e", "ff"})
"""Still image, video, and the maker's own (USB-IF, Defined Class Codes). A device that shows no
interface has hung so badly that it lost them: that is the camera."""
_NODE: Final = re.compile(r"/(\d{3})/(\d{3})$")


def usb_path_of(node: Path, root: Path = Path("/")) -> str:
    """Return the place on the bus of a node such as ``/dev/bus/usb/001/005``; empty for none.

    Args:
        node: the device file.
        root: the folder with ``sys``.
    """
    found = _NODE.search(str(node))
    if found is None:
        return ""
    wanted = (int(found[1]), int(found[2]))
    for folder in (root / "sys/bus/usb/devices").glob("*-*"):
        if _USB_PATH.fullmatch(folder.name) and _numbers(folder) == wanted:
            return folder.name
    return ""


def reset(
    usb_path: str,
    root: Path = Path("/"),
    ioctl: Callable[[int, int, int], object] = fcntl.ioctl,
) -> bool:
    """Reset the device at this place of the bus.

    Args:
        usb_path: such as ``1-1.2``; empty for a device that is not on USB.
        root: the folder with ``dev`` and ``sys``.
        ioctl: carries the request out.

    Returns:
        Whether it was reset. False without noise where there is no such device or no USB at all;
        with a line in the log where it may not be done.
    """
    if not _USB_PATH.fullmatch(usb_path):
        return False
    folder = root / "sys/bus/usb/devices" / usb_path
    numbers = _numbers(folder)
    if numbers is None:
        return False
    if not _is_camera(folder):
        _log.warning("at USB port %s is no camera any more; it is not reset", usb_path)
        return False
    node = root / f"dev/bus/usb/{numbers[0]:03d}/{numbers[1]:03d}"
    try:
        descriptor = os.open(node, os.O_WRONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        _log.warning(
            "%s cannot be reset (%s). Install the booth's udev rule, which gives cameras to its "
            "user.", node, error.strerror,
        )  # fmt: skip
        return False
    try:
        ioctl(descriptor, _USBDEVFS_RESET, 0)
    except OSError as error:
        _log.warning("%s did not let itself be reset: %s", node, error.strerror)
        return False
    finally:
        os.close(descriptor)
    _log.warning("the device at USB port %s was reset", usb_path)
    return True


def _is_camera(folder: Path) -> bool:
    """Whether a device is one that may be a camera: something else may be in its port now."""
    classes = set()
    for file in folder.glob(f"{folder.name}:*/bInterfaceClass"):
        with contextlib.suppress(OSError):
            classes.add(file.read_text(encoding="ascii", errors="replace").strip())
    return not classes or bool(classes & _CAMERA_CLASSES)


def _numbers(folder: Path) -> tuple[int, int] | None:
    """Read a device's bus and device number."""
    try:
        return int((folder / "busnum").read_text()), int((folder / "devnum").read_text())
    except (OSError, ValueError):
        return None

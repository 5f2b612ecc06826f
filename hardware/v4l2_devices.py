"""Which USB cameras there are, and which one is meant.

A camera is known by where it is plugged in and by what it is, never by ``/dev/videoN``: that
number depends on who was found first, and changes when a cable is pulled and plugged in again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware import v4l2_ioctl
from hardware.errors import DeviceLost, FaultKind, Misconfigured

_NUMBERED: Final = re.compile(r"(/dev/)?video\d+")
_PORT: Final = re.compile(r"\d+-\d+(\.\d+)*")


@dataclass(frozen=True, slots=True)
class VideoDevice:
    """One video node of a USB camera.

    Attributes:
        node: its device file now, such as ``/dev/video2``.
        card: make and model, as the kernel shows it.
        port: where it is plugged in, bus and sockets, such as ``1-1.2``.
        usb_id: vendor and product, such as ``046d:0892``.
        serial: its serial number; many cameras have none, or all the same.
        links: names of its links in ``/dev/v4l/by-path`` and ``/dev/v4l/by-id``.
    """

    node: Path
    card: str
    port: str
    usb_id: str
    serial: str = ""
    links: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All that a setting may call it by, the steadiest first."""
        own = (self.port, self.serial, self.usb_id, f"{self.usb_id}:{self.serial}")
        return tuple(name for name in (*own, *self.links) if name)

    def describe(self) -> str:
        """Say which it is, for staff."""
        serial = f", serial {self.serial}" if self.serial else ""
        return f"{self.card} ({self.usb_id}{serial}) at port {self.port}"


def video_devices(root: Path = Path("/")) -> tuple[VideoDevice, ...]:
    """Return every video node of every USB device, by port; no node is opened.

    Args:
        root: the folder with ``dev`` and ``sys``.
    """
    links = _links(root / "dev" / "v4l")
    found = [
        device
        for entry in (root / "sys" / "class" / "video4linux").glob("video*")
        if (device := _read(entry, root, links)) is not None
    ]
    return tuple(sorted(found, key=lambda device: (_port_order(device.port), device.node.name)))


def cameras(
    root: Path = Path("/"), captures: Callable[[Path], bool] | None = None
) -> tuple[VideoDevice, ...]:
    """Return the nodes that give pictures: a USB camera has others beside, for metadata.

    Args:
        root: the folder with ``dev`` and ``sys``.
        captures: asks a node whether it does; by default the kernel (VIDIOC_QUERYCAP).
    """
    ask = captures or node_captures
    return tuple(device for device in video_devices(root) if ask(device.node))


def node_captures(node: Path) -> bool:
    """Ask the kernel whether a node gives pictures. One that cannot be opened is taken to."""
    try:
        descriptor = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # held or forbidden: opening it says so, clearly
    try:
        return v4l2_ioctl.query_capability(descriptor).captures
    except OSError:
        return False
    finally:
        os.close(descriptor)


def choose(found: Sequence[VideoDevice], wanted: str) -> VideoDevice:
    """Return the camera that is meant.

    Args:
        found: the cameras there are, in order.
        wanted: one of a camera's `VideoDevice.names`, a link's full path, or empty for the
            first.

    Raises:
        DeviceLost: it is not plugged in.
        Misconfigured: `wanted` fits several cameras, or is a number that does not last.
    """
    if _NUMBERED.fullmatch(wanted):
        raise Misconfigured(
            f"{wanted!r} is no lasting name of a camera: the kernel numbers them anew. "
            f"{_names_of(found)}",
            FaultKind.NOT_NAMED,
        )
    if not found:
        raise DeviceLost("No USB camera is plugged in. Check its cable.")
    if not wanted:
        return found[0]
    name = Path(wanted).name if wanted.startswith("/") else wanted
    fitting = [device for device in found if name in device.names]
    if not fitting:
        raise DeviceLost(
            f"The USB camera {wanted!r} is not plugged in. Check its cable. {_names_of(found)}"
        )
    if len({device.port for device in fitting}) > 1:
        raise Misconfigured(
            f"{wanted!r} fits {len(fitting)} cameras. Name the port. {_names_of(fitting)}",
            FaultKind.NOT_NAMED,
        )
    return fitting[0]


def _names_of(found: Sequence[VideoDevice]) -> str:
    if not found:
        return "No USB camera is plugged in."
    return "There is: " + "; ".join(device.describe() for device in found) + "."


def _read(entry: Path, root: Path, links: dict[str, tuple[str, ...]]) -> VideoDevice | None:
    usb = next(_usb_folders(entry), None)
    if usb is None:
        return None
    return VideoDevice(
        node=root / "dev" / entry.name,
        card=_content(entry / "name") or _content(usb / "product"),
        port=usb.name,
        usb_id=f"{_content(usb / 'idVendor')}:{_content(usb / 'idProduct')}",
        serial=_content(usb / "serial"),
        links=links.get(entry.name, ()),
    )


def _usb_folders(entry: Path) -> Iterator[Path]:
    """The USB device a node belongs to: the nearest folder above it that has a vendor."""
    try:
        folder = (entry / "device").resolve(strict=True)
    except OSError:
        return
    for above in (folder, *folder.parents):
        if (above / "idVendor").is_file():
            yield above


def _links(folder: Path) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for link in sorted(folder.glob("by-*/*"), key=lambda link: (link.parent.name, link.name)):
        try:
            node = link.readlink().name
        except OSError:
            continue
        found[node] = (*found.get(node, ()), link.name)
    return found


def _port_order(port: str) -> tuple[int, ...]:
    """``1-1.10`` comes after ``1-1.2``."""
    numbers = re.findall(r"\d+", port) if _PORT.fullmatch(port) else []
    return tuple(int(number) for number in numbers)


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""

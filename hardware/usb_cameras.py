"""Still cameras on USB, from the kernel's own files: found without opening one, or any library."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PLACE: Final = re.compile(r"\d+-\d+(\.\d+)*")
_STILL_IMAGE: Final = ("06", "01", "01")  # class, subclass, protocol: PTP (USB Still Image 1.0)


@dataclass(frozen=True, slots=True)
class UsbCamera:
    """A camera that speaks PTP.

    Attributes:
        node: its device file now, such as ``/dev/bus/usb/001/005``.
        port: where it is plugged in, such as ``1-1.2``.
        usb_id: vendor and product, such as ``04b0:0436``.
        name: make and model, as it reports them.
        serial: its serial number.
    """

    node: Path
    port: str
    usb_id: str
    name: str
    serial: str

    @property
    def gphoto2_port(self) -> str:
        """The port's name at libgphoto2."""
        return f"usb:{self.node.parent.name},{self.node.name}"


def usb_still_cameras(root: Path = Path("/")) -> tuple[UsbCamera, ...]:
    """Return the still cameras on USB, by port.

    Args:
        root: the folder with ``dev`` and ``sys``.
    """
    found = []
    for folder in sorted((root / "sys/bus/usb/devices").glob("*-*")):
        if _PLACE.fullmatch(folder.name) and _is_still_camera(folder):
            bus, device = _content(folder, "busnum"), _content(folder, "devnum")
            if bus.isdigit() and device.isdigit():
                words = (_content(folder, "manufacturer"), _content(folder, "product"))
                found.append(
                    UsbCamera(
                        node=root / f"dev/bus/usb/{int(bus):03d}/{int(device):03d}",
                        port=folder.name,
                        usb_id=f"{_content(folder, 'idVendor')}:{_content(folder, 'idProduct')}",
                        name=" ".join(word for word in words if word),
                        serial=_content(folder, "serial"),
                    )
                )
    return tuple(found)


def _is_still_camera(folder: Path) -> bool:
    names = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
    return any(
        tuple(_content(interface, name) for name in names) == _STILL_IMAGE
        for interface in folder.glob(f"{folder.name}:*")
    )


def _content(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""

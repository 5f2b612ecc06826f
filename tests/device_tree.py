"""A folder with `dev` and `sys` in which DSLRs and things that type are plugged in."""

from __future__ import annotations

from pathlib import Path

LETTERS = "fffffffffffffffe"


def plug_in_dslr(
    root: Path, port: str = "1-1.4", *, device: int = 7, serial: str = "0123456789ab", ptp=True
) -> None:
    """Plug in a Canon; with `ptp` False it is a disk."""
    folder = root / "sys/bus/usb/devices" / port
    interface = folder / f"{port}:1.0"
    interface.mkdir(parents=True)
    values = {
        "busnum": "1", "devnum": str(device), "idVendor": "04a9", "idProduct": "32c5",
        "manufacturer": "Canon Inc.", "product": "Canon Digital Camera", "serial": serial,
    }  # fmt: skip
    for name, value in values.items():
        (folder / name).write_text(value + "\n")
    classes = ("06", "01", "01") if ptp else ("08", "06", "50")
    names = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
    for name, value in zip(names, classes, strict=True):
        (interface / name).write_text(value + "\n")


def plug_in_keys(root: Path, number: int, name: str, usb_id: str = "0c2e:0b61") -> None:
    """Plug in what types as a keyboard."""
    folder = root / f"sys/class/input/event{number}/device"
    for part in ("id", "capabilities"):
        (folder / part).mkdir(parents=True)
    vendor, product = usb_id.split(":")
    (folder / "name").write_text(name)
    (folder / "phys").write_text(f"usb-0000:01:00.0-1.{number}/input0")
    (folder / "id/vendor").write_text(vendor)
    (folder / "id/product").write_text(product)
    (folder / "capabilities/key").write_text(LETTERS)

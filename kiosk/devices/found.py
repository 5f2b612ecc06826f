"""What is plugged in, and which driver takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hardware import camera_lists, usb_cameras, usb_holders, v4l2_devices
from hardware.cups_ipp import PrintService
from hardware.errors import HardwareError
from hardware.hid_scanner import InputDevice, choose_scanner, input_devices
from hardware.lights import has_pins
from hardware.printer_reasons import judge


@dataclass(frozen=True, slots=True)
class Found:
    """One device.

    Attributes:
        kind: what it is: ``USB camera``, ``DSLR``, ``Pi camera``, ``barcode scanner``,
            ``printer``, ``lamp pins``.
        name: make and model.
        lasting: the name the settings call it by, which outlives plugging in again.
        driver: the driver that takes it.
        node: its device file now; empty for none.
        other_names: further names the settings may use.
        holders: the programs that have it open now.
        trouble: what keeps it from working, and what to do; empty for nothing.
        used_as: the parts of the settings that use it, such as ``main_camera``.
    """

    kind: str
    name: str
    lasting: str
    driver: str
    node: str = ""
    other_names: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    trouble: str = ""
    used_as: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """In one phrase, for people."""
        if self.trouble:
            return self.trouble
        return f"in use by {' and '.join(self.holders)}" if self.holders else "free"


@dataclass(frozen=True, slots=True)
class Missed:
    """A kind of device that could not be looked for, and why."""

    kind: str
    why: str


def look(service: PrintService, root: Path = Path("/")) -> tuple[list[Found], list[Missed]]:
    """Look for every kind of device; nothing is opened that a booth may be using.

    Args:
        service: CUPS.
        root: the folder with ``dev`` and ``sys``.
    """
    found: list[Found] = []
    missed: list[Missed] = []
    kinds: tuple[tuple[str, Callable[[], Iterable[Found]]], ...] = (
        ("DSLR", lambda: dslrs(root)),
        ("Pi camera", lambda: pi_cameras(root)),
        ("USB camera", lambda: usb_video(root)),
        ("barcode scanner", lambda: scanners(input_devices(root))),
        ("printer", lambda: printers(service)),
        ("lamp pins", lambda: lamp_pins(root)),
    )
    for kind, find in kinds:
        try:
            found += [_with_holders(each) for each in find()]
        except HardwareError as error:
            missed.append(Missed(kind, str(error)))
    return found, missed


def dslrs(
    root: Path = Path("/"), listed: Callable[[str], list[list[str]]] = camera_lists.ask
) -> Iterator[Found]:
    """Find still cameras on USB, known to libgphoto2 or not.

    Raises:
        Misconfigured, DeviceTimeout: libgphoto2 cannot be asked.
    """
    by_port = {camera.gphoto2_port: camera for camera in usb_cameras.usb_still_cameras(root)}
    try:
        known = {port: model for model, port in listed("gphoto2")}
    except HardwareError:
        if not by_port:
            raise
        known = {}
    for port in sorted(known.keys() | by_port.keys()):
        camera = by_port.get(port)
        node = camera.node if camera is not None else usb_holders.usb_node(port)
        names = (camera.serial, camera.port, camera.usb_id) if camera is not None else (port,)
        lasting, *others = (name for name in names if name)
        yield Found(
            "DSLR",
            known.get(port) or (camera.name if camera is not None else port),
            lasting,
            "gphoto2",
            node="" if node is None else str(node),
            other_names=tuple(others),
            trouble="" if port in known else "libgphoto2 does not know it, or is missing",
        )


def pi_cameras(
    root: Path = Path("/"), listed: Callable[..., list[list[str]]] = camera_lists.ask
) -> Iterator[Found]:
    """Find camera modules of a Raspberry Pi; no Python is started where there can be none.

    Raises:
        Misconfigured, DeviceTimeout: libcamera cannot be asked.
    """
    if not any((root / "dev").glob("media[0-9]*")) or not (
        (root / "proc/device-tree/model").exists() or (root / "sys/firmware/devicetree").exists()
    ):
        return
    from hardware.pi_python import python_with_picamera2

    for model, sensor, path in listed("pi", python=python_with_picamera2()):
        yield Found("Pi camera", model, path, "pi", other_names=(sensor,))


def usb_video(root: Path = Path("/")) -> Iterator[Found]:
    """Find USB cameras."""
    for device in v4l2_devices.cameras(root):
        yield Found(
            "USB camera",
            device.card,
            device.port,
            "uvc",
            node=str(device.node),
            other_names=tuple(
                name for name in device.names if name != device.port and not name.endswith(":")
            ),
        )


def scanners(devices: Iterable[InputDevice]) -> Iterator[Found]:
    """Find barcode scanners; keyboards are told apart by their names."""
    for device in devices:
        try:
            choose_scanner([device])
        except HardwareError:
            continue
        yield Found(
            "barcode scanner",
            device.name,
            device.usb_id,
            "hid",
            node=str(device.node),
            other_names=tuple(name for name in (device.port,) if name),
        )


def keyboards(devices: Iterable[InputDevice]) -> tuple[str, ...]:
    """Return what else types: a scanner whose name does not say what it is may be among them."""
    taken = {found.node for found in scanners(devices)}
    return tuple(
        f"{device.name} ({device.usb_id})"
        for device in devices
        if device.types and str(device.node) not in taken
    )


def printers(service: PrintService) -> Iterator[Found]:
    """Find CUPS' queues.

    Raises:
        DeviceLost, DeviceTimeout, Misconfigured: CUPS does not answer, or is missing.
    """
    for attributes in service.printers():
        state = judge(attributes)
        queue = str(attributes["printer-name"])
        waiting = int(attributes.get("queued-job-count", 0))
        jobs = f"{waiting} waiting" if waiting else ""
        yield Found(
            "printer",
            str(attributes.get("printer-info") or queue),
            queue,
            "cups",
            trouble="; ".join(part for part in (state.message, jobs) if part),
        )


def lamp_pins(root: Path = Path("/")) -> Iterator[Found]:
    """Find the pins of a Raspberry Pi."""
    if has_pins(root / "dev"):
        yield Found("lamp pins", "GPIO", "BCM numbers 0 to 27", "gpio")


def _with_holders(device: Found) -> Found:
    if not device.node:
        return device
    return replace(device, holders=usb_holders.holders(Path(device.node)))


def as_json(device: Found) -> dict[str, Any]:
    """Return a device as JSON says it."""
    return {
        "kind": device.kind, "name": device.name, "id": device.lasting, "driver": device.driver,
        "node": device.node, "other_names": list(device.other_names),
        "holders": list(device.holders), "trouble": device.trouble,
        "used_as": list(device.used_as), "state": device.state,
    }  # fmt: skip


def simulated_devices() -> tuple[Found, ...]:
    """Return the devices of the simulated booth, which are always there."""
    return tuple(
        Found(kind, name, "simulated", "simulated", used_as=(use,))
        for kind, name, use in (
            ("camera", "simulated main camera", "main_camera"),
            ("camera", "simulated code camera", "code_camera"),
        )
    )

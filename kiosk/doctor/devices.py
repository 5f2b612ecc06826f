"""The cameras: does each open and give a picture, and does another program hold one?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hardware.base import Camera
from hardware.errors import DeviceBusy, DeviceLost, DeviceTimeout, HardwareError
from kiosk.doctor.finding import Finding, failed, ok, warning
from kiosk.settings.camera import CameraSection

CameraFactory = Callable[[str, CameraSection], Camera]
"""Builds the camera of a role, ``main`` or ``codes``, as its settings say."""

_FIRST_FRAME_S = 5.0
"""A camera that has just been opened may need seconds to its first picture."""
_DARK = 3
"""Brightest of 255 that still counts as black: a cap, a closed shutter."""

_SECTIONS = {"main": "main_camera", "codes": "code_camera", "stand_in": "stand_in_camera"}

_REMEDIES: tuple[tuple[type[HardwareError], str], ...] = (
    (DeviceBusy, "Another program holds it: see 'devices in use', end that program, try again."),
    (DeviceLost, "Look at its power, battery and cable; switch it off and on."),
    (DeviceTimeout, "Switch it off and on; look at the cable and at the camera's own display."),
)


def camera(name: str, section: CameraSection, build: CameraFactory) -> Finding:
    """Open a camera, take one picture of its live view, and let go of it.

    Args:
        name: ``main`` or ``codes``.
        section: its settings.
        build: builds it.
    """
    titles = {"main": "main camera", "codes": "code camera", "stand_in": "stand-in camera"}
    title = titles.get(name, name)
    try:
        with build(name, section) as device:
            device.start_live_view()
            frame = device.read_frame(_FIRST_FRAME_S)
            state = device.state()
    except HardwareError as error:
        remedy = next((text for kind, text in _REMEDIES if isinstance(error, kind)), "")
        return failed(title, str(error), remedy or "See docs/doctor.md.")
    width, height = frame.size
    what = f"{state.model or state.driver}, live view {width} x {height}."
    if int(frame.pixels.max()) <= _DARK:
        return warning(title, f"{what} The picture is black.", "Take the cap off; switch it on.")
    if str(section.driver) == "simulated":
        return warning(
            title,
            f"{what} It is simulated.",
            f"For real students set {_SECTIONS.get(name, name)}.driver.",
        )
    return ok(title, what)


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has a camera open.

    Attributes:
        pid: its number.
        name: its short name.
        device: such as ``/dev/video0``.
    """

    pid: int
    name: str
    device: str


_CAMERA_PATHS = ("/dev/bus/usb/", "/dev/video", "/dev/media")
_GRABBERS = ("gvfs-gphoto2-vo", "gvfsd-gphoto2")
"""What GNOME's file manager runs; it takes every camera that is plugged in. Names as Linux
shortens them, to 15 characters."""


def holders(
    proc: Path = Path("/proc"), own: Iterable[int] = (os.getpid(),)
) -> tuple[tuple[Holder, ...], int]:
    """Return the processes that hold a camera, and how many could not be looked into.

    Args:
        proc: the process file system.
        own: processes that may.
    """
    found: list[Holder] = []
    unseen = 0
    skip = {str(pid) for pid in own}
    for process in proc.iterdir():
        if not process.name.isdigit() or process.name in skip:
            continue
        try:
            name = (process / "comm").read_text().strip()
            targets = {_target(link) for link in (process / "fd").iterdir()}
        except PermissionError:
            unseen += 1
            continue
        except OSError:
            continue  # it has ended meanwhile
        devices = sorted(t for t in targets if t.startswith(_CAMERA_PATHS))
        found += [Holder(int(process.name), name, device) for device in devices]
    return tuple(sorted(found, key=lambda holder: holder.pid)), unseen


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def in_use(proc: Path = Path("/proc")) -> Finding:
    """Look for programs that hold a camera, or will as soon as one is plugged in."""
    name = "devices in use"
    found, unseen = holders(proc)
    grabbers = _running(proc, _GRABBERS)
    if grabbers:
        return warning(
            name,
            f"{' and '.join(grabbers)} is running: it takes every camera that is plugged in.",
            "Say: systemctl --user mask --now gvfs-gphoto2-volume-monitor; or remove gvfs-backends",
        )
    if found:
        words = ", ".join(f"{h.name} ({h.pid}) has {h.device}" for h in found)
        return warning(
            name,
            f"{words}.",
            "If it is the booth itself, stop it before its cameras are checked: "
            "sudo systemctl stop kiosk",
        )
    if unseen:
        return ok(name, f"No camera is held; {unseen} processes of other users were not seen.")
    return ok(name, "No other program holds a camera.")


def _running(proc: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    seen = set()
    for comm in proc.glob("[0-9]*/comm"):
        try:
            seen.add(comm.read_text().strip())
        except OSError:
            continue  # it has ended meanwhile
    return tuple(name for name in names if name in seen)

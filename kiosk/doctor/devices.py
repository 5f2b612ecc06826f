"""The cameras: does each open and give a picture, and does another program hold one?"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from hardware.base import Camera, CameraState
from hardware.camera_data import BATTERY_LOW_PERCENT
from hardware.errors import (
    DeviceBusy,
    DeviceLost,
    DeviceTimeout,
    HardwareError,
    Misconfigured,
    Unsupported,
)
from hardware.usb_holders import all_holders
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
    (
        DeviceLost,
        "Look at its power, battery and cable; switch it off and on. See: kiosk devices list",
    ),
    (DeviceTimeout, "Switch it off and on; look at the cable and at the camera's own display."),
    (Unsupported, "Take another model or another driver: docs/cameras-dslr.md, cameras-usb.md."),
    (Misconfigured, "Mend its table in the settings file, then: kiosk devices test"),
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
    what = f"{state.model or state.driver}, live view {width} x {height}{_told_by(state)}."
    if int(frame.pixels.max()) <= _DARK:
        return warning(title, f"{what} The picture is black.", "Take the cap off; switch it on.")
    if state.battery_percent is not None and state.battery_percent <= BATTERY_LOW_PERCENT:
        return warning(title, what, "Charge its battery, or power it from the mains adapter.")
    if str(section.driver) == "simulated":
        return warning(
            title,
            f"{what} It is simulated.",
            f"For real students set {_SECTIONS.get(name, name)}.driver.",
        )
    return ok(title, what)


def _told_by(state: CameraState) -> str:
    """Say what the camera tells of itself beside its model."""
    told = {
        "lens {}": state.lens or None,
        "battery {} %": state.battery_percent,
        "{:,} MB free": None if state.free_bytes is None else state.free_bytes // 1_000_000,
        "{:,} releases": state.shutter_count,
    }
    return "".join(f", {words.format(v)}" for words, v in told.items() if v is not None)


_CAMERA_PATHS = ("/dev/bus/usb/", "/dev/video", "/dev/media")
_GRABBERS = ("gvfs-gphoto2-vo", "gvfsd-gphoto2")
"""What GNOME's file manager runs; it takes every camera that is plugged in. Names as Linux
shortens them, to 15 characters."""


def in_use(proc: Path = Path("/proc")) -> Finding:
    """Look for programs that hold a camera, or will as soon as one is plugged in."""
    name = "devices in use"
    everybody, unseen = all_holders(_CAMERA_PATHS, proc)
    found = [holder for holder in everybody if holder.pid != os.getpid()]
    grabbers = _running(proc, _GRABBERS)
    if grabbers:
        return warning(
            name,
            f"{' and '.join(grabbers)} is running: it takes every camera that is plugged in.",
            "Say: systemctl --user mask --now gvfs-gphoto2-volume-monitor; or remove gvfs-backends",
        )
    if found:
        words = ", ".join(f"{h} has {h.node}" for h in found)
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

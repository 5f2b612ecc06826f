"""Which cameras libcamera sees on a Raspberry Pi, and opening the one that is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hardware.errors import DeviceBusy, DeviceLost, FaultKind, Misconfigured
from hardware.usb_holders import holders

_MODULES: Final = {
    "ov5647": "Camera Module 1",
    "imx219": "Camera Module 2",
    "imx708": "Camera Module 3",
    "imx477": "High Quality Camera",
    "imx296": "Global Shutter Camera",
    "imx500": "AI Camera",
}
"""Raspberry Pi's own modules by their sensor."""

_CABLE: Final = (
    "Switch the Raspberry Pi off, seat the ribbon cable at both ends and switch it on again: a "
    "camera module is found at start only. 'rpicam-hello --list-cameras' shows it then."
)


@dataclass(frozen=True, slots=True)
class PiDevice:
    """One camera at a camera port.

    Attributes:
        number: picamera2's number of it now.
        sensor: as ``imx708_wide``.
        path: libcamera's name, which lasts as long as it stays at its port.
    """

    number: int
    sensor: str
    path: str

    @property
    def model(self) -> str:
        """The module's name where it is one of Raspberry Pi's, with the sensor's."""
        module = _MODULES.get(self.sensor.partition("_")[0])
        return self.sensor if module is None else f"{module} ({self.sensor})"

    def describe(self) -> str:
        """Return one line that tells which it is."""
        return f"{self.model} at {self.path}"


def library() -> Any:
    """Return picamera2's class.

    Raises:
        Misconfigured: this Python does not have it.
    """
    try:
        from picamera2 import Picamera2
    except ImportError as error:
        raise Misconfigured(
            f"The Python of this camera has no picamera2 ({error}). Install it with 'sudo apt "
            "install python3-picamera2' and set the camera's 'python' to /usr/bin/python3.",
            FaultKind.DRIVER_MISSING,
        ) from error
    return Picamera2


def listed(picamera2: Any) -> tuple[PiDevice, ...]:
    """Return the cameras at camera ports; USB cameras, which libcamera also lists, are left out.

    Args:
        picamera2: the class, as `library` returns it.
    """
    return tuple(
        PiDevice(number, str(info.get("Model", "camera")), str(info["Id"]))
        for number, info in enumerate(picamera2.global_camera_info())
        if "usb" not in str(info["Id"]).lower()
    )


def choose(found: Sequence[PiDevice], wanted: str) -> PiDevice:
    """Return the camera that is meant.

    Args:
        found: the cameras there are.
        wanted: part of a sensor's name or path; empty for the first.

    Raises:
        DeviceLost: it is not there.
        Misconfigured: `wanted` fits several.
    """
    there = "There is: " + "; ".join(device.describe() for device in found) + "."
    if not found:
        raise DeviceLost(f"No camera module is found. {_CABLE}")
    if not wanted:
        return found[0]
    if re.fullmatch(r"\d+", wanted):
        raise Misconfigured(
            f"{wanted!r} is no lasting name of a camera: they are numbered anew. {there}",
            FaultKind.NOT_NAMED,
        )
    fitting = [device for device in found if wanted in device.path or wanted in device.sensor]
    if not fitting:
        raise DeviceLost(f"The camera module {wanted!r} is not found. {there} {_CABLE}")
    if len(fitting) > 1:
        raise Misconfigured(
            f"{wanted!r} fits {len(fitting)} cameras. Name the path. {there}", FaultKind.NOT_NAMED
        )
    return fitting[0]


def opened(picamera2: Any, device: PiDevice) -> Any:
    """Open a camera.

    Args:
        picamera2: the class, as `library` returns it.
        device: which.

    Returns:
        The instance of the class.

    Raises:
        DeviceBusy: another program has it.
        DeviceLost: it does not open.
    """
    try:
        return picamera2(device.number)
    except Exception as error:  # libcamera's faults have no type of their own
        why = _reasons(error)
        if "busy" in why.lower():
            raise DeviceBusy(
                f"{device.model} is in use: {_who()} holds it. Close that program.",
                FaultKind.HELD,
            ) from error
        raise DeviceLost(f"{device.model} does not open ({why}). {_CABLE}") from error


def _reasons(error: BaseException) -> str:
    """What was said from the first cause on; picamera2 wraps libcamera's words in its own."""
    words = []
    cause: BaseException | None = error
    while cause is not None:
        words.append(str(cause).strip().rstrip("."))
        cause = cause.__cause__
    return "; ".join(word for word in words[::-1] if word)


def _who() -> str:
    own = Path("/proc/self").resolve().name
    others = {
        who
        for node in sorted(Path("/dev").glob("media[0-9]*"))
        for who in holders(node)
        if not who.endswith(f"({own})")
    }
    return " or ".join(sorted(others)) or "another program"

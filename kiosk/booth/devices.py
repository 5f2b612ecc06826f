"""The booth's devices, built as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from hardware.base import Camera
from hardware.discovery import driver_spec
from hardware.errors import Misconfigured
from hardware.isolation import IsolatedCamera
from hardware.isolation_child import build_driver
from hardware.pi_python import python_with_picamera2
from kiosk.booth.errors import BoothError
from kiosk.settings.camera import CameraSection, CodeCameraSection


def _simulated(section: CameraSection) -> dict[str, object]:
    folder = section.simulated_folder
    return {
        **({} if folder is None else {"folder": str(folder)}),
        "width": section.width_px,
        "height": section.height_px,
        "frames_per_second": section.frames_per_second,
    }


def _gphoto2(section: CameraSection) -> dict[str, object]:
    return {
        "model": section.model,
        "serial": section.serial,
        "frames_per_second": section.frames_per_second,
        "keep_raw": section.keep_raw,
        "white_balance": section.white_balance,
        "exposure_simulation": section.exposure_simulation,
        "autofocus": section.autofocus,
        "live_view": {
            name: value
            for name in ("exposure_s", "iso", "aperture")
            if (value := getattr(section, f"live_view_{name}"))
        },
    }


def _uvc(section: CameraSection) -> dict[str, object]:
    common = {
        "device": section.device,
        "width": section.width_px,
        "height": section.height_px,
        "frames_per_second": section.frames_per_second,
        "power_line_hz": section.power_line_hz,
        "white_balance": section.white_balance,
    }
    if isinstance(section, CodeCameraSection):
        return {
            **common,
            "exposures_s": section.exposure_turns_s,
            "frames_each": section.frames_each_exposure,
        }
    return {
        **common,
        "still_width": section.still_width_px,
        "still_height": section.still_height_px,
    }


def _pi(section: CameraSection) -> dict[str, object]:
    taken_over = _uvc(section)
    del taken_over["white_balance"]
    if not isinstance(section, CodeCameraSection):
        taken_over["autofocus"] = section.autofocus
    return taken_over


_ARGUMENTS: Final[Mapping[str, Callable[[CameraSection], dict[str, object]]]] = MappingProxyType(
    {"simulated": _simulated, "gphoto2": _gphoto2, "uvc": _uvc, "pi": _pi}
)
"""What each driver is told of the settings; a driver takes only its own."""


def build_camera(name: str, section: CameraSection, extra: Mapping[str, object]) -> Camera:
    """Build a camera, in a process of its own unless the settings say otherwise.

    Args:
        name: ``main``, ``stand_in`` or ``codes``; for logs and faults.
        section: the camera's settings.
        extra: further arguments of this driver, as the simulated booth's folder.

    Raises:
        BoothError: no driver of that name, or no Python that has its library.
    """
    role = "code" if name == "codes" else "main"
    try:
        driver = driver_spec(section.driver, role)
        pi = section.driver == "pi" and section.isolated
        python = python_with_picamera2(section.python) if pi else None
    except Misconfigured as error:
        raise BoothError(f"{name}: {error}") from error
    arguments = {**_ARGUMENTS[section.driver](section), **extra}
    # A DSLR's stills say themselves how they are to be turned, and its live view does not.
    if section.turned_deg or section.driver == "gphoto2":
        turned: dict[str, object] = {
            "driver": driver,
            "arguments": arguments,
            "clockwise_deg": section.turned_deg,
        }
        driver, arguments = "hardware.turned:turned_camera", turned
    if not section.isolated:
        return build_driver(driver, arguments)
    return IsolatedCamera(
        name,
        driver,
        arguments,
        python=python,
        open_deadline_s=section.open_deadline_s,
        frame_deadline_s=section.frame_deadline_s,
        still_deadline_s=section.still_deadline_s,
        frozen_after_s=section.frozen_after_s,
        usb_reset_after=section.usb_reset_after,
    )

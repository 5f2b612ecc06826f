"""Finds a camera on the USB bus and opens it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from hardware.errors import DeviceLost, FaultKind, HardwareError, Misconfigured
from hardware.gphoto2_session import GENERIC_MODEL, Session, patiently, translated


def library() -> Any:
    """Return python-gphoto2.

    Raises:
        Misconfigured: it is not installed.
    """
    try:
        import gphoto2
    except ImportError as error:
        raise Misconfigured(
            f"The library python-gphoto2 cannot be loaded ({error}). Install the booth with its "
            "extra 'dslr'.",
            FaultKind.DRIVER_MISSING,
        ) from error
    return gphoto2


def detect(gphoto2: Any) -> list[tuple[str, str]]:
    """Return (model, port) of every camera on the bus."""
    with translated(gphoto2, "The camera", "looking for cameras"):
        found = gphoto2.Camera.autodetect()
        return [(found.get_name(i), found.get_value(i)) for i in range(found.count())]


def connect(model: str, serial: str, serial_widgets: Callable[[int], tuple[str, ...]]) -> Session:
    """Open the camera that is asked for, or the first one there is.

    Args:
        model: part of its name, whatever its capitals; empty for any.
        serial: end of its serial number, as printed on the body; empty for any.
        serial_widgets: a make's widgets of the serial number, by USB vendor.

    Raises:
        DeviceLost: no such camera.
        DeviceBusy: another program holds it.
        Misconfigured: the library is missing.
    """
    gphoto2 = library()
    found = detect(gphoto2)
    refused: HardwareError | None = None
    for name, port in found:
        if model.casefold() not in name.casefold() and name != GENERIC_MODEL:
            continue
        session = None
        try:
            session = _open(gphoto2, name, port)
            if model.casefold() in session.model.casefold() and _has_serial(
                session, serial, serial_widgets(session.usb_vendor)
            ):
                return session
        except HardwareError as error:
            refused = error
        if session is not None:
            session.close()
    if refused is not None:
        raise refused
    wanted = (f"'{model}'" if model else "camera") + (
        f" with serial number {serial}" if serial else ""
    )
    there = ", ".join(name for name, _ in found) or "none"
    raise DeviceLost(
        f"There is no {wanted} on the USB bus (found: {there}). Plug it in, switch it on, and "
        "take it out of mass-storage mode."
    )


def _open(gphoto2: Any, model: str, port: str) -> Session:
    with translated(gphoto2, model, "opening it", port):
        abilities, ports = gphoto2.CameraAbilitiesList(), gphoto2.PortInfoList()
        abilities.load()
        ports.load()
        camera = gphoto2.Camera()
        kind = abilities.get_abilities(abilities.lookup_model(model))
        camera.set_abilities(kind)
        camera.set_port_info(ports.get_info(ports.lookup_path(port)))
    patiently(lambda: _initialise(gphoto2, camera, model, port))
    try:
        return Session(gphoto2, camera, model, port, int(kind.usb_vendor))
    except HardwareError:  # it fell silent while it was asked what it is
        with contextlib.suppress(gphoto2.GPhoto2Error):
            camera.exit()
        raise


def _initialise(gphoto2: Any, camera: Any, model: str, port: str) -> None:
    with translated(gphoto2, model, "opening it", port):
        camera.init()


def _has_serial(session: Session, serial: str, widgets: tuple[str, ...]) -> bool:
    return not serial or any((session.read(widget) or "").endswith(serial) for widget in widgets)

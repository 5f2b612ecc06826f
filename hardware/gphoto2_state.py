"""How a DSLR is: what it tells of itself, its battery, its card and its lens."""

from __future__ import annotations

import contextlib

from hardware.base import CameraState
from hardware.errors import DeviceBusy, Misconfigured, Unsupported
from hardware.gphoto2_quirks import Quirks
from hardware.gphoto2_session import Session
from hardware.gphoto2_settings import battery_percent


def look(session: Session, quirks: Quirks) -> CameraState:
    """Ask an open camera how it is; what it does not tell stays unknown."""
    serial = next((s for w in quirks.serial if (s := session.read(w))), "")
    battery, lens, count = (
        next((word for widget in widgets if (word := session.read(widget))), "")
        for widgets in (quirks.battery, quirks.lens, quirks.shutter_count)
    )
    free = None
    with contextlib.suppress(Unsupported, Misconfigured, DeviceBusy):
        free = session.free_bytes()
    return CameraState(
        "gphoto2",
        session.model,
        serial,
        battery_percent=battery_percent(battery),
        free_bytes=free,
        lens=lens,
        shutter_count=int(count) if count.isdecimal() else None,
        usb_path=session.usb_path,
    )

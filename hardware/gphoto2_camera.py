"""The driver of the name ``gphoto2``: builds a DSLR's driver out of what JSON can say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import cv2

from hardware.base import Camera, CameraSettings
from hardware.gphoto2_connect import connect
from hardware.gphoto2_driver import Gphoto2Camera
from hardware.gphoto2_quirks import quirks_of


def settings_from(values: Mapping[str, float]) -> CameraSettings:
    """Read manual values by their names; the ISO speed is a whole number."""
    iso = values.get("iso")
    rest = {name: value for name, value in values.items() if name != "iso"}
    return CameraSettings(iso=None if iso is None else round(iso), **rest)


def gphoto2_camera(
    model: str = "",
    serial: str = "",
    frames_per_second: float = 25.0,
    keep_raw: bool = False,  # noqa: FBT001, FBT002 - arguments come by name, from JSON
    white_balance: str = "",
    exposure_simulation: bool = False,  # noqa: FBT001, FBT002
    autofocus: bool = True,  # noqa: FBT001, FBT002
    live_view: Mapping[str, float] = MappingProxyType({}),
) -> Camera:
    """Build the driver.

    Args:
        model: part of the camera's name; empty for the first one found.
        serial: end of its serial number; empty for any.
        frames_per_second: of live view, at most.
        keep_raw: take raw files as well and leave them on the camera's card.
        white_balance: the camera's own word, or kelvins such as ``5300 K``; empty leaves it.
        exposure_simulation: live view as bright as the still would be without flash.
        autofocus: focus when it is asked for, and only then.
        live_view: ``exposure_s``, ``iso`` and ``aperture`` while live view runs; what is
            missing stays as for stills.

    Raises:
        ValueError: `frames_per_second` is not above 0.
        TypeError: `live_view` has another name.
    """
    cv2.setNumThreads(1)  # a camera of the booth must not take the cores from the guidance
    return Gphoto2Camera(
        "DSLR",
        lambda: connect(model, serial, lambda vendor: quirks_of(vendor).serial),
        frames_per_second=frames_per_second,
        keep_raw=keep_raw,
        white_balance=white_balance,
        exposure_simulation=exposure_simulation,
        autofocus=autofocus,
        live_view=settings_from(live_view),
    )

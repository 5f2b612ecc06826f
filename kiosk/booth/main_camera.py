"""The camera that takes the portrait: with its stand-in where there is one, and its values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from calibration.profile import Profile
from hardware.base import Camera, CameraSettings
from hardware.failover import FailoverCamera
from kiosk.booth.devices import build_camera
from kiosk.settings import Settings
from kiosk.settings.camera import CameraSection
from kiosk.visit.model import State, Visit

_BETWEEN_VISITS = (State.IDLE, State.ENDED)


def build_main_camera(
    settings: Settings,
    arguments: Mapping[str, Mapping[str, object]],
    stand_in_profile: Profile | None = None,
) -> Camera:
    """Build the main camera, as one with its stand-in where the settings have one.

    Args:
        settings: of the booth.
        arguments: further arguments of the drivers of ``main`` and ``stand_in``.
        stand_in_profile: the stand-in's own calibration.

    Raises:
        BoothError: a driver is unknown.
    """
    main = build_camera("main", settings.main_camera, arguments.get("main", {}))
    section = settings.stand_in_camera
    if not section.used:
        return main
    return FailoverCamera(
        "main",
        main,
        build_camera("stand_in", section, arguments.get("stand_in", {})),
        take_over_after_s=section.take_over_after_s,
        take_over_after_stills=section.take_over_after_stills,
        stand_in_settings=still_settings(section, stand_in_profile),
    )


def still_settings(section: CameraSection, profile: Profile | None) -> CameraSettings:
    """Return a camera's manual values for stills: the profile's, else those of the settings."""
    values: dict[str, float | int | None] = {
        "exposure_s": section.still_exposure_s or None,
        "iso": section.still_iso or None,
        "aperture": section.still_aperture or None,
    }
    if profile is not None:
        names = {field.name for field in dataclasses.fields(CameraSettings)}
        values |= {k: v for k, v in profile.exposure.settings.items() if k in names}
    iso = values.pop("iso")
    return CameraSettings(iso=None if iso is None else round(iso), **values)


def tell_visit(camera: Camera, visit: Visit) -> None:
    """Let the preferred camera come back only while nobody's photo is being taken."""
    if isinstance(camera, FailoverCamera):
        camera.may_give_back(may=visit.state in _BETWEEN_VISITS)

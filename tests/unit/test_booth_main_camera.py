"""The camera that takes the portrait: its values, and its stand-in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from booth_parts import FakeCamera

from calibration.profile import Exposure
from hardware.base import CameraSettings
from hardware.failover import FailoverCamera
from hardware.isolation import IsolatedCamera
from kiosk.booth.main_camera import build_main_camera, still_settings, tell_visit
from kiosk.settings import Settings
from kiosk.settings.camera import CameraSection, StandInCameraSection
from kiosk.visit.model import State, Visit


class Profile:
    """Of a profile only the exposure counts here."""

    def __init__(self, **settings: float) -> None:
        self.exposure = Exposure(settings=settings)


def test_without_a_stand_in_there_is_one_isolated_camera(tmp_path):
    camera = build_main_camera(Settings(), {"main": {"folder": str(tmp_path)}})
    assert isinstance(camera, IsolatedCamera)
    tell_visit(camera, Visit())


def test_a_stand_in_makes_two_cameras_one(tmp_path):
    settings = Settings(stand_in_camera=StandInCameraSection(used=True, still_iso=800))
    folder = {"folder": str(tmp_path)}
    camera = build_main_camera(settings, {"main": folder, "stand_in": folder})
    assert isinstance(camera, FailoverCamera)
    assert camera.name == "main"


@pytest.mark.parametrize("state", list(State))
def test_gives_back_only_while_nobody_is_there(state):
    preferred, stand_in = FakeCamera(), FakeCamera()
    camera = FailoverCamera("main", preferred, stand_in, take_over_after_s=0.0)
    preferred.away = True
    camera.open()
    preferred.away = False
    tell_visit(camera, replace(Visit(), state=state))
    camera.check()
    assert camera.on_stand_in is (state not in (State.IDLE, State.ENDED))
    camera.close()


def test_the_profiles_values_come_before_those_of_the_settings():
    section = CameraSection(still_exposure_s=0.01, still_aperture=8.0)
    assert still_settings(CameraSection(), None) == CameraSettings()
    assert still_settings(section, None) == CameraSettings(exposure_s=0.01, aperture=8.0)
    profile = Profile(exposure_s=0.008, iso=200.0, red_gain=1.9, plate=3.0)
    assert still_settings(section, profile) == CameraSettings(
        exposure_s=0.008, iso=200, aperture=8.0, red_gain=1.9
    )

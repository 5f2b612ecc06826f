"""What the settings say of a USB camera reaches the driver, for each of the two cameras."""

from __future__ import annotations

import pytest

from hardware.errors import DeviceLost, Misconfigured
from kiosk.booth.devices import build_camera
from kiosk.settings import CodeCameraSection, Settings
from kiosk.settings.camera import CameraSection


@pytest.mark.parametrize(
    ("name", "section"), [("main", CameraSection), ("codes", CodeCameraSection)]
)
def test_the_camera_named_in_the_settings_is_asked_for(name, section):
    camera = build_camera(name, section(driver="uvc", device="9-9.9", isolated=False), {})
    with pytest.raises(DeviceLost, match="USB camera"):
        camera.open()
    camera = build_camera(name, section(driver="uvc", device="video0", isolated=False), {})
    with pytest.raises(Misconfigured, match="no lasting name"):
        camera.open()


def test_the_second_camera_takes_short_exposures_in_turn_unless_told_otherwise():
    turns = Settings().code_camera.exposure_turns_s
    assert len(turns) > 1
    assert turns[0] < 1 / 100
    assert CodeCameraSection(exposure_turns_s=[]).exposure_turns_s == ()
    with pytest.raises(ValueError, match="greater than 0"):
        CodeCameraSection(exposure_turns_s=[0.0])

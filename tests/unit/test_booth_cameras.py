"""The booth's cameras are built as the settings say, whatever the driver."""

from __future__ import annotations

import typing

import pytest

from hardware.isolation import IsolatedCamera
from kiosk.booth.devices import build_camera
from kiosk.booth.errors import BoothError
from kiosk.settings.camera import CameraSection

DRIVERS = typing.get_args(CameraSection.model_fields["driver"].annotation)


@pytest.mark.parametrize("driver", DRIVERS)
def test_each_driver_takes_what_the_settings_give_it(driver, tmp_path):
    extra = {"folder": str(tmp_path)} if driver == "simulated" else {}
    section = CameraSection(driver=driver, isolated=False)
    assert not build_camera("main", section, extra).is_open


def test_cameras_are_isolated_unless_the_settings_say_otherwise():
    assert isinstance(build_camera("main", CameraSection(driver="gphoto2"), {}), IsolatedCamera)


def test_a_driver_that_cannot_watch_for_codes_is_refused():
    with pytest.raises(BoothError, match=r"codes: .*'gphoto2'.*Choose one of"):
        build_camera("codes", CameraSection(driver="gphoto2"), {})

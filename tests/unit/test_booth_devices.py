"""The cameras the settings ask for."""

from __future__ import annotations

import pytest

from hardware.isolation import IsolatedCamera
from kiosk.booth.devices import build_camera
from kiosk.booth.errors import BoothError
from kiosk.settings.camera import CameraSection


def test_driver_nobody_knows_is_named_with_what_to_do():
    section = CameraSection.model_construct(**CameraSection().model_dump() | {"driver": "daguerre"})
    with pytest.raises(BoothError, match=r"^codes: .*'daguerre'.*Choose one of: simulated"):
        build_camera("codes", section, {})


@pytest.mark.parametrize("name", ["main", "codes"])
def test_camera_runs_in_a_process_of_its_own(tmp_path, name):
    camera = build_camera(name, CameraSection(), {"folder": str(tmp_path)})
    assert isinstance(camera, IsolatedCamera)
    assert camera.name == name
    assert not camera.is_open


def test_camera_may_run_in_this_process_with_the_settings_size(tmp_path):
    section = CameraSection(isolated=False, width_px=640, height_px=360)
    camera = build_camera("codes", section, {"folder": str(tmp_path)})
    assert not isinstance(camera, IsolatedCamera)
    with camera:
        camera.start_live_view()
        assert camera.read_frame(10.0).size == (640, 360)

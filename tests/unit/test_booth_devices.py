"""The cameras the settings ask for."""

from __future__ import annotations

import pytest

from hardware.base import Camera
from hardware.errors import Misconfigured
from hardware.isolation import IsolatedCamera
from kiosk.booth.devices import build_camera
from kiosk.booth.errors import BoothError
from kiosk.settings.camera import CameraSection, CodeCameraSection


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


def test_a_pi_camera_runs_under_the_python_that_has_its_library(monkeypatch):
    import kiosk.booth.devices as booth_devices

    section = CameraSection(driver="pi", python="/usr/bin/python3", autofocus=False)
    camera = build_camera("main", section, {})
    assert isinstance(camera, IsolatedCamera)
    assert camera._python == "/usr/bin/python3"
    assert isinstance(build_camera("codes", CodeCameraSection(**section.model_dump()), {}), Camera)
    for name, role in (("main", CameraSection), ("codes", CodeCameraSection)):
        in_process = build_camera(name, role(driver="pi", isolated=False), {})
        assert in_process.state().driver == "pi"

    def nowhere(wanted):
        raise Misconfigured("No Python has picamera2.")

    monkeypatch.setattr(booth_devices, "python_with_picamera2", nowhere)
    with pytest.raises(BoothError, match=r"^main: No Python has picamera2"):
        build_camera("main", CameraSection(driver="pi"), {})

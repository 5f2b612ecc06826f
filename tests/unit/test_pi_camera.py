"""The Pi camera's driver where the real one cannot be tried: controls, autofocus, faults.

On a stand-in for picamera2 (`fake_picamera2`); `system/test_pi_camera.py` has the real one.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import fake_picamera2
import pytest
from contract.devices import CameraContract
from fake_picamera2 import FakePicamera2

import hardware
from hardware import pi_python
from hardware.base import CameraSettings, Condition
from hardware.errors import DeviceBusy, DeviceLost, DeviceTimeout, Misconfigured, Unsupported
from hardware.pi_camera import pi_camera, pi_code_camera


@pytest.fixture
def kind(monkeypatch):
    """A class of its own for each test, whose sensor can be changed."""
    kind = type("Camera", (FakePicamera2,), {})
    monkeypatch.setitem(sys.modules, "picamera2", SimpleNamespace(Picamera2=kind))
    return kind


SMALL = {"width": 64, "height": 36, "still_width": 128, "still_height": 72}


@pytest.fixture
def camera(kind):
    return pi_camera(**SMALL, frames_per_second=50.0)


class TestPiCameraOnAStandIn(CameraContract):
    unsupported = CameraSettings(aperture=2.8)

    @pytest.fixture
    def camera(self, camera):
        return camera


class TestPiCodeCameraOnAStandIn(CameraContract):
    unsupported = CameraSettings(aperture=2.8)

    @pytest.fixture
    def camera(self, kind):
        return pi_code_camera(width=64, height=36, frames_per_second=50.0, exposures_s=[0.002])


def test_says_which_module_it_is_and_takes_the_one_asked_for(kind):
    for device, model in (("", "Camera Module 3 (imx708_wide)"), ("imx219", "Camera Module 2")):
        with pi_camera(device=device) as camera:
            assert camera.state().model.startswith(model)
    for device, error, says in (
        ("imx477", DeviceLost, r"'imx477' is not found.*Camera Module 3"),
        ("imx", Misconfigured, "fits 2 cameras"),
        ("1", Misconfigured, "no lasting name"),
    ):
        with pytest.raises(error, match=says):
            pi_camera(device=device).open()
    kind.there = ()  # a USB camera that libcamera lists as well is none
    with pytest.raises(DeviceLost, match="ribbon cable"):
        pi_camera().open()


def test_without_the_library_or_held_by_another_program_says_what_to_do(kind, monkeypatch):
    kind.busy = True
    with pytest.raises(DeviceBusy, match=r"in use.*Close that program"):
        pi_camera().open()
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(Misconfigured, match="apt install python3-picamera2"):
        pi_camera().open()


def test_manual_values_hold_in_live_view_and_still_and_are_told_with_each_frame(camera):
    wanted = CameraSettings(exposure_s=0.01, iso=200, red_gain=1.9, focus_dioptre=0.8)
    with camera:
        assert camera.apply(wanted) == replace(wanted, blue_gain=1.7)
        camera.start_live_view()
        frame, still = camera.read_frame(), camera.capture_still()
    for metadata in (frame.metadata, still.metadata):
        assert metadata["exposure_s"] == pytest.approx(0.01, rel=0.01)
        assert metadata["gain"] == pytest.approx(2.0, rel=0.02)
        assert (metadata["lux"], metadata["colour_temperature_k"]) == (410.0, 5300.0)
        assert metadata["red_gain"] == 1.9
        assert metadata["blue_gain"] == 1.7, "what was not asked for stays as it was"
        assert metadata["focus_dioptre"] == 0.8


def test_a_value_out_of_range_or_not_taken_is_refused_and_forgotten(camera, kind):
    with camera:
        with pytest.raises(Misconfigured, match=r"gain from 112 to 1600, not 50"):
            camera.apply(CameraSettings(iso=50))
        kind.last.fault = "clamps exposure"
        with pytest.raises(Misconfigured, match=r"reads back 0\.00\d+ as its exposure time"):
            camera.apply(CameraSettings(exposure_s=0.02))
        kind.last.fault = ""
        assert camera.apply(CameraSettings()).exposure_s == pytest.approx(0.02, rel=0.01)
        assert "ExposureTime" not in kind.last.modes[-1]["controls"], "it is automatic as before"
        assert not kind.last.started, "without live view the sensor rests again"


@pytest.mark.parametrize("live", [True, False])
def test_what_it_found_by_itself_can_be_kept(camera, kind, live):
    with camera:
        if live:
            camera.start_live_view()
        found = camera.apply(CameraSettings())
        assert found == CameraSettings(
            exposure_s=pytest.approx(0.02, rel=0.01), iso=202, red_gain=2.2, blue_gain=1.7
        )
        assert camera.apply(found) == found
        camera.capture_still()
        controls = kind.last.modes[-1 - live]["controls"]
        assert {"ExposureTime", "AnalogueGain", "ColourGains"} <= set(controls)


def test_sensor_that_knows_no_longest_exposure_takes_any(camera, kind):
    kind.sensor = {**fake_picamera2.CONTROLS, "ExposureTime": (134, 0, None)}
    with camera:
        assert camera.apply(CameraSettings(exposure_s=0.01)).exposure_s == 0.01
        with pytest.raises(Misconfigured, match=r"exposure time from 0\.000134 to inf"):
            camera.apply(CameraSettings(exposure_s=0.0001))


def test_gain_beyond_the_analogue_one_is_kept_as_far_as_it_goes(camera, kind):
    kind.sensor = {**fake_picamera2.CONTROLS, "AnalogueGain": (1.0, 1.5, 1.0)}
    with camera:
        assert camera.apply(CameraSettings()).iso == 150


@pytest.mark.parametrize(("mains_hz", "flicker_us"), [(50, 10_000), (60, 8_333)])
def test_automatic_exposure_keeps_in_step_with_the_mains(kind, mains_hz, flicker_us):
    kind.sensor = {**fake_picamera2.CONTROLS, "AeFlickerMode": (0, 1, 0),
                   "AeFlickerPeriod": (100, 1_000_000, None)}  # fmt: skip
    with pi_camera(**SMALL, power_line_hz=mains_hz) as camera:
        camera.start_live_view()
        camera.capture_still()
        for mode in kind.last.modes:
            assert mode["controls"]["AeFlickerMode"] == 1
            assert mode["controls"]["AeFlickerPeriod"] == flicker_us


def test_module_that_fails_while_it_is_opened_is_let_go_of(camera, kind, monkeypatch):
    def refuses(*_, **__):
        raise RuntimeError("no such format")

    with monkeypatch.context() as patch:
        patch.setattr(kind, "create_preview_configuration", refuses)
        with pytest.raises(DeviceLost, match="no such format"):
            camera.open()
    assert kind.last.closed
    with camera:
        assert camera.state().condition is Condition.READY


def test_a_long_exposure_gets_frames_that_are_long_enough(camera, kind):
    with camera:
        camera.apply(CameraSettings(exposure_s=0.5))
        camera.start_live_view()
        assert kind.last.modes[-1]["controls"]["FrameDurationLimits"][1] > 500_000


def test_focuses_when_asked_and_holds_it_through_the_still(camera, kind):
    with camera:
        camera.start_live_view()
        assert camera.autofocus()
        searches = kind.last.focuses
        kind.sitter_at = 3.0  # a hand before the lens moves nothing now
        still = camera.capture_still()
        frame = camera.read_frame()
        assert still.metadata["focus_dioptre"] == frame.metadata["focus_dioptre"] == 1.4
        assert kind.last.focuses == searches
        assert camera.autofocus()
        assert camera.capture_still().metadata["focus_dioptre"] == 3.0


def test_the_first_still_is_focused_though_nobody_asked(camera):
    with camera:
        assert camera.capture_still().metadata["focus_dioptre"] == 1.4


def test_without_focus_the_photo_is_taken_all_the_same(camera, kind, caplog):
    kind.sitter_at = None
    with camera:
        assert camera.capture_still().data
    assert "found no focus" in caplog.text


def test_a_lens_that_cannot_move_is_not_asked_to(camera, kind):
    kind.sensor = fake_picamera2.FIXED_FOCUS
    with camera:
        assert not camera.autofocus()
        assert "focus_dioptre" not in camera.capture_still().metadata
        with pytest.raises(Unsupported, match="no control for focus"):
            camera.apply(CameraSettings(focus_dioptre=1.0))
    kind.sensor = fake_picamera2.CONTROLS
    with pi_camera(**SMALL, autofocus=False) as left_alone:
        assert not left_alone.autofocus()
        left_alone.start_live_view()
        assert left_alone.read_frame().metadata["focus_dioptre"] == 1.0


def test_live_view_shows_what_the_still_will(kind):
    with pi_camera(width=640, height=480) as camera:
        camera.start_live_view()
        live = kind.last.modes[-1]
        assert live["raw"]["size"] == (2304, 1296), "the whole sensor, binned"
        width, height = camera.read_frame().size
        assert width >= 640
        assert height >= 480
        assert width / height == pytest.approx(4608 / 2592, rel=0.01)


def test_code_camera_takes_exposures_in_turn_with_a_gain_that_stays(kind):
    turns = [0.002, 0.03]
    with pi_code_camera(
        width=64, height=36, frames_per_second=50.0, exposures_s=turns, frames_each=6
    ) as camera:
        camera.start_live_view()
        frames = [camera.read_frame() for _ in range(26)]
    seen = {round(frame.metadata["exposure_s"], 3) for frame in frames[4:]}
    assert seen == set(turns)
    assert {round(frame.metadata["gain"], 1) for frame in frames[4:]} == {2.0}


def test_no_memory_of_the_camera_is_kept_whatever_happens(camera, kind):
    with camera:
        camera.start_live_view()
        for _ in range(5):
            with pytest.raises(DeviceTimeout):
                camera.read_frame(0.0)
            camera.capture_still()
            camera.read_frame()
        camera.stop_live_view()
        assert kind.last.held == 0


def test_a_still_that_does_not_come_is_told_in_time(camera, kind):
    with camera:
        camera.start_live_view()
        camera.autofocus()
        kind.last.fault = "hang"
        with pytest.raises(DeviceTimeout, match=r"took no photo within 0\.1 s"):
            camera.capture_still(0.1)
        with pytest.raises(DeviceLost, match="stuck in a photo"):
            camera.read_frame()
        camera.close()
        with camera:
            assert camera.capture_still().data


def test_a_camera_that_fails_says_so_until_it_works_again(camera, kind):
    with camera:
        camera.start_live_view()
        kind.last.fault = "gone"
        with pytest.raises(DeviceLost, match=r"frontend has timed out.*ribbon cable"):
            camera.read_frame()
        assert camera.state().condition is Condition.TEMPORARY_FAULT
        kind.last.fault = ""
        camera.read_frame()
        assert camera.state().condition is Condition.READY


def test_the_python_with_the_library_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(pi_python.importlib.util, "find_spec", lambda _: None)
    system = tmp_path / "python3"
    find = pi_python.python_with_picamera2
    assert find("/opt/other/python") == "/opt/other/python"
    for exit_code, has_it in ((0, True), (1, False)):
        system.write_text(f"#!/bin/sh\nexit {exit_code}\n")
        system.chmod(0o755)
        if has_it:
            assert find(system=str(system)) == str(system)
        else:
            with pytest.raises(Misconfigured, match="apt install python3-picamera2"):
                find(system=str(system))
    with pytest.raises(Misconfigured, match="Neither"):
        find(system=str(tmp_path / "absent"))
    monkeypatch.setattr(pi_python.importlib.util, "find_spec", lambda _: object())
    assert find(system=str(system)) is None


def test_the_child_needs_nothing_that_raspberry_pi_os_lacks():
    code = (
        "import sys; import hardware.isolation_child, hardware.pi_camera; "
        "print(*{name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(hardware.__file__).parents[1],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    ours = {"hardware", "numpy", "PIL", "__main__"}
    at_start = {"sitecustomize", "cython_runtime"}
    foreign = {name for name in done.stdout.split() if not name.startswith(("_", "distutils"))}
    assert foreign - ours - at_start == set()

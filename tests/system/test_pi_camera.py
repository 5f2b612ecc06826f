"""The Pi camera's driver keeps the camera contract: real picamera2, real libcamera, isolated.

The child runs under Debian 13's Python 3.13 in a folder of its own, the parent under the booth's
Python. Played: the sensor (libcamera's virtual pipeline), and picture memory. The sensor has no
controls and no autofocus: `unit/test_pi_camera.py` tries those on a stand-in.
"""

from __future__ import annotations

import io
import os
import signal
import time
from pathlib import Path

import pytest
from contract.devices import CameraContract
from contract.inner import need_whole_contract
from debian_13 import PiMachine, debian_13
from PIL import Image
from standin import wait_for

from hardware import camera_lists
from hardware.base import CameraSettings, Condition
from hardware.errors import DeviceLost, DeviceTimeout, HardwareError, Misconfigured
from hardware.isolation import IsolatedCamera

pytestmark = pytest.mark.system

BACK_WITHIN_S = 5.0


@pytest.fixture(scope="session")
def root():
    return debian_13()


@pytest.fixture
def machine(root, tmp_path):
    return PiMachine.install(root, tmp_path / "played")


@pytest.fixture
def make(machine):
    made = []

    def make(role="main", **arguments):
        options = {
            "open_deadline_s": 20.0, "frame_deadline_s": 3.0, "other_deadline_s": 10.0,
            "frozen_after_s": 3.0, "back_off_s": 0.1, "back_off_max_s": 0.2,
        }  # fmt: skip
        factory = {"main": "pi_camera", "code": "pi_code_camera"}[role]
        camera = IsolatedCamera(
            role, f"virtual_pi:{factory}", {"width": 640, "height": 360, **arguments},
            python=machine.python, environment=machine.environment, **options,
        )  # fmt: skip
        made.append(camera)
        return camera

    yield make
    for camera in made:
        camera.close()


class TestPiCameraIsolated(CameraContract):
    keeps = ("pi", "isolated")
    settings = CameraSettings()  # the virtual sensor has no controls
    unsupported = CameraSettings(exposure_s=1 / 60)

    @pytest.fixture
    def camera(self, make):
        return make()


class TestPiCodeCameraIsolated(CameraContract):
    keeps = ("pi code", "isolated")
    settings = CameraSettings()
    unsupported = CameraSettings(exposure_s=1 / 60)

    @pytest.fixture
    def camera(self, make):
        return make("code", exposures_s=[0.002, 0.008])


def test_the_contract_is_kept_in_process(machine):
    said = machine.pytest("/opt/booth-test/pi_in_process.py")
    need_whole_contract(said, classes=2)


def test_it_is_listed_by_the_name_the_settings_call_it(machine, monkeypatch):
    for name, value in machine.environment.items():
        monkeypatch.setenv(name, value)
    assert camera_lists.ask("pi", python=machine.python) == [
        ["imx000_played", "imx000_played", "Virtual0"]
    ]


def again(camera):
    """Keep asking until there is a frame, as the booth does."""
    frames = []

    def ask():
        try:
            frames.append(camera.read_frame(1.0))
        except HardwareError:
            return False
        return True

    wait_for(ask, 20.0)
    return frames[0]


def test_frames_are_rgb_and_stills_of_the_whole_sensor(make):
    with make() as camera:
        assert (camera.state().driver, camera.state().model) == ("pi", "imx000_played")
        camera.start_live_view()
        frame = camera.read_frame(5.0)
        still = camera.capture_still()
    assert frame.size == (640, 360)
    left, right = (frame.pixels[:, column].astype(int).mean(axis=0) for column in (20, 620))
    assert left[0] > left[2] + 60
    assert right[2] > right[0] + 60
    with Image.open(io.BytesIO(still.data)) as photo:
        assert photo.size == (1920, 1080)
        red, _, blue = photo.getpixel((60, 540))
    assert red > blue + 60 or min(red, blue) > 200


def test_a_smaller_still_is_taken_and_one_the_sensor_has_not_is_refused(make):
    with make(still_width=1280, still_height=720) as camera:
        assert Image.open(io.BytesIO(camera.capture_still().data)).size == (1280, 720)
    with make(still_width=1000, still_height=1000) as camera:
        camera.start_live_view()
        with pytest.raises(Misconfigured, match=r"reads back .* not 1000×1000"):
            camera.capture_still()
        assert camera.read_frame(5.0).number >= 1


def test_many_stills_in_a_row_cost_no_memory_and_leave_live_view_running(make):
    with make() as camera:
        camera.start_live_view()
        sizes = []
        for _ in range(30):
            assert camera.capture_still().data
            assert camera.read_frame(5.0)
            status = Path(f"/proc/{camera.child_pid}/status").read_text()
            # Its own memory: what it shares comes and goes with each mode.
            sizes.append(int(status.partition("RssAnon:")[2].split()[0]) * 1024)
        assert camera.state().restarts == 0
    assert sizes[-1] - sizes[9] < 20_000_000


@pytest.mark.parametrize("call", ["read_frame", "capture_still"])
def test_a_driver_that_hangs_is_killed_and_comes_back(make, call):
    with make() as camera:
        camera.start_live_view()
        camera.read_frame(5.0)
        os.kill(camera.child_pid, signal.SIGSTOP)
        with pytest.raises((DeviceTimeout, DeviceLost)):
            getattr(camera, call)(1.0)
        back_at = time.monotonic()
        assert again(camera).number > 1
        assert time.monotonic() - back_at < BACK_WITHIN_S
        assert camera.capture_still().data


def test_pulled_out_it_says_so_and_comes_back(make, machine):
    with make() as camera:
        camera.start_live_view()
        camera.read_frame(5.0)
        machine.pull_out()
        os.kill(camera.child_pid, signal.SIGKILL)
        wait_for(lambda: "No camera module is found" in str(camera.state().fault), 20.0)
        assert camera.state().condition is Condition.TEMPORARY_FAULT
        assert "ribbon cable" in camera.state().fault
        machine.plug_in()
        back_at = time.monotonic()
        again(camera)
        assert time.monotonic() - back_at < BACK_WITHIN_S


def test_another_camera_than_the_one_asked_for_is_not_taken(make):
    with pytest.raises(DeviceLost, match=r"'imx708' is not found.*imx000_played at Virtual0"):
        make(device="imx708").open()
    with pytest.raises(Misconfigured, match="no lasting name"):
        make(device="0").open()
    with make(device="imx000") as camera:
        assert camera.capture_still().data

"""The USB camera driver keeps the camera contract, and comes back from what USB does to it.

Real: the driver, OpenCV's V4L2 back end, the child process. Played: the kernel
(`v4l2_cameras.c`), because there is no camera here.
"""

from __future__ import annotations

import io
import subprocess
import threading
import time

import numpy as np
import pytest
from contract.devices import CameraContract
from contract.inner import run_inner
from PIL import Image
from standin import wait_for
from v4l2_cameras import CONTROLS, CameraTree, build_library, draw_jpegs

from hardware.base import CameraSettings, Condition
from hardware.discovery import driver_spec
from hardware.errors import (
    DeviceBusy,
    DeviceLost,
    DeviceTimeout,
    HardwareError,
    Misconfigured,
    Unsupported,
)
from hardware.isolation import IsolatedCamera

EXPOSURE, AUTO_EXPOSURE, GAIN, POWER_LINE, FOCUS, COLOUR_TEMPERATURE, AUTO_WHITE_BALANCE = (
    0x009A0902, 0x009A0901, 0x00980913, 0x00980918, 0x009A090A, 0x0098091A, 0x0098090C,
)  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return build_library(tmp_path_factory.mktemp("v4l2"))


@pytest.fixture
def tree(tmp_path):
    tree = CameraTree(tmp_path)
    tree.plug_in()
    return tree


@pytest.fixture
def make(tree, library):
    made = []

    def make(role="main", **arguments):
        camera = IsolatedCamera(
            role,
            driver_spec("uvc", role),
            {"root": str(tree.root), "width": 640, "height": 360, **arguments},
            environment=tree.environment(library),
            open_deadline_s=30.0, frame_deadline_s=5.0, other_deadline_s=10.0,
            frozen_after_s=5.0, back_off_s=0.1, back_off_max_s=0.2,
        )  # fmt: skip
        made.append(camera)
        return camera

    yield make
    for camera in made:
        camera.close()


class TestUvcCameraIsolated(CameraContract):
    keeps = ("uvc", "isolated")
    unsupported = CameraSettings(aperture=5.6)

    @pytest.fixture
    def camera(self, make):
        return make()


class TestUvcCodeCameraIsolated(CameraContract):
    keeps = ("uvc code", "isolated")
    unsupported = CameraSettings(aperture=5.6)

    @pytest.fixture
    def camera(self, make):
        return make("code")


def test_the_contract_is_kept_in_process(tree, library, tmp_path):
    """The library that plays the kernel is preloaded, so into a process of its own."""
    run_inner("contract/uvc_in_process.py", tmp_path, tree.environment(library), classes=2)


def read_many(camera, timeout_s):
    for _ in range(50):  # those that lay ready come first
        camera.read_frame(timeout_s)


def again(camera):
    """Keep asking until there is a frame, as the booth does."""
    frames = []

    def ask():
        try:
            frames.append(camera.read_frame(1.0))
        except HardwareError:
            return False
        return True

    wait_for(ask, 10.0)
    return frames[0]


def test_frames_are_rgb_and_stills_larger_and_the_cameras_own_file(make, tree):
    with make() as camera:
        assert camera.state().model == "Test Camera"
        assert camera.state().serial == "A1B2"
        camera.start_live_view()
        frame = camera.read_frame(5.0)
        still = camera.capture_still()
    assert frame.size == (640, 360)
    red, _, blue = frame.pixels[5, 20].astype(int)
    assert red > blue + 60 or min(red, blue) > 200
    sent = {file.read_bytes() for file in tree.beside(".jpegs").iterdir()}
    assert still.data in sent
    # 1920×1080 is listed too, but at 5 frames a second.
    assert Image.open(io.BytesIO(still.data)).size == (1280, 720)


def test_a_slow_reader_sees_what_is_now(make):
    with make() as camera:
        camera.start_live_view()
        for _ in range(3):
            camera.read_frame(5.0)
            time.sleep(0.3)
            asked_at = time.monotonic()
            frame = camera.read_frame(5.0)
            assert asked_at - frame.taken_at < 0.15


def test_manual_values_reach_the_camera(make, tree):
    asked = CameraSettings(exposure_s=0.01, iso=400, focus_dioptre=1.0)
    with make() as camera:
        assert camera.apply(asked) == asked
        camera.start_live_view()
        assert camera.read_frame(5.0).metadata == {"exposure_s": 0.01}
    values = tree.values_set()
    assert values[AUTO_EXPOSURE] == 1
    assert values[EXPOSURE] == 100
    assert values[GAIN] == 51
    assert values[FOCUS] == 25
    assert values[POWER_LINE] == 1


def test_values_the_firmware_sets_back_when_pictures_flow_are_set_again(make, tree):
    tree.beside(".forgets").touch()
    with make(white_balance="5300 K") as camera:
        camera.apply(CameraSettings(exposure_s=0.02, iso=400))
        camera.start_live_view()
        camera.read_frame(5.0)
        has = tree.values_set()
        assert (has[EXPOSURE], has[AUTO_EXPOSURE], has[POWER_LINE]) == (200, 1, 1)
        assert has[COLOUR_TEMPERATURE] == 5300
        tree.beside(".stuck").touch()  # from now on it takes nothing any more
        camera.stop_live_view()
        with pytest.raises(Misconfigured, match="forgets its manual values"):
            camera.start_live_view()


def test_what_it_found_by_itself_can_be_kept(make, tree):
    with make() as camera:
        found = camera.apply(CameraSettings())
        assert found.exposure_s == pytest.approx(0.025)
        assert found.colour_temperature_k == 4600
        assert found.focus_dioptre is None
        assert AUTO_EXPOSURE not in tree.values_set(), "asking sets nothing"
        assert camera.apply(found) == found
    has = tree.values_set()
    assert (has[EXPOSURE], has[AUTO_EXPOSURE], has[GAIN]) == (250, 1, 64)
    assert (has[COLOUR_TEMPERATURE], has[AUTO_WHITE_BALANCE]) == (4600, 0)


def test_a_value_out_of_reach_is_told_with_the_reach(make, tree):
    with make() as camera:
        with pytest.raises(Misconfigured, match=r"reads back 0\.2047 s .* not 2 s.* 0\.0003 to"):
            camera.apply(CameraSettings(exposure_s=2.0))
        with pytest.raises(Unsupported, match="no control for the aperture"):
            camera.apply(CameraSettings(exposure_s=0.01, aperture=4.0))
    assert tree.values_set()[EXPOSURE] == 2047  # not 100: nothing was changed the second time


def test_code_camera_takes_its_exposures_in_turn_at_the_size_it_needs(make, tree):
    with make("code", exposures_s=[0.002, 0.01], frames_each=4) as camera:
        camera.start_live_view()
        for _ in range(10):
            assert camera.read_frame(5.0).size == (640, 360)
    lines = tree.beside(".set").read_text().splitlines()
    times = [line.split()[1] for line in lines if line.startswith("009a0902")]
    assert times == ["20", "100", "20"]


def test_unplugged_and_plugged_in_again_under_another_number(make, tree):
    with make(device="1-1.2") as camera:
        camera.apply(CameraSettings(exposure_s=0.01))
        camera.start_live_view()
        before = camera.read_frame(5.0)
        tree.pull_out()
        with pytest.raises(DeviceLost, match=r"gone|not plugged in|No USB camera"):
            read_many(camera, 5.0)
        with pytest.raises(DeviceLost, match=r"gone|not plugged in|No USB camera|process"):
            camera.capture_still()
        assert camera.state().condition is Condition.TEMPORARY_FAULT
        tree.plug_in(3)
        after = again(camera)
        assert after.number > before.number
        assert camera.state().restarts >= 1
        assert tree.values_set(3)[EXPOSURE] == 100  # the manual value came back with it
        assert camera.capture_still().data


def test_unplugged_in_the_middle_of_a_still(make, tree):
    with make() as camera:
        camera.start_live_view()
        camera.read_frame(5.0)
        tree.beside(".silent").touch()  # the still waits
        unplug = threading.Timer(0.4, tree.node().unlink)
        unplug.start()
        began = time.monotonic()
        with pytest.raises(DeviceLost, match="gone"):
            camera.capture_still(8.0)
        assert time.monotonic() - began < 7.0
        unplug.join()
        tree.beside(".silent").unlink()
        tree.node().touch()
        again(camera)
        assert camera.capture_still().data


def test_a_camera_that_falls_silent_is_a_timeout_and_comes_back(make, tree):
    with make() as camera:
        camera.start_live_view()
        camera.read_frame(5.0)
        tree.beside(".silent").touch()
        with pytest.raises(DeviceTimeout):
            read_many(camera, 0.3)
        with pytest.raises(DeviceTimeout):
            camera.capture_still(0.5)
        tree.beside(".silent").unlink()
        again(camera)


def test_a_camera_that_never_sends_does_not_hold_us_for_ten_seconds(make, tree):
    tree.beside(".silent").touch()
    with make() as camera:
        began = time.monotonic()
        with pytest.raises(DeviceTimeout, match="USB hub"):
            camera.start_live_view()
        assert time.monotonic() - began < 9.0


def test_a_camera_that_takes_its_time_to_the_first_picture(make, tree):
    tree.beside(".silent").touch()
    with make() as camera:
        threading.Timer(1.3, tree.beside(".silent").unlink).start()
        camera.start_live_view()
        assert camera.read_frame(5.0).number >= 1


def test_a_camera_that_refuses_pictures_is_tried_again(make, tree):
    with make() as camera:
        tree.beside(".broken").touch()
        with pytest.raises(DeviceLost, match="refuses to give pictures"):
            camera.start_live_view()
        tree.beside(".broken").unlink()
        wait_for(lambda: camera.state().condition is Condition.READY)
        camera.start_live_view()
        assert camera.read_frame(5.0).number >= 1


def test_a_camera_without_motion_jpeg(make, tree):
    tree.pull_out()
    tree.plug_in(controls=CONTROLS + "yuyv\n", sizes=[(640, 360, 30), (1280, 720, 30)])
    # Luma, chroma blue, luma, chroma red: a plain red, slightly different each time.
    for number in range(7):
        plain = np.tile(np.array([90 + number, 100, 90 + number, 200], np.uint8), (720, 640))
        (tree.beside(".jpegs") / f"{number}.jpg").write_bytes(plain.tobytes())
    with make() as camera:
        camera.start_live_view()
        frame = camera.read_frame(5.0)
        still = camera.capture_still()
    assert frame.size == (640, 360)
    red, green, blue = frame.pixels[100, 100].astype(int)
    assert red > max(green, blue) + 60
    with Image.open(io.BytesIO(still.data)) as photo:
        assert photo.size == (1280, 720)
        assert photo.getpixel((5, 5))[0] > 150


def test_busy_says_who_holds_it(make, tree):
    tree.beside(".busy").touch()
    with tree.node().open() as node:
        holder = subprocess.Popen(["sleep", "60"], stdin=node)
    try:
        camera = make()
        with pytest.raises(DeviceBusy, match=rf"sleep \({holder.pid}\) holds"):
            camera.open()
    finally:
        holder.kill()
        holder.wait()
    tree.beside(".busy").unlink()
    with camera:
        camera.start_live_view()
        assert camera.read_frame(5.0).number >= 1


def test_damaged_pictures_are_passed_over(make, tree):
    pictures = sorted(tree.beside(".jpegs").iterdir())
    whole = [file.read_bytes() for file in pictures]
    for file, data in zip(pictures[:-1], whole, strict=False):
        file.write_bytes(data[: len(data) // 2])
    with make() as camera:
        camera.start_live_view()
        for _ in range(3):
            frame = camera.read_frame(5.0)
            assert frame.pixels.std() > 20
        assert camera.capture_still().data == whole[-1]
        assert camera.read_frame(5.0).number > frame.number + 1


def test_sizes_the_camera_has_not_are_refused_with_those_it_has(make):
    camera = make(still_width=4000, still_height=3000)
    camera.open()
    with pytest.raises(Misconfigured, match="It has: 1920×1080, 1280×720, 640×360"):
        camera.start_live_view()


def test_large_pictures_become_a_small_live_view(make, tree):
    draw_jpegs(tree.beside(".jpegs"), (1920, 1080))
    with make(still_width=1920, still_height=1080, width=480, height=270) as camera:
        camera.start_live_view()
        assert camera.read_frame(5.0).size == (480, 270)
        with Image.open(io.BytesIO(camera.capture_still().data)) as photo:
            assert photo.size == (1920, 1080)
            assert np.asarray(photo).std() > 20


def test_no_camera_at_all(make, tree):
    tree.pull_out()
    with pytest.raises(DeviceLost, match="No USB camera is plugged in"):
        make().open()

"""The simulated booth as the product meets it: told by the director, seen by the cameras."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from standin import draw_portrait, wait_for

from hardware.base import CameraSettings
from hardware.sim.cameras import simulated_main_camera
from hardware.sim.code_camera import simulated_code_camera
from hardware.sim.director import Director
from hardware.sim.light import SimulatedLight
from hardware.sim.script import ScriptError


@pytest.fixture
def director(tmp_path):
    with Director(tmp_path) as director:
        yield director


@pytest.fixture
def camera(tmp_path):
    portrait = str(draw_portrait(tmp_path / "portrait.png"))
    with simulated_main_camera(
        str(tmp_path), width=640, height=360, still_width=800, still_height=450, portrait=portrait
    ) as camera:
        camera.start_live_view()
        yield camera


def test_chair_is_empty_until_somebody_sits_and_after_they_left(camera, director):
    empty = camera.read_frame(5.0)
    assert empty.metadata["truth_present"] == 0.0
    director.sit()
    wait_for(lambda: camera.read_frame(5.0).metadata["truth_present"] == 1.0)
    director.leave()
    wait_for(lambda: camera.read_frame(5.0).metadata["truth_present"] == 0.0)
    after = camera.read_frame(5.0)
    assert np.abs(after.pixels.astype(int) - empty.pixels).mean() < 3, "a clean plate again"


def test_pose_told_is_the_pose_seen(camera, director):
    director.pose(x=0.1, roll_deg=7.0, distance=1.2)
    frame = wait_for(lambda: camera.read_frame(5.0))
    assert frame.metadata["truth_roll_deg"] == 7.0
    assert frame.metadata["truth_distance"] == 1.2
    still = camera.capture_still()
    assert still.metadata["truth_roll_deg"] == 7.0


def test_sitter_breathes_and_is_never_quite_still(camera, director):
    director.sit()
    places = set()
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        places.add(camera.read_frame(5.0).metadata.get("truth_eyes_y_px"))
    assert len(places) > 5


def test_lamp_and_settings_show_in_the_picture(camera, tmp_path):
    bright = camera.read_frame(5.0).pixels.mean()
    with SimulatedLight(tmp_path) as light:
        assert camera.read_frame(5.0).pixels.mean() < 0.7 * bright
        light.set_level(1.0)
        assert camera.read_frame(5.0).pixels.mean() == pytest.approx(bright, rel=0.02)
        camera.apply(CameraSettings(iso=100))
        assert camera.read_frame(5.0).pixels.mean() < 0.85 * bright
        camera.apply(CameraSettings(iso=200, blue_gain=0.8))
        red, _, blue = camera.read_frame(5.0).pixels.mean((0, 1))
        assert blue < 1.6 * red


def test_still_has_plain_exif_and_nothing_personal(camera):
    with Image.open(io.BytesIO(camera.capture_still().data)) as photo:
        assert photo.size == (800, 450)
        exif = photo.getexif()
    assert set(exif) <= {0x010F, 0x0110, 0x0112, 0x8769}
    assert exif[0x0112] == 1, "upright"
    assert set(exif.get_ifd(0x8769)) == {0x9003, 0x829A, 0x829D, 0x8827}


def test_phone_held_up_is_read_in_most_frames(tmp_path, director):
    text = "CC1." + "Ab3dEfGh1jKlMn0p" * 12
    with simulated_code_camera(str(tmp_path), frames_per_second=30.0) as camera:
        camera.start_live_view()
        assert not zxingcpp.read_barcodes(camera.read_frame(5.0).pixels)
        director.show_phone(text)
        read = 0
        for _ in range(40):
            frame = camera.read_frame(5.0)
            found = zxingcpp.read_barcodes(frame.pixels)
            assert all(code.text == text for code in found)
            read += bool(found)
        assert 15 <= read < 40
        director.show_phone(None)
        assert camera.read_frame(5.0).metadata["truth_phone"] == 0.0


def test_script_plays_in_the_background_and_hears_the_coach(camera, director):
    director.play("answer hints after 0.1 s; sit tilt the head left; when put right leave")
    wait_for(lambda: camera.read_frame(5.0).metadata.get("truth_roll_deg", 0.0) > 9.0)
    director.hear("level_head_right")
    wait_for(lambda: camera.read_frame(5.0).metadata["truth_roll_deg"] < 3.0)
    director.hear(None)
    wait_for(lambda: camera.read_frame(5.0).metadata["truth_present"] == 0.0)
    assert director.script_over


def test_mistake_in_a_script_is_told_at_once(director):
    with pytest.raises(ScriptError, match="Line 1"):
        director.play("juggle")


def test_unknown_camera_or_fault_is_refused(director):
    with pytest.raises(ValueError, match="no camera"):
        director.fault("third", "hang")
    with pytest.raises(ValueError, match="melt"):
        director.fault("main", "melt")

"""Cameras watched side by side: frames, faults and their end, and the newest picture as a file."""

from __future__ import annotations

import json
import shutil

import pytest
from booth_parts import FakeCamera
from device_tree import plug_in_dslr, plug_in_keys
from PIL import Image
from standin import wait_for

from hardware.errors import Unsupported
from kiosk.cli.device_tables import watch
from kiosk.devices.accessory_trials import try_printer, try_scanner
from kiosk.devices.plugging import Plugging
from kiosk.devices.trial import try_camera
from kiosk.devices.watching import WatchedCamera


@pytest.fixture
def camera():
    return FakeCamera("main")


def test_fault_is_counted_once_and_passes(camera):
    watched = WatchedCamera("main", camera)
    watched.start()
    try:
        wait_for(lambda: watched.seen().works)
        camera.away = True
        wait_for(lambda: not watched.seen().works)
        assert "Plug it in" in watched.seen().message
        camera.away = False
        wait_for(lambda: watched.seen().works)
        seen = watched.seen()
        assert seen.faults == 1
        assert seen.frames_per_second > 0
        assert seen.frame_age_s < 60
    finally:
        watched.stop()
    assert not camera.is_open


def test_driver_with_a_mistake_is_told_and_watched_on(camera):
    watched = WatchedCamera("main", camera)
    watched.start()
    try:
        wait_for(lambda: watched.seen().works)
        camera.frame_error = ZeroDivisionError("a mistake of ours")
        wait_for(lambda: "a mistake of ours" in watched.seen().message)
        assert not watched.seen().works
        camera.frame_error = None
        wait_for(lambda: watched.seen().works)
        assert watched.seen().faults == 1
    finally:
        watched.stop()


def test_camera_without_live_view_is_well(camera, monkeypatch):
    def refuse() -> None:
        raise Unsupported("It has no live view over USB.")

    monkeypatch.setattr(camera, "_do_start_live_view", refuse)
    watched = WatchedCamera("main", camera)
    watched.start()
    try:
        wait_for(lambda: watched.seen().works)
        assert watched.seen().frame is None
    finally:
        watched.stop()


def test_lines_and_pictures_are_left_for_others(camera, tmp_path, capsys):
    well = watch({"main": camera}, every_s=0.5, looks=3, folder=tmp_path, as_json=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 3
    assert well == lines[-1]["works"]
    assert well
    with Image.open(tmp_path / "main.jpg") as picture:
        assert picture.size[0] > 0
    assert [file.name for file in tmp_path.iterdir()] == ["main.jpg"]


def test_camera_that_is_away_fails_its_trial_with_what_to_do(camera):
    camera.away = True
    trial = try_camera("main", lambda: camera, seconds=0.0, still=True, still_deadline_s=1.0)
    assert not trial.passed
    assert "Plug it in" in trial.faults[0]
    assert trial.state is None or trial.state.fault == "gone"


class Absent:
    """Nothing answers."""

    name = "absent"

    def __enter__(self):
        from hardware.errors import DeviceLost

        raise DeviceLost("It is not plugged in. Check its cable.")

    def __exit__(self, *_):
        return None


def test_scanner_may_be_missing_unless_it_was_asked_for():
    assert try_scanner(Absent(), wanted=False).passed
    trial = try_scanner(Absent(), wanted=True)
    assert not trial.passed
    assert "cable" in trial.what
    assert not try_printer(Absent()).passed


def test_what_comes_and_goes_is_told_by_name(tmp_path):
    plugging = Plugging(tmp_path)
    assert plugging.look() == ()
    plug_in_dslr(tmp_path)
    plug_in_keys(tmp_path, 3, "Honeywell Scanner")
    plug_in_keys(tmp_path, 4, "USB Keyboard", "1a2c:2124")
    assert [str(each) for each in plugging.look()] == [
        "plugged in: DSLR Canon Inc. Canon Digital Camera at 1-1.4",
        "plugged in: barcode scanner Honeywell Scanner (0c2e:0b61)",
    ]
    shutil.rmtree(tmp_path / "sys/bus")
    assert [str(each) for each in plugging.look()] == [
        "pulled out: DSLR Canon Inc. Canon Digital Camera at 1-1.4"
    ]
    assert plugging.look() == ()

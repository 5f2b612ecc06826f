"""What the updater reads of the booth."""

from __future__ import annotations

import json

import pytest

from hardware.base import CameraState, Condition
from kiosk.booth.sign_of_life import SignOfLife, running_slot, sign_file


class Now:
    s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def now():
    return Now()


def make(file, now, state=None):
    state = state or CameraState("simulated", condition=Condition.READY)
    return SignOfLife(
        file, slot="1.0.0-a", camera=lambda: state, central=lambda: "offline",
        idle=lambda: True, boot="b", clock=now,
    )  # fmt: skip


def test_frames_drawn_and_seen_are_told(tmp_path, now):
    file = tmp_path / "sign.json"
    camera = CameraState("simulated", condition=Condition.READY, frame_age_s=0.5)
    sign = make(file, now, camera)
    sign.frame_drawn()
    now.s = 103.0
    sign.tell()
    told = json.loads(file.read_text())
    assert (told["frame_drawn_at"], told["camera_frame_at"], told["at"]) == (100.0, 102.5, 103.0)
    assert told["idle"] is True
    assert sign.camera_seen


def test_a_booth_that_never_saw_says_so(tmp_path, now):
    file = tmp_path / "sign.json"
    fault = CameraState("simulated", condition=Condition.PERMANENT_FAULT, fault="no camera")
    make(file, now, fault).tell()
    told = json.loads(file.read_text())
    assert (told["camera_frame_at"], told["camera_works"]) == (None, False)


def test_it_is_written_no_oftener_than_needed(tmp_path, now):
    file = tmp_path / "sign.json"
    sign = make(file, now)
    sign.tell()
    file.unlink()
    sign.tell()
    assert not file.exists()
    now.s += 2.5
    sign.tell()
    assert file.exists()


def test_a_folder_that_is_gone_does_not_stop_the_booth(tmp_path, now):
    make(tmp_path / "gone" / "sign.json", now).tell()


def test_outside_a_service_nothing_is_written(monkeypatch, tmp_path, now):
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    assert sign_file() is None
    make(None, now).tell()
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    assert sign_file() == tmp_path / "sign.json"


def test_the_release_is_known_by_its_folder(tmp_path):
    slot = tmp_path / "releases" / "1.0.0-abc"
    slot.mkdir(parents=True)
    (tmp_path / "current").symlink_to(slot)
    assert running_slot(str(tmp_path / "current")) == "1.0.0-abc"

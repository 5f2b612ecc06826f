"""What the booth writes down about its cameras, and how the doctor tells it."""

from __future__ import annotations

import pytest

from hardware.base import CameraState, Condition
from kiosk.booth.device_log import FILE, DeviceLog, read
from kiosk.doctor.camera_faults import camera_faults
from kiosk.doctor.finding import Status

READY = CameraState("gphoto2", "Nikon D750", condition=Condition.READY)
AWAY = CameraState(
    "gphoto2", "Nikon D750", condition=Condition.TEMPORARY_FAULT, fault="It is gone.", restarts=2
)


@pytest.fixture
def log(tmp_path):
    return DeviceLog(tmp_path / FILE)


def test_without_a_run_and_without_faults_all_is_well(log, tmp_path):
    assert camera_faults(tmp_path).status is Status.OK
    log.note({"main_camera": READY})
    finding = camera_faults(tmp_path)
    assert finding.status is Status.OK
    assert "None since" in finding.what


def test_restarts_and_the_last_fault_are_told_with_a_remedy(log, tmp_path):
    log.note({"main_camera": AWAY, "code_camera": READY})
    finding = camera_faults(tmp_path)
    assert finding.status is Status.WARNING
    for word in ("main camera", "Nikon D750", "2 times", "It is gone.", "It is away."):
        assert word in finding.what
    assert "code camera" not in finding.what
    assert "cable" in finding.remedy


def test_a_fault_that_is_over_is_remembered_with_its_time(log, tmp_path):
    log.note({"main_camera": AWAY})
    log.note({"main_camera": CameraState("gphoto2", condition=Condition.READY, restarts=3)})
    (record,) = read(tmp_path / FILE)
    assert (record.fault, record.restarts, record.condition) == ("It is gone.", 3, "ready")
    assert record.fault_at
    assert "It is away." not in camera_faults(tmp_path).what


def test_is_written_only_when_something_changed(log, tmp_path):
    log.note({"main_camera": READY})
    (tmp_path / FILE).unlink()
    log.note({"main_camera": READY})
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("text", ["", "{}", "[3]", '[{"name": 1}]'])
def test_a_damaged_file_is_none(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    assert camera_faults(tmp_path).status is Status.OK


def test_a_folder_that_is_gone_stops_nobody(tmp_path, caplog):
    DeviceLog(tmp_path / "missing" / FILE).note({"main_camera": READY})
    assert "cannot be written" in caplog.text

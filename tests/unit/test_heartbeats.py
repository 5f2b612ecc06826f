"""What a booth tells the central backend, and what it lets itself be told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from hardware.base import CameraState, Condition
from hardware.errors import FaultKind
from kiosk.booth.heartbeats import (
    SUPPORT_WANTED,
    Heartbeats,
    PushedInUse,
    RestartsOfHour,
    take_pushed,
)
from kiosk.central.contract import Heartbeat, HeartbeatAnswer
from kiosk.central.errors import CentralUnreachable
from kiosk.screens.model import DeviceState
from kiosk.settings import Settings, SettingsError
from kiosk.settings.pushed import FILE, Pushed, read_pushed, with_pushed, write_pushed

LONGER = {"visit.consent_time_out_s": 77.0}


class Central:
    """Takes heartbeats and answers with what is set."""

    def __init__(self) -> None:
        self.beats = []
        self.values: dict = {}
        self.revision = ""
        self.away = False
        self.ahead_s = 0.0
        self.support = ""

    def heartbeat(self, beat):
        if self.away:
            raise CentralUnreachable("no network")
        self.beats.append(beat)
        return HeartbeatAnswer(
            settings=self.values, settings_revision=self.revision, support=self.support,
            now=datetime.now(UTC) + timedelta(seconds=self.ahead_s),
        )  # fmt: skip


@pytest.fixture
def central():
    return Central()


def booth(central, tmp_path, in_use=None, fault=None):
    condition = Condition.READY if fault is None else Condition.PERMANENT_FAULT
    kind = None if fault is None else FaultKind.DISCONNECTED
    camera = CameraState("gphoto2", condition=condition, fault=fault, fault_kind=kind)
    counts = SimpleNamespace(waiting=2, refused=1, oldest_waiting_at=0.0)
    return Heartbeats(
        central, SimpleNamespace(counts=lambda: counts), {"main_camera": lambda: camera},
        lambda: (DeviceState("printer", works=False, fault="paper_out", said="no paper"),),
        lambda: None,
        data=tmp_path, in_use=in_use or PushedInUse(Settings()), every_s=60.0,
    )  # fmt: skip


def test_faults_and_the_outbox_are_told(central, tmp_path):
    booth(central, tmp_path, fault="no camera answers").beat()
    (beat,) = central.beats
    assert {d.name: d.fault for d in beat.devices} == {
        "main_camera": "no camera answers", "printer": "no paper",
    }  # fmt: skip
    assert {d.name: d.kind for d in beat.devices} == {
        "main_camera": "disconnected", "printer": "paper_out",
    }  # fmt: skip
    assert (beat.outbox_waiting, beat.outbox_refused) == (2, 1)
    assert beat.outbox_oldest_s > 1e9
    assert beat.disk_total_bytes > beat.disk_free_bytes > 0


def test_each_heartbeat_has_a_higher_number_also_after_a_restart(central, tmp_path):
    for _ in range(2):
        booth(central, tmp_path).beat()
    assert central.beats[0].number <= central.beats[1].number


def test_new_settings_are_kept_and_used_from_the_next_start(central, tmp_path):
    central.values, central.revision = LONGER, "r2"
    beats = booth(central, tmp_path)
    assert not beats.restart_wanted
    beats.beat()
    assert beats.restart_wanted
    in_use = take_pushed(Settings(), tmp_path)
    assert (in_use.settings.visit.consent_time_out_s, in_use.revision) == (77.0, "r2")
    again = booth(central, tmp_path, in_use)
    again.beat()
    assert not again.restart_wanted
    assert central.beats[-1].settings_revision == "r2"


def test_settings_taken_back_are_gone_with_the_next_start(central, tmp_path):
    write_pushed(tmp_path / FILE, Pushed("r2", LONGER))
    central.revision = "r3"
    booth(central, tmp_path, take_pushed(Settings(), tmp_path)).beat()
    assert take_pushed(Settings(), tmp_path).settings == Settings()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"central.url": "http://evil.example/"}, "may not be set from afar"),
        ({"main_camera.python": "/bin/sh"}, "may not be set from afar"),
        ({"visit.consent_time_out_s": "soon"}, "visit.consent_time_out_s"),
        ({"visit.no_such": 1}, "visit.no_such"),
        ({"visit": 1}, "visit"),
    ],
)
def test_what_must_not_be_set_is_refused_and_told(central, tmp_path, values, said):
    central.values, central.revision = {**LONGER, **values}, "r2"
    beats = booth(central, tmp_path)
    beats.beat()
    assert not beats.restart_wanted
    assert read_pushed(tmp_path / FILE) == Pushed()
    beats.beat()
    assert said in central.beats[-1].settings_problem
    with pytest.raises(SettingsError, match=said):
        with_pushed(Settings(), values)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"revision": 1}'])
def test_a_broken_file_is_as_if_nothing_was_pushed(tmp_path, content):
    (tmp_path / FILE).write_text(content)
    assert take_pushed(Settings(), tmp_path).settings == Settings()


def test_a_setting_that_no_longer_exists_after_an_update_does_not_stop_the_booth(tmp_path):
    write_pushed(tmp_path / FILE, Pushed("r2", {"visit.gone": 1}))
    in_use = take_pushed(Settings(), tmp_path)
    assert in_use.settings == Settings()
    assert "visit.gone" in in_use.problem


def test_without_a_network_it_goes_on(central, tmp_path):
    central.away = True
    beats = booth(central, tmp_path)
    beats.start()
    beats.stop()
    assert central.beats == []


def test_a_clock_that_is_off_is_told_with_the_next_heartbeat(central, tmp_path):
    central.ahead_s = 300.0
    beats = booth(central, tmp_path)
    beats.beat()
    beats.beat()
    assert central.beats[0].clock_offset_s is None
    assert central.beats[1].clock_offset_s == pytest.approx(-300.0, abs=30.0)


def test_restarts_are_counted_for_an_hour():
    counted = RestartsOfHour()
    assert [counted.note(0, 0.0), counted.note(2, 60.0), counted.note(3, 1800.0)] == [0, 2, 3]
    assert counted.note(3, 3661.0) == 1, "the first two were more than an hour ago"
    assert counted.note(3, 5401.0) == 0
    assert counted.note(9, 5402.0) == 6


def test_a_support_bundle_is_asked_for_until_nobody_wants_it(central, tmp_path):
    beats = booth(central, tmp_path)
    beats.beat()
    wanted = tmp_path / SUPPORT_WANTED
    assert not wanted.exists()
    central.support = "0123456789abcdef" * 2
    beats.beat()
    assert wanted.read_text() == central.support + "\n"


def test_older_and_newer_sides_understand_each_other():
    old = {"settings": {}, "settings_revision": ""}
    assert HeartbeatAnswer.model_validate(old).now is None
    assert HeartbeatAnswer.model_validate(old | {"of_a_newer_one": 1}).support == ""
    beat = {"number": 1, "version": "0.1", "devices": [{"name": "camera", "fault": ""}]}
    assert Heartbeat.model_validate(beat).temperature_c is None
    assert Heartbeat.model_validate(beat | {"of_a_newer_one": 1}).devices[0].restarts_hour == 0

"""The guard on a real folder of releases: it commits, goes back, and survives a power cut."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace

import pytest
from update_machine import NEW, OLD, PowerCut, TestMachine, cut_power_at

from kiosk.update.errors import SlotError
from kiosk.update.guard import place_units
from kiosk.update.state import UpdateState, read_state, state_lock, write_state
from kiosk.update.trial import Trial, Verdict


@pytest.fixture
def machine(tmp_path):
    return TestMachine(tmp_path).with_old()


def on_trial(machine: TestMachine) -> TestMachine:
    machine.install(NEW)
    write_state(machine.state_file, UpdateState(trial=Trial(NEW, "1.1.0")))
    machine.slots.make_current(NEW)
    return machine


def prove(machine: TestMachine) -> None:
    """Let the release on trial be healthy for eleven minutes."""
    for _ in range(23):
        machine.now_s += 30.0
        machine.say()
        machine.guard.judge()
        if "restart machine" in machine.asked:
            return


def test_a_good_release_is_committed_after_a_restart(machine):
    on_trial(machine).guard.start()
    prove(machine)
    assert machine.asked == ["restart machine"]
    assert machine.slots.committed == OLD
    machine.reboot()
    machine.asked.clear()
    machine.guard.start()
    prove(machine)
    assert machine.slots.committed == machine.slots.current == NEW
    assert machine.state.trial is None
    assert machine.asked == []


def test_a_release_that_crashes_at_start_is_gone_with_the_fourth(machine):
    on_trial(machine)
    for _ in range(3):
        machine.guard.start()
        assert machine.slots.current == NEW
    machine.guard.start()
    assert machine.slots.current == OLD
    assert "never stayed up" in machine.state.refused["1.1.0"]


def test_a_release_without_a_camera_goes_and_the_booth_is_started_again(machine):
    on_trial(machine).guard.start()
    while machine.state.trial is not None and machine.now_s < 1000.0:
        machine.now_s += 30.0
        machine.say(camera_works=False)
        machine.guard.judge()
    assert machine.slots.current == OLD
    assert machine.asked == ["restart outbox", "restart booth"]
    assert machine.state.last_error == "1.1.0: the main camera does not work"


def test_staff_can_go_back_at_once(machine):
    on_trial(machine).guard.roll_back("colours are wrong")
    assert machine.slots.current == OLD
    assert machine.state.refused == {"1.1.0": "colours are wrong"}
    with pytest.raises(SlotError, match="nothing to go back from"):
        machine.guard.roll_back("again")


def test_cut_off_before_the_switch_nothing_is_on_trial(machine):
    machine.install(NEW)
    write_state(machine.state_file, UpdateState(trial=Trial(NEW, "1.1.0")))
    machine.guard.start()
    assert machine.state.trial is None
    assert machine.slots.current == OLD
    assert machine.state.refused == {}


def test_without_a_trial_the_first_installation_counts_as_proved(tmp_path):
    machine = TestMachine(tmp_path)
    machine.slots.make_current(machine.install(OLD))
    machine.guard.start()
    assert machine.slots.committed == OLD


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 99}', '{"format": 1}', "null"])
def test_a_broken_state_file_does_not_keep_the_booth_from_starting(machine, content):
    machine.state_file.write_text(content)
    machine.guard.start()
    assert machine.slots.current == OLD
    assert read_state(machine.state_file) == UpdateState()


def test_anybody_at_the_booth_may_see_the_state_of_a_trial(machine):
    """The judge runs under the narrow umask of the booth's service."""
    on_trial(machine)
    before = os.umask(0o077)
    try:
        machine.guard.start()
    finally:
        os.umask(before)
    assert machine.state_file.stat().st_mode & 0o777 == 0o644


def test_a_trial_that_was_forgotten_begins_anew(machine):
    """The disk has lost the state file, not the links: the release is judged all the same."""
    on_trial(machine)
    machine.state_file.write_text("{")
    machine.guard.start()
    assert machine.state.trial.slot == NEW
    assert machine.state.trial.starts == 1
    for _ in range(3):
        machine.guard.start()
    assert machine.slots.current == OLD
    assert "1.1.0" in machine.state.refused


def test_a_link_to_what_is_not_whole_is_given_up(machine):
    on_trial(machine)
    write_state(machine.state_file, UpdateState())
    (machine.slots.folder(NEW) / ".complete").unlink()
    machine.guard.start()
    assert machine.slots.current == OLD
    assert machine.state.trial is None


def test_what_a_newer_release_wrote_is_read_without_what_it_added(machine):
    on_trial(machine)
    data = json.loads(machine.state_file.read_text())
    data["trial"]["mood"] = data["trial"]["limits"]["mood"] = "good"
    machine.state_file.write_text(json.dumps(data))
    assert machine.state.trial.slot == NEW


def test_who_judges_waits_for_who_writes(machine):
    """Two that read, think and write at once would lose what one of them wrote."""
    on_trial(machine).guard.start()
    machine.guard.judge()
    machine.now_s += 301.0
    judging = threading.Thread(target=machine.guard.judge)
    with state_lock(machine.state_file):
        state = machine.state
        judging.start()
        judging.join(0.2)
        assert judging.is_alive()
        write_state(machine.state_file, replace(state, last_checked="now"))
    judging.join(10.0)
    assert machine.state.last_checked == "now"
    assert "1.1.0" in machine.state.refused


def _steps_of(monkeypatch, tmp_path, prepare, act) -> int:
    with monkeypatch.context() as patch:
        machine = prepare(TestMachine(tmp_path / "counted").with_old())
        count = cut_power_at(patch, -1)
        act(machine)
        return count()


def _going_back(machine: TestMachine) -> TestMachine:
    on_trial(machine).guard.start()
    machine.guard.judge()
    machine.now_s += 301.0
    return machine


def _committing(machine: TestMachine) -> TestMachine:
    on_trial(machine).guard.start()
    prove(machine)
    machine.reboot()
    machine.guard.start()
    for _ in range(20):
        machine.now_s += 30.0
        machine.say()
        machine.guard.judge()
    machine.now_s += 30.0
    machine.say()
    return machine


@pytest.mark.parametrize(
    ("prepare", "verdict", "after"),
    [(_going_back, Verdict.ROLL_BACK, OLD), (_committing, Verdict.COMMIT, NEW)],
)
def test_a_power_cut_anywhere_leaves_a_booting_booth(
    monkeypatch, tmp_path, prepare, verdict, after
):
    """At every write of a commit and of a way back; then the machine boots and is looked at."""
    steps = _steps_of(monkeypatch, tmp_path, prepare, lambda m: m.guard.judge())
    assert steps >= 8
    for number in range(1, steps + 1):
        machine = prepare(TestMachine(tmp_path / f"cut-{number}").with_old())
        machine.asked.clear()
        with monkeypatch.context() as patch:
            cut_power_at(patch, number)
            with pytest.raises(PowerCut):
                machine.guard.judge()
        machine.reboot()
        machine.guard.start()  # before the booth: as systemd does
        assert machine.slots.is_complete(machine.slots.current), number
        assert machine.slots.is_complete(machine.slots.committed), number
        state = machine.state
        if state.trial is None:
            assert machine.slots.current == machine.slots.committed, number
            assert (machine.slots.current == after) or state.refused == {}, number
        else:
            # Cut before anything was decided: it is on trial as before, and is judged again.
            assert machine.slots.current == NEW, number
            assert machine.slots.committed == OLD, number


@pytest.mark.parametrize("fails", [0, 1, 2, 99])
def test_units_are_placed_although_systemd_cannot_start_their_service_at_once(fails):
    asked, pauses = [], []

    def ask(*words: str) -> bool:
        asked.append(words)
        return len(asked) > fails

    place_units(ask, pauses.append)
    assert asked == [("start", "kiosk-units.service")] * min(fails + 1, 3)
    assert len(pauses) == len(asked) - 1, "the booth is kept waiting for no more than two of them"

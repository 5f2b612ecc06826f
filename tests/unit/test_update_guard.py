"""The guard on a real folder of releases: it commits, goes back, and survives a power cut."""

from __future__ import annotations

import pytest
from update_machine import NEW, OLD, PowerCut, TestMachine, cut_power_at

from kiosk.update.errors import SlotError
from kiosk.update.state import UpdateState, read_state, write_state
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

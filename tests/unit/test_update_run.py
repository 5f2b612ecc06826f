"""One look for a new version on a booth: what is done, when, and what a power cut leaves."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from update_machine import OLD, PowerCut, TestMachine, cut_power_at
from update_releases import PLATFORM, Operations

from kiosk.update.booth_update import Booth, BoothUpdate, Outcome, in_window
from kiosk.update.errors import InstallFailed, PreflightFailed, UpdateError
from kiosk.update.on_this_machine import is_idle
from kiosk.update.slots import Slots
from kiosk.update.state import write_state
from kiosk.update.trial import TrialLimits


class Place:
    """A booth whose releases come from `operations`; nothing but pip and systemd is left out."""

    def __init__(self, folder: Path, operations: Operations) -> None:
        self.operations = operations
        self.machine = TestMachine(folder).with_old()
        self.idle = self.window = True
        self.preflight_says = ""
        self.stop_says = ""
        self.install_says = ""
        self.booth_runs = True
        self.meanwhile: Callable[[Path, Path], None] | None = None
        self.did: list[str] = []

    def update(self) -> BoothUpdate:
        """Return the updater, as it is started anew each time."""
        machine = self.machine
        return BoothUpdate(
            repository=self.operations.seen_from(machine.folder / "var"),
            slots=machine.slots,
            guard=machine.guard,
            state_file=machine.state_file,
            platform=PLATFORM,
            booth=Booth(lambda: self.idle, self._stop, self._start, self._preflight),
            install=self._install,
            in_window=lambda: self.window,
            limits=TrialLimits(healthy_for_s=60.0),
            tidy=lambda: self.did.append("tidy"),
        )

    def _stop(self) -> None:
        self.booth_runs = False
        if self.stop_says:
            raise UpdateError(self.stop_says)
        self.did.append("stop")

    def _start(self) -> None:
        self.booth_runs = True
        self.did.append("start")

    def _preflight(self, old: Path, new: Path) -> None:
        assert (old.name, self.booth_runs) == (OLD, False)
        assert new.is_dir()
        self.did.append("preflight")
        if self.meanwhile is not None:
            self.meanwhile(old, new)
        if self.preflight_says:
            raise PreflightFailed(self.preflight_says)

    def _install(self, release, wheels) -> str:
        if self.install_says:
            raise InstallFailed(self.install_says)
        folder = self.machine.slots.begin(release.slot)
        for wheel in wheels:
            shutil.copy(wheel, folder)
        self.machine.slots.mark_complete(release.slot)
        self.did.append("install")
        return release.slot


@pytest.fixture
def place(tmp_path):
    operations = Operations(tmp_path / "operations")
    operations.release("1.1.0")
    return Place(tmp_path / "booth", operations)


def test_a_new_version_is_installed_checked_and_put_on_trial(place):
    report = place.update().run()
    assert (report.outcome, report.version) == (Outcome.SWITCHED, "1.1.0")
    assert place.did == ["tidy", "install", "stop", "preflight", "start"]
    assert place.machine.slots.current.startswith("1.1.0-")
    assert place.machine.slots.committed == OLD
    assert place.machine.state.trial.version == "1.1.0"
    assert place.update().run().outcome is Outcome.ON_TRIAL


def test_outside_the_window_it_is_only_made_ready(place):
    place.window = False
    assert place.update().run().outcome is Outcome.WAITING
    assert place.did == ["tidy", "install"]
    place.window = True
    assert place.update().run().outcome is Outcome.SWITCHED
    assert place.did.count("install") == 1


def test_nobody_is_interrupted_not_even_with_now(place):
    place.idle = False
    assert place.update().run(now=True).outcome is Outcome.WAITING
    assert place.booth_runs


def test_a_version_that_fails_its_preflight_is_not_tried_again(place):
    place.preflight_says = "main camera: cannot be opened"
    report = place.update().run()
    assert (report.outcome, report.message) == (Outcome.REFUSED, "main camera: cannot be opened")
    assert place.booth_runs
    assert place.machine.slots.current == OLD
    assert place.update().run().outcome is Outcome.UP_TO_DATE
    place.operations.release("1.1.1")
    place.preflight_says = ""
    assert place.update().run().version == "1.1.1"


def test_a_booth_that_does_not_stop_in_time_is_started_again(place):
    place.stop_says = "systemctl stop kiosk.service: timed out"
    report = place.update().run()
    assert (report.outcome, place.booth_runs) == (Outcome.FAILED, True)
    assert place.machine.slots.current == OLD
    assert place.machine.state.trial is None


def test_two_looks_at_once_are_one(place):
    """Somebody types `kiosk update run` while the timer's look is under way."""
    inner = place.update()
    reports = []

    def meanwhile(old: Path, new: Path) -> None:
        reports.append(inner.run(now=True))

    place.meanwhile = meanwhile
    assert place.update().run().outcome is Outcome.SWITCHED
    assert [report.outcome for report in reports] == [Outcome.BUSY]
    assert place.did.count("install") == 1


def test_what_was_refused_meanwhile_stays_refused(place):
    """A way back that falls into a preflight is not written over."""

    def meanwhile(old: Path, new: Path) -> None:
        state = place.machine.state
        write_state(place.machine.state_file, replace(state, refused={"1.0.5": "by hand"}))

    place.meanwhile = meanwhile
    assert place.update().run().outcome is Outcome.SWITCHED
    assert place.machine.state.refused == {"1.0.5": "by hand"}


def test_wheels_of_a_release_that_is_passed_over_make_room_before_the_next(place):
    place.install_says = "cut off"
    place.update().run()
    wheels = place.machine.folder / "var" / "wheels"
    assert [p.name.split("-")[1] for p in wheels.glob("*.whl")] == ["1.1.0"]
    place.operations.release("1.1.1")
    place.update().run()
    assert [p.name.split("-")[1] for p in wheels.glob("*.whl")] == ["1.1.1"]


def test_a_failed_installation_is_tried_again_and_stops_nothing(place):
    place.install_says = "disk full"
    report = place.update().run()
    assert (report.outcome, place.booth_runs) == (Outcome.FAILED, True)
    assert place.machine.state.last_error == "disk full"
    place.install_says = ""
    assert place.update().run().outcome is Outcome.SWITCHED


def test_no_network_is_told_and_forgotten_with_the_next_success(place):
    served = place.operations.served
    served.rename(served.with_name("away"))
    assert place.update().run().outcome is Outcome.FAILED
    assert "cannot be read now" in place.machine.state.last_error
    served.with_name("away").rename(served)
    place.window = False
    place.update().run()
    assert place.machine.state.last_error == ""
    assert place.machine.state.last_checked


def test_an_older_version_is_never_taken(place, tmp_path):
    old = Operations(tmp_path / "old")
    old.release("0.9.0")
    place.operations = old
    assert place.update().run(wanted="0.9.0").outcome is Outcome.UP_TO_DATE
    assert place.machine.slots.current == OLD


def test_the_disk_holds_two_releases_and_no_third(place):
    for version in ("1.1.1", "1.1.2"):
        place.window = False
        place.update().run()
        place.operations.release(version)
    place.window = True
    place.update().run()
    left = sorted(p.name.split("-")[0] for p in (place.machine.root / "releases").iterdir())
    assert left == ["1.0.0", "1.1.2"]


def _healthy(place: Place) -> None:
    """Boot the machine and let whatever runs prove itself, as systemd's timers do."""
    machine = place.machine
    for _ in range(3):
        machine.reboot()
        machine.guard.start()
        for _ in range(4):
            machine.now_s += 30.0
            machine.say()
            machine.guard.judge()


def test_a_power_cut_at_any_write_leaves_a_booth_that_boots_and_updates(monkeypatch, tmp_path):
    """From the first look to the commit: cut, boot, look again; it always gets there."""
    operations = Operations(tmp_path / "operations")
    operations.release("1.1.0")

    def everything(place: Place) -> None:
        place.update().run()
        _healthy(place)

    whole = Place(tmp_path / "whole", operations)
    with monkeypatch.context() as patch:
        count = cut_power_at(patch, -1)
        everything(whole)
        steps = count()
    assert steps >= 40
    for number in range(1, steps + 1):
        place = Place(tmp_path / f"cut-{number}", operations)
        with monkeypatch.context() as patch:
            cut_power_at(patch, number)
            with pytest.raises(PowerCut):
                everything(place)
        slots = Slots(place.machine.root)
        assert slots.is_complete(slots.current), number
        assert slots.is_complete(slots.committed), number
        place.machine.reboot()
        place.machine.guard.start()
        assert slots.is_complete(slots.current), number
        everything(place)
        assert slots.current == slots.committed, number
        assert slots.current.startswith("1.1.0-"), number
        assert place.machine.state.refused == {}, number


@pytest.mark.parametrize(
    ("now", "begin", "end", "inside"),
    [("02:00", "02:00", "05:00", True), ("05:00", "02:00", "05:00", False),
     ("23:30", "23:00", "01:00", True), ("00:30", "23:00", "01:00", True),
     ("12:00", "23:00", "01:00", False)],
)  # fmt: skip
def test_the_window_may_reach_over_midnight(now, begin, end, inside):
    assert in_window(*(time.fromisoformat(t) for t in (now, begin, end))) is inside


def test_a_booth_in_a_visit_says_so_and_one_that_is_down_serves_nobody(place):
    machine = place.machine
    assert is_idle(machine.sign_file)
    machine.say(idle=False)
    assert not is_idle(machine.sign_file)
    machine.sign_file.write_text("[]")
    assert is_idle(machine.sign_file)

"""Fifty booths with a real updater each, signed releases, and the real central backend over HTTP.

One version is bad on every third booth: it must be stopped by itself long before all have it, and
no booth may stay behind on it. The next version is good and reaches all. Installing, starting and
judging are the booths' own; only wheels are not unpacked and no window is drawn.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from central_server import RunningCentral
from update_machine import OLD, TestMachine
from update_releases import PLATFORM, Operations

from kiosk.central.client import CentralClient
from kiosk.central.contract import ReleaseReport
from kiosk.central.service import booths, rollouts
from kiosk.central.service.context import Service
from kiosk.update.booth_update import Booth, BoothUpdate
from kiosk.update.slots import version_of_slot
from kiosk.update.trial import TrialLimits

BOOTHS, PILOTS, NIGHTS = 50, 4, 12
STAGES = "pilot 100\n10\n40\n100"
BAD, GOOD = "1.1.0", "1.2.0"


class BoothOfFifty:
    """One booth: it asks what to run, takes it, and proves it or goes back."""

    def __init__(
        self, number: int, folder: Path, operations: Operations, client: CentralClient
    ) -> None:
        self.machine = TestMachine(folder).with_old()
        self._bears_the_bad_one = number % 3 != 0
        self._operations, self._client = operations, client

    @property
    def version(self) -> str:
        return version_of_slot(self.machine.slots.current or "")

    def night(self) -> None:
        state, committed = self.machine.state, self.machine.slots.committed or ""
        report = ReleaseReport(
            committed=version_of_slot(committed),
            on_trial=state.trial.version if state.trial else "",
            refused=dict(state.refused),
        )
        wanted = self._client.release(report).wanted
        if wanted:
            self._update().run(wanted=wanted)
        self._run_until_judged()

    def _run_until_judged(self) -> None:
        machine = self.machine
        for _ in range(3):
            machine.reboot()
            machine.guard.start()
            for _ in range(6):
                machine.now_s += 30.0
                machine.say(frame_drawn_at=machine.now_s if self._draws() else None)
                machine.guard.judge()
                if machine.state.trial is None:
                    return

    def _draws(self) -> bool:
        return self._bears_the_bad_one or self.version != BAD

    def _update(self) -> BoothUpdate:
        machine = self.machine
        return BoothUpdate(
            repository=self._operations.seen_from(machine.folder / "var"),
            slots=machine.slots,
            guard=machine.guard,
            state_file=machine.state_file,
            platform=PLATFORM,
            booth=Booth(lambda: True, lambda: None, lambda: None, lambda old, new: None),
            install=self._install,
            in_window=lambda: True,
            limits=TrialLimits(healthy_within_s=60.0, healthy_for_s=30.0),
        )

    def _install(self, release, wheels) -> str:
        folder = self.machine.slots.begin(release.slot)
        for wheel in wheels:
            shutil.copy(wheel, folder)
        self.machine.slots.mark_complete(release.slot)
        return release.slot


@pytest.fixture
def central(fresh_central: RunningCentral) -> RunningCentral:
    return fresh_central


@pytest.fixture
def service(service_of_central: Service) -> Service:
    return service_of_central


def _fleet(
    central: RunningCentral, service: Service, folder: Path, operations: Operations
) -> list[BoothOfFifty]:
    now = service.clock()

    def enrol(session):
        # The demonstration's own booth is in nobody's way.
        for booth in session.query(booths.Booth):
            booth.revoked_at = now
        return [
            booths.enrol(session, f"b-{n}", now, "pilot" if n < PILOTS else "")
            for n in range(BOOTHS)
        ]

    tokens = service.database.write(enrol)
    return [
        BoothOfFifty(n, folder / f"b-{n}", operations, central.client(token))
        for n, token in enumerate(tokens)
    ]


def _roll_out(service: Service, fleet: list[BoothOfFifty], version: str) -> str:
    """Let nights pass until it is through or has stopped; return why it stopped."""
    now = service.clock()
    service.database.write(lambda s: rollouts.begin(s, version, STAGES, "operations", now) and None)

    def newest(session):
        row = rollouts.all_rollouts(session)[0]
        return row.halted, row.is_finished

    for _ in range(NIGHTS):
        for booth in fleet:
            booth.night()
        rollouts.advance_job(service, {})
        halted, finished = service.database.read(newest)
        if halted or finished:
            return halted
    raise AssertionError(f"{version} is neither through nor stopped after {NIGHTS} nights")


def test_a_bad_version_is_stopped_by_itself_and_the_next_reaches_all(
    central: RunningCentral, service: Service, tmp_path: Path
) -> None:
    operations = Operations(tmp_path / "operations")
    operations.release(BAD)
    fleet = _fleet(central, service, tmp_path / "booths", operations)
    halted = _roll_out(service, fleet, BAD)
    assert "went back" in halted
    tried = [b for b in fleet if b.version == BAD or BAD in b.machine.state.refused]
    assert len(tried) <= 0.4 * BOOTHS + PILOTS, "stopped before the stage that reaches all"
    for booth in fleet:
        slots = booth.machine.slots
        assert slots.current == slots.committed, "none hangs between two versions"
        assert booth.version in (BAD, version_of_slot(OLD))
        assert booth.version != BAD or booth._draws()
    before = [b.version for b in fleet]
    for booth in fleet:
        booth.night()
    assert [b.version for b in fleet] == before, "nobody else takes it, who has it keeps it"
    operations.release(GOOD)
    assert _roll_out(service, fleet, GOOD) == ""
    for booth in fleet:
        booth.night()
    assert {b.version for b in fleet} == {GOOD}

"""One look for a new version, and what follows from it, in an order that survives a power cut.

Downloading and installing into a slot change nothing that runs. Only then, in the maintenance
window and with nobody at the booth, it is stopped, the new release is checked, the trial is
written down, the link is switched, and the booth starts again; `guard` watches from there on.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from enum import StrEnum
from pathlib import Path

from kiosk.update.errors import PreflightFailed, SlotError, UpdateError
from kiosk.update.guard import Guard
from kiosk.update.release import Release, choose
from kiosk.update.repository import Repository
from kiosk.update.slots import Slots, version_of_slot
from kiosk.update.state import UpdateState, read_state, state_lock, write_state
from kiosk.update.trial import Trial, TrialLimits

_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """How a look for a new version ended."""

    UP_TO_DATE = "up to date"
    ON_TRIAL = "a release is on trial"
    WAITING = "installed; waits for the maintenance window and an empty booth"
    SWITCHED = "switched; the new release is on trial"
    REFUSED = "the new release did not pass its checks"
    FAILED = "could not be done now"
    BUSY = "an update is under way already"


@dataclass(frozen=True, slots=True)
class Report:
    """An outcome, the version it is about, and a sentence for people."""

    outcome: Outcome
    version: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Booth:
    """The running booth, handed in.

    Attributes:
        is_idle: whether nobody is in the middle of a visit.
        stop: stops the booth's service, and returns when it has stopped.
        start: starts it.
        preflight: checks a slot against another; raises `PreflightFailed`.
    """

    is_idle: Callable[[], bool]
    stop: Callable[[], None]
    start: Callable[[], None]
    preflight: Callable[[Path, Path], None]


@dataclass(frozen=True, slots=True)
class BoothUpdate:
    """Updates this machine.

    Attributes:
        repository: the signed releases.
        slots: the releases here.
        guard: settles what an earlier run left.
        state_file: see `kiosk.update.state`.
        platform: see `kiosk.update.release.this_platform`.
        booth: the running booth.
        install: puts a release's wheels into its slot and returns the slot.
        in_window: whether it may be done now.
        limits: what a new release is held to.
        tidy: removes what an earlier run left that was cut off.
        keep: older releases to keep.
    """

    repository: Repository
    slots: Slots
    guard: Guard
    state_file: Path
    platform: str
    booth: Booth
    install: Callable[[Release, list[Path]], str]
    in_window: Callable[[], bool]
    limits: TrialLimits
    tidy: Callable[[], None] = lambda: None
    keep: int = 0

    def run(self, *, wanted: str | None = None, now: bool = False) -> Report:
        """Look for a new version and take it if it is time.

        Args:
            wanted: the version the central backend has this booth run; None: the newest.
            now: do not wait for the maintenance window; an empty booth is waited for all the same.

        Returns:
            What happened. Everything anticipated is in the report and in the state, nothing is
            raised: the booth goes on with what it has.
        """
        try:
            with self._alone() as alone:
                if not alone:
                    return Report(Outcome.BUSY)
                self.tidy()
                report = self._run(self.guard.settle(), wanted=wanted, now=now)
        except (UpdateError, OSError) as error:
            _log.error("%s", error)
            report = Report(Outcome.FAILED, message=str(error))
        self._remember(report)
        return report

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Yield whether no other process updates this booth; none begins to before this ends."""
        self.state_file.parent.mkdir(parents=True, exist_ok=True)
        with self.state_file.with_name(".update.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _run(self, state: UpdateState, *, wanted: str | None, now: bool) -> Report:
        if state.trial is not None:
            return Report(Outcome.ON_TRIAL, state.trial.version)
        committed = self.slots.committed
        if committed is None:
            raise SlotError("No release is committed here. Run install.sh first.")
        self.repository.refresh()
        version = choose(
            self.repository.versions(self.platform),
            running=version_of_slot(committed),
            refused=state.refused,
            wanted=wanted,
        )
        if version is None:
            return Report(Outcome.UP_TO_DATE, version_of_slot(committed))
        release = self.repository.release(version, self.platform)
        self.slots.remove_others(wanted=release.slot, keep=self.keep)
        if not self.slots.is_complete(release.slot):
            self.repository.forget_others(release)
            self.install(release, self.repository.fetch(release))
        if not (now or self.in_window()) or not self.booth.is_idle():
            return Report(Outcome.WAITING, version)
        return self._switch(release, committed)

    def _switch(self, release: Release, committed: str) -> Report:
        """Stop, check, write down, switch, start. The booth starts again whatever happens."""
        try:
            self.booth.stop()
            self.booth.preflight(self.slots.folder(committed), self.slots.folder(release.slot))
            trial = Trial(release.slot, release.version, limits=self.limits)
            with state_lock(self.state_file):
                # Read again: much may have happened since the look began.
                write_state(self.state_file, replace(read_state(self.state_file), trial=trial))
                self.slots.make_current(release.slot)
        except PreflightFailed as error:
            reason = str(error)
            with state_lock(self.state_file):
                state = read_state(self.state_file)
                refused = {**state.refused, release.version: reason}
                write_state(self.state_file, replace(state, refused=refused, last_error=reason))
            return Report(Outcome.REFUSED, release.version, reason)
        finally:
            self.booth.start()
        return Report(Outcome.SWITCHED, release.version)

    def _remember(self, report: Report) -> None:
        """Keep when releases were last looked for, and what went wrong."""
        try:
            with state_lock(self.state_file):
                state = read_state(self.state_file)
                error = report.message or ("" if state.trial is None else state.last_error)
                checked = datetime.now(UTC).isoformat(timespec="seconds")
                write_state(self.state_file, replace(state, last_error=error, last_checked=checked))
        except OSError as error:
            _log.error("the state of updates cannot be written: %s", error)


def in_window(now: time, begin: time, end: time) -> bool:
    """Return whether a time of day lies in a window, which may reach over midnight."""
    if begin <= end:
        return begin <= now < end
    return now >= begin or now < end

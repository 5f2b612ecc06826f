"""Before each start of the booth, and every minute: is the release on trial still to be trusted?

Runs from the committed release, so that it works when the new one does not. Every step is written
down before it is done and can be done again: a power cut anywhere is mended by the next `start`.
Standard library only.

    python -m kiosk.update.guard start|judge
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hardware import journal
from kiosk.update.errors import SlotError
from kiosk.update.slots import Slots, version_of_slot
from kiosk.update.state import UpdateState, read_state, state_lock, write_state
from kiosk.update.trial import (
    Judgement,
    Phase,
    Sign,
    Trial,
    Verdict,
    judge,
    started,
)

_log = logging.getLogger(__name__)

_SYSTEMCTL_S = 30.0
_PLACING_TRIES = 3
_PLACING_PAUSE_S = 1.0
_BOOT_VARIABLE = "CAMPUS_CAPTURE_BOOT_ID"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Machine:
    """The clock and the power switch, handed in.

    Attributes:
        boot: the kernel's identifier of this boot.
        boot_clock: seconds since the machine booted.
        restart_booth: starts the booth's service anew.
        restart_outbox: starts the outbox's service anew, should it run: it runs the old program
            until then.
        restart_machine: restarts the machine.
        place_units: puts the units of the release that runs now in place, see
            `kiosk.update.units`; returns when that is done, and never fails.
    """

    boot: str
    boot_clock: Callable[[], float]
    restart_booth: Callable[[], None]
    restart_outbox: Callable[[], None]
    restart_machine: Callable[[], None]
    place_units: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Guard:
    """Watches over the release on trial.

    Attributes:
        slots: the releases.
        state_file: see `kiosk.update.state`.
        sign_file: where the booth leaves its signs of life.
        machine: this machine.
    """

    slots: Slots
    state_file: Path
    sign_file: Path
    machine: Machine

    def start(self) -> None:
        """Called before each start of the booth's service: finish what was cut off, count it.

        Raises:
            OSError: the disk does not take what has to be written.
        """
        with state_lock(self.state_file):
            state = self._settle()
            if state.trial is None:
                return
            self._act(state, started(state.trial, self.machine.boot), booth_starts=True)

    def judge(self) -> Judgement | None:
        """Look at the release on trial; None when none is.

        Raises:
            OSError: the disk does not take what has to be written.
        """
        with state_lock(self.state_file):
            state = self._settle()
            if state.trial is None:
                return None
            now_s = self.machine.boot_clock()
            result = judge(state.trial, self._sign(), boot=self.machine.boot, now_s=now_s)
            self._act(state, result, booth_starts=False)
            return result

    def settle(self) -> UpdateState:
        """Finish a step that was cut off; return the state after it."""
        with state_lock(self.state_file):
            return self._settle()

    def _settle(self) -> UpdateState:
        state = read_state(self.state_file)
        trial = state.trial
        if trial is None:
            return self._without_trial(state)
        if trial.phase is Phase.ROLLING_BACK:
            return self._roll_back(state, trial)
        if trial.phase is Phase.COMMITTING:
            return self._commit(state, trial)
        if self.slots.current != trial.slot:
            # Cut off before the switch, or somebody switched by hand: nothing is on trial.
            return self._write(replace(state, trial=None))
        return state

    def roll_back(self, reason: str) -> UpdateState:
        """Go back to the committed release at once.

        Raises:
            SlotError: nothing is on trial.
        """
        with state_lock(self.state_file):
            state = self._settle()
            if state.trial is None:
                raise SlotError("No release is on trial: there is nothing to go back from.")
            trial = replace(state.trial, phase=Phase.ROLLING_BACK, reason=reason)
            state = self._roll_back(self._write(replace(state, trial=trial)), trial)
        self.machine.restart_booth()
        return state

    def _act(self, state: UpdateState, result: Judgement, *, booth_starts: bool) -> None:
        state = self._write(replace(state, trial=result.trial))
        if result.verdict is Verdict.ROLL_BACK:
            _log.error("release %s goes: %s", result.trial.version, result.reason)
            self._roll_back(state, result.trial)
            if not booth_starts:  # else it is about to start anyhow
                self.machine.restart_booth()
        elif result.verdict is Verdict.COMMIT:
            self._commit(state, result.trial)
        elif result.verdict is Verdict.RESTART_MACHINE:
            _log.info("release %s is healthy: the machine restarts once", result.trial.version)
            self.machine.restart_machine()

    def _without_trial(self, state: UpdateState) -> UpdateState:
        """Without a trial the committed release runs, or the link is from before there were any.

        One that runs, is whole and has not proved itself was on trial when the state was lost.
        """
        current, committed = self.slots.current, self.slots.committed
        if committed is None and current is not None:
            self.slots.make_committed(current)
        elif committed is not None and (current is None or not self.slots.is_complete(current)):
            self.slots.make_current(committed)
        elif committed is not None and current is not None and current != committed:
            _log.warning("%s runs and has never proved itself: it is on trial", current)
            return self._write(replace(state, trial=Trial(current, version_of_slot(current))))
        return state

    def _roll_back(self, state: UpdateState, trial: Trial) -> UpdateState:
        committed = self.slots.committed
        if committed is None:
            raise SlotError("There is no committed release to go back to. Run install.sh again.")
        self.slots.make_current(committed)
        self.machine.place_units()
        self.machine.restart_outbox()
        _log.warning("the booth is back on %s", committed)
        return self._write(
            replace(
                state,
                trial=None,
                refused={**state.refused, trial.version: trial.reason},
                last_error=f"{trial.version}: {trial.reason}",
            )
        )

    def _commit(self, state: UpdateState, trial: Trial) -> UpdateState:
        self.slots.make_committed(trial.slot)
        _log.info("release %s has proved itself", trial.version)
        state = self._write(replace(state, trial=None, last_error=""))
        # Cut off here, it is done at the next boot.
        self.machine.place_units()
        return state

    def _write(self, state: UpdateState) -> UpdateState:
        write_state(self.state_file, state)
        return state

    def _sign(self) -> Sign | None:
        try:
            data = json.loads(self.sign_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return Sign.from_json(data) if isinstance(data, dict) else None


def boot_identifier() -> str:
    """Return which boot this is: as systemd counts them, which its units hand over.

    The kernel's own says the same, but for a container, which boots without its kernel.
    """
    return os.environ.get(_BOOT_VARIABLE) or _BOOT_ID.read_text(encoding="ascii").strip()


def this_machine(service: str = "kiosk.service", outbox: str = "kiosk-outbox.service") -> Machine:
    """Return the machine this runs on."""

    def systemctl(*words: str) -> None:
        ask_systemd("--no-block", *words)

    def restart_booth() -> None:
        ask_systemd("reset-failed", service)
        systemctl("restart", service)

    return Machine(
        boot=boot_identifier(),
        boot_clock=lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
        restart_booth=restart_booth,
        restart_outbox=lambda: systemctl("try-restart", outbox),
        restart_machine=lambda: systemctl("reboot"),
        place_units=place_units,
    )


def ask_systemd(*words: str) -> bool:
    """Ask systemd for something; return whether it did it.

    What it refuses is logged: a booth goes on without it.
    """
    command = ["systemctl", *words]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, check=False, capture_output=True, text=True, timeout=_SYSTEMCTL_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.error("%s: %s", " ".join(command), error)
        return False
    if done.returncode:
        _log.error("%s: %s", " ".join(command), done.stderr.strip())
    return done.returncode == 0


def place_units(
    ask: Callable[..., bool] = ask_systemd, pause: Callable[[float], None] = time.sleep
) -> None:
    """Have kiosk-units.service put the units of the release that runs in place, and wait for it.

    Asked again when it fails: just after a start of the same service systemd cannot always start
    it once more (its control group is still being taken down). After that systemd tries on its own.
    """
    for attempt in range(_PLACING_TRIES):
        if attempt:
            pause(_PLACING_PAUSE_S)
        if ask("start", "kiosk-units.service"):
            return


def main(arguments: list[str] | None = None) -> int:
    """Run `start` or `judge`. The exit code is 1 when that was not possible."""
    journal.set_up("%(message)s")
    parser = argparse.ArgumentParser(prog="python -m kiosk.update.guard")
    parser.add_argument("step", choices=("start", "judge"))
    parser.add_argument("--root", type=Path, default=Path("/opt/campus-capture-kiosk"))
    parser.add_argument(
        "--state", type=Path, default=Path("/var/lib/campus-capture-kiosk-update/state.json")
    )
    parser.add_argument("--sign", type=Path, default=Path("/run/campus-capture-kiosk/sign.json"))
    given = parser.parse_args(arguments)
    guard = Guard(Slots(given.root), given.state, given.sign, this_machine())
    try:
        guard.start() if given.step == "start" else guard.judge()
    except (OSError, SlotError) as error:
        _log.error("%s", error)
        return 1
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())

"""What a new release must show from its slot before it may run, while the old one stands ready.

It must be no worse than the old: what `kiosk doctor` finds failed now must have been failed
before. And the data must stay good for both: the new one takes up a copy of the outbox, and the
old one must still read that copy afterwards, so that going back never needs a way back for data.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kiosk.update.errors import PreflightFailed

_SAID_LINES = 5
_OUTBOX_VARIABLE = "KIOSK_OUTBOX__DIRECTORY"
_ENDED_WELL = (0, 1)
"""1: done, and something is to be told; what, is in the JSON lines."""
_COUNTED = ("waiting", "sent", "refused", "broken")
_SCRATCH = ".preflight-"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    error: str


Runner = Callable[[Sequence[str], Mapping[str, str]], Answer]
"""Runs a command with these variables on top; never raises."""


def run_as(user: str | None, time_out_s: float) -> Runner:
    """Return what runs commands as a user, None for this one."""

    def run(command: Sequence[str], environment: Mapping[str, str]) -> Answer:
        before = (
            ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
            if user is not None
            else []
        )
        try:
            done = subprocess.run(  # noqa: S603 - our own command
                [*before, *command], check=False, capture_output=True, text=True,
                timeout=time_out_s, env={**os.environ, **environment},
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return Answer(-1, "", str(error))
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@dataclass(frozen=True, slots=True)
class Preflight:
    """Checks a new slot against the old one.

    Attributes:
        old: folder of the release that runs.
        new: folder of the one that wants to.
        settings_file: the booth's.
        outbox: its folder.
        scratch: an empty folder on the outbox's file system.
        run: see `run_as`.
    """

    old: Path
    new: Path
    settings_file: Path
    outbox: Path
    scratch: Path
    run: Runner

    def check(self) -> None:
        """Run all checks. The booth must be stopped: its cameras are opened.

        Raises:
            PreflightFailed: one did not pass.
        """
        copy = self.scratch / "outbox"
        try:
            if self.outbox.is_dir():
                self._check_data(copy)
            # The doctor looks at the outbox too: a new release may touch the copy only.
            variables = {_OUTBOX_VARIABLE: str(copy)}
            worse = self._failed(self.new, variables) - self._failed(self.old, variables)
        finally:
            shutil.rmtree(copy, ignore_errors=True)
        if worse:
            raise PreflightFailed("What worked before fails now: " + "; ".join(sorted(worse)))

    def _failed(self, slot: Path, variables: Mapping[str, str]) -> set[str]:
        """Return what a release's doctor finds failed."""
        command = [str(slot / "bin" / "kiosk"), "doctor", "--json"]
        answer = self.run([*command, "--config", str(self.settings_file)], variables)
        if answer.code not in _ENDED_WELL:
            raise PreflightFailed(_said(f"{slot.name}: kiosk doctor does not run", answer))
        try:
            findings = [json.loads(line) for line in answer.out.splitlines() if line.strip()]
            return {str(f["name"]) for f in findings if f["status"] == "failed"}
        except (ValueError, KeyError, TypeError) as error:
            raise PreflightFailed(
                f"{slot.name}: kiosk doctor says what nobody understands: {error}"
            ) from error

    def _check_data(self, copy: Path) -> None:
        try:
            copy_outbox(self.outbox, copy)
            before = self._counts(self.old, copy)
            taken_up = self._counts(self.new, copy)
            read_again = self._counts(self.old, copy)
        except (OSError, sqlite3.Error) as error:
            raise PreflightFailed(f"The outbox cannot be copied: {error}") from error
        if not before == taken_up == read_again:
            raise PreflightFailed(
                "The release before would not find its photos again after this one: it has "
                f"{before}, this one finds {taken_up}, and then the one before {read_again} "
                f"({', '.join(_COUNTED)})."
            )

    def _counts(self, slot: Path, outbox: Path) -> tuple[int, ...]:
        command = [str(slot / "bin" / "kiosk"), "outbox", "status", "--json"]
        command += ["--config", str(self.settings_file)]
        answer = self.run(command, {_OUTBOX_VARIABLE: str(outbox)})
        if answer.code not in _ENDED_WELL:
            raise PreflightFailed(_said(f"{slot.name} cannot take up the outbox", answer))
        try:
            counts = json.loads(answer.out.splitlines()[0])
            return tuple(int(counts[name]) for name in _COUNTED)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise PreflightFailed(
                f"{slot.name}: kiosk outbox says what nobody understands: {error}"
            ) from error


def make_scratch(outbox: Path) -> Path:
    """Return a new folder for `Preflight`: sealed files are linked, so it is beside the outbox.

    Raises:
        PreflightFailed: there is no room for one.
    """
    try:
        return Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=outbox.parent))
    except OSError as error:
        raise PreflightFailed(f"No room for a copy of the outbox: {error}") from error


def remove_cut_off_copies(outbox: Path) -> None:
    """Remove what a preflight left that was cut off: its links would keep photos for ever."""
    for left in outbox.parent.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)


def copy_outbox(source: Path, copy: Path) -> None:
    """Copy an outbox in use: databases whole and consistent, sealed files as links.

    Sealed files never change once they are there, so a link is as good as a copy and takes no
    room.

    Raises:
        OSError, sqlite3.Error: it cannot be copied.
    """
    copy.mkdir(parents=True, mode=0o700)
    for path in sorted(source.rglob("*")):
        there = copy / path.relative_to(source)
        if path.is_dir():
            there.mkdir(mode=0o700)
        elif path.suffix in (".db", ".sqlite", ".sqlite3"):
            with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(there)) as taken:
                live.backup(taken)
        elif not path.name.endswith(("-wal", "-shm", "-journal")):
            os.link(path, there)
    owner = source.stat()
    for path in (copy, *copy.rglob("*")):
        if path.is_dir() or path.stat().st_nlink == 1:
            os.chown(path, owner.st_uid, owner.st_gid)


def _said(what: str, answer: Answer) -> str:
    said = " ".join((answer.error or answer.out).strip().splitlines()[-_SAID_LINES:])
    return f"{what} (exit code {answer.code}): {said}"

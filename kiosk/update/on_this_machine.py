"""An updater for the booth this runs on, put together from its settings."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from kiosk.update.booth_update import Booth, BoothUpdate, in_window
from kiosk.update.errors import UpdateError
from kiosk.update.fetching import FolderFetcher, WebFetcher
from kiosk.update.guard import Guard, ask_systemd, place_units, this_machine
from kiosk.update.install import Room, base_python, install
from kiosk.update.preflight import Preflight, make_scratch, remove_cut_off_copies, run_as
from kiosk.update.release import this_platform
from kiosk.update.repository import Repository
from kiosk.update.slots import Slots
from kiosk.update.trial import Sign, TrialLimits

_SYSTEMCTL_S = 60.0


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are on a booth.

    Attributes:
        root: the program.
        data: the updater's own folder: state, trusted metadata, wheels.
        sign: the booth's sign of life.
    """

    root: Path = Path("/opt/campus-capture-kiosk")
    data: Path = Path("/var/lib/campus-capture-kiosk-update")
    sign: Path = Path("/run/campus-capture-kiosk/sign.json")

    @property
    def state(self) -> Path:
        """The state file."""
        return self.data / "state.json"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings say of updates; see `kiosk.settings.update.UpdateSettings`."""

    repository: str
    root: bytes
    window_from: str
    window_to: str
    socket_time_out_s: float
    least_bytes_per_s: float
    slow_grace_s: float
    install_time_out_s: float
    preflight_time_out_s: float
    keep_releases: int
    room: Room
    limits: TrialLimits


def make_guard(places: Places) -> Guard:
    """Return this machine's guard."""
    return Guard(Slots(places.root), places.state, places.sign, this_machine())


def make_update(
    policy: Policy, places: Places, *, settings_file: Path, outbox: Path, user: str | None
) -> BoothUpdate:
    """Return this machine's updater.

    Args:
        policy: from the settings.
        places: where things are.
        settings_file: the booth's.
        outbox: its folder.
        user: the booth's; the preflight runs as it.
    """
    slots = Slots(places.root)
    fetcher = (
        FolderFetcher()
        if policy.repository.startswith("file:")
        else WebFetcher(
            socket_time_out_s=policy.socket_time_out_s,
            least_bytes_per_s=policy.least_bytes_per_s,
            grace_s=policy.slow_grace_s,
        )
    )
    repository = Repository(
        policy.repository, places.data / "metadata", places.data / "wheels", policy.root, fetcher,
        reserve_bytes=policy.room.reserve_bytes,
    )  # fmt: skip
    begin, end = time.fromisoformat(policy.window_from), time.fromisoformat(policy.window_to)
    return BoothUpdate(
        repository=repository,
        slots=slots,
        guard=make_guard(places),
        state_file=places.state,
        platform=this_platform(),
        booth=Booth(
            is_idle=lambda: is_idle(places.sign),
            stop=lambda: _systemctl("stop", "kiosk.service"),
            start=_start,
            preflight=_preflight(settings_file, outbox, user, policy.preflight_time_out_s),
        ),
        install=lambda release, wheels: install(
            release,
            wheels,
            slots,
            python=base_python(),
            time_out_s=policy.install_time_out_s,
            room=policy.room,
        ),
        in_window=lambda: in_window(datetime.now().astimezone().time(), begin, end),
        limits=policy.limits,
        tidy=lambda: remove_cut_off_copies(outbox),
        keep=policy.keep_releases,
    )


def is_idle(sign_file: Path) -> bool:
    """Return whether nobody is at the booth. One that says nothing serves nobody."""
    try:
        data = json.loads(sign_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    sign = Sign.from_json(data) if isinstance(data, dict) else None
    return sign is None or sign.idle


def _preflight(
    settings_file: Path, outbox: Path, user: str | None, time_out_s: float
) -> Callable[[Path, Path], None]:
    def check(old: Path, new: Path) -> None:
        scratch = make_scratch(outbox)
        try:
            if user is not None:
                shutil.chown(scratch, user)
            runner = run_as(user, time_out_s)
            Preflight(old, new, settings_file, outbox, scratch, runner).check()
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    return check


def _start() -> None:
    """Start the booth; the outbox, which was not stopped, follows to the release that runs now.

    Not waited for: a release that never says it is ready is the guard's to judge.
    """
    place_units()
    # How often the one before failed to start is not the new one's fault.
    ask_systemd("reset-failed", "kiosk.service")
    _systemctl("--no-block", "start", "kiosk.service")
    _systemctl("--no-block", "try-restart", "kiosk-outbox.service")


def _systemctl(*words: str) -> None:
    command = ["systemctl", *words]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, check=False, capture_output=True, text=True, timeout=_SYSTEMCTL_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UpdateError(f"{' '.join(command)}: {error}") from error
    if done.returncode:
        raise UpdateError(f"{' '.join(command)}: {done.stderr.strip()}")

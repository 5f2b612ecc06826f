"""Put a release into a slot of its own: offline, from wheels whose hashes were just checked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.update.errors import InstallFailed
from kiosk.update.release import Release
from kiosk.update.slots import Slots

_SAID_LINES = 5


@dataclass(frozen=True, slots=True)
class Room:
    """What a release may take of the disk.

    Attributes:
        ratio: bytes it takes installed, for each byte of its wheels.
        reserve_bytes: what must stay free: photos are more urgent than a release.
    """

    ratio: float = 1.0
    reserve_bytes: int = 0


def base_python() -> str:
    """Return the interpreter new environments are made from: the system's, not this slot's own."""
    return str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")


def install(
    release: Release,
    wheels: Sequence[Path],
    slots: Slots,
    *,
    python: str,
    time_out_s: float,
    room: Room | None = None,
) -> str:
    """Install a release into its slot unless it is there already; return the slot's name.

    A slot cut off half way has no mark of completeness and is made anew.

    Args:
        release: what it is.
        wheels: its wheels, checked.
        slots: this machine's.
        python: makes the environment.
        time_out_s: for each step, seconds.
        room: what it may take of the disk.

    Raises:
        InstallFailed: it could not be installed; nothing runs differently, and nothing is left.
        SlotError: its slot is in use.
    """
    if slots.is_complete(release.slot):
        return release.slot
    # The booth's user runs it and root alone may write it, whoever typed the command.
    mask = os.umask(0o022)
    try:
        return _install(release, wheels, slots, python, time_out_s, room or Room())
    finally:
        os.umask(mask)


def _install(
    release: Release,
    wheels: Sequence[Path],
    slots: Slots,
    python: str,
    time_out_s: float,
    room: Room,
) -> str:
    folder = slots.begin(release.slot)
    try:
        _check_room(release, folder, room)
        _fill(folder, release, wheels, python, time_out_s)
        slots.mark_complete(release.slot)
    except (InstallFailed, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, InstallFailed):
            raise
        raise InstallFailed(f"{release.version} could not be installed: {error}") from error
    return release.slot


def _check_room(release: Release, folder: Path, room: Room) -> None:
    needed = release.size * room.ratio
    free = max(0, shutil.disk_usage(folder).free - room.reserve_bytes)
    if free < needed:
        raise InstallFailed(
            f"{release.version} needs {needed / 1e6:.0f} MB, the disk has {free / 1e6:.0f} MB to "
            "spare. Make room, then update again."
        )


def _fill(
    folder: Path, release: Release, wheels: Sequence[Path], python: str, time_out_s: float
) -> None:
    inside = str(folder / "bin" / "python")
    pip = [inside, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    names = [str(path) for path in wheels]
    steps = (
        [python, "-m", "venv", str(folder)],
        # Everything is in the list, and no index is asked: what was signed is what is installed.
        [*pip, "install", "--no-index", "--no-deps", "--no-cache-dir", *names],
        [*pip, "check"],
        [str(folder / "bin" / "kiosk"), "--version"],
    )
    for step in steps:
        _run(step, release, time_out_s)


def _run(command: Sequence[str], release: Release, time_out_s: float) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, check=False, capture_output=True, text=True, timeout=time_out_s,
            env=environment,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallFailed(f"{release.version} could not be installed: {error}") from error
    if done.returncode:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-_SAID_LINES:])
        raise InstallFailed(
            f"{release.version} could not be installed; {Path(command[0]).name} said: {said}"
        )

"""The disk: the booth's own folder, room for photos, and the outbox."""

from __future__ import annotations

import getpass
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kiosk.central.errors import OutboxError
from kiosk.central.opening import open_outbox
from kiosk.central.outbox import Counts
from kiosk.doctor.finding import Finding, failed, ok, warning
from kiosk.settings import Settings

_AMPLE = 5
"""So many times the least free disk are enough not to warn."""
_OLD_S = 86_400.0
"""A photo that waits longer than a day is news: a night without network is not."""
_GB = 1e9


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"number {os.getuid()}"


def data_directory(path: Path) -> Finding:
    """Write a file into the booth's folder, as the outbox will."""
    name = "data directory"
    nearest = next(p for p in (path, *path.parents) if p.exists())
    if not nearest.is_dir():
        return failed(name, f"{nearest} is a file, not a folder.", "Set booth.data_directory.")
    try:
        with tempfile.NamedTemporaryFile(dir=nearest) as file:
            file.write(b"kiosk doctor")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return failed(
            name,
            f"{nearest} cannot be written by the user {_user()}: {error.strerror}.",
            f"Give it to that user: sudo chown -R {_user()} {path}",
        )
    if foreign := _not_ours(path):
        return failed(
            name,
            f"{foreign[0]} and {len(foreign)} in all cannot be used by the user {_user()}: a "
            "command was run as another user.",
            f"Give them back: sudo chown -R {_user()}: {path}",
        )
    made = "" if path.exists() else "; it is made at the first start"
    return ok(name, f"{path} can be written{made}.")


def _not_ours(path: Path) -> list[Path]:
    """Return what stands in the folder and this user cannot read and write."""
    return [
        entry
        for entry in (sorted(path.iterdir()) if path.is_dir() else ())
        if not os.access(entry, os.R_OK | os.W_OK)
    ]


def free_disk(
    path: Path, least_bytes: int, statvfs: Callable[[Path], os.statvfs_result] = os.statvfs
) -> Finding:
    """Look at the free room on the disk of the booth's folder.

    Args:
        path: the booth's folder, which may not exist yet.
        least_bytes: below this the outbox takes no more photos.
        statvfs: asks the file system.
    """
    name = "free disk"
    state = statvfs(next(p for p in (path, *path.parents) if p.exists()))
    free = state.f_bavail * state.f_frsize
    what = f"{free / _GB:.1f} GB free"
    if state.f_files and not state.f_favail:
        return failed(name, "No more files can be made: the disk has no inodes left.", _TIDY)
    if free < least_bytes:
        return failed(
            name, f"{what}; below {least_bytes / _GB:.1f} GB no photo is taken in.", _TIDY
        )
    if free < _AMPLE * least_bytes:
        return warning(name, f"{what}; below {least_bytes / _GB:.1f} GB it stops.", _TIDY)
    return ok(name, f"{what}.")


_TIDY = (
    "Find what fills it: sudo du -xh --max-depth=2 / | sort -h | tail. Photos in the outbox leave "
    "by themselves once they are sent: kiosk outbox status"
)


_KEEP = "Delete nothing: the photos are in this folder. Mend the disk, or put the right key back."


def outbox(settings: Settings, base: Path) -> Finding:
    """Open the outbox and look at what waits in it."""
    folder = base / settings.booth.data_directory / settings.outbox.directory
    if not folder.exists():
        return ok("outbox", "Empty: no photo was taken here yet.")
    try:
        box = open_outbox(settings, base, make=False)
    except OutboxError as error:
        return failed("outbox", str(error), _KEEP)
    try:
        counts = box.counts()
    except OutboxError as error:
        return failed("outbox", str(error), _KEEP)
    finally:
        box.close()
    return judge_outbox(counts, time.time())


def judge_outbox(counts: Counts, now: float) -> Finding:
    """Return what the outbox's figures mean. `now`: seconds since 1970."""
    name = "outbox"
    if counts.broken:
        return failed(
            name,
            f"{counts.broken} photos cannot be read any more and are in quarantine.",
            "See which: kiosk outbox status. The students must be photographed again.",
        )
    if counts.refused:
        return warning(
            name,
            f"{counts.refused} photos were refused by the central backend.",
            "See why: kiosk outbox status",
        )
    age = now - counts.oldest_waiting_at if counts.oldest_waiting_at is not None else 0.0
    if age > _OLD_S:
        return warning(
            name,
            f"{counts.waiting} photos wait, the oldest for {age / _OLD_S:.1f} days.",
            "See that the network and kiosk-outbox.service are up, or say: kiosk outbox flush",
        )
    return ok(name, f"{counts.waiting} waiting, {counts.sent} sent.")

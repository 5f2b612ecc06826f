"""The outbox's files on the disk: each whole or not there at all, and written to stay."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path

from kiosk.durable import sync_folder

_SEALED = re.compile(r"^([0-9a-f]{64})\.sealed$")
_STALE_DRAFT_S = 3600.0
"""A draft this old belongs to a process that is gone: writing one takes well under a second."""


class SealedFiles:
    """One sealed file for each photo that is kept, and a folder for what is set aside.

    Args:
        directory: the outbox's own folder; made when there is none.
        clock: seconds since 1970.

    Raises:
        OSError: the folders cannot be used.
    """

    def __init__(self, directory: Path, clock: Callable[[], float]) -> None:
        self._entries = directory / "entries"
        self.quarantine = directory / "quarantine"
        self._clock = clock
        for folder in (directory, self._entries, self.quarantine):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_stale_drafts()

    def path(self, name: str) -> Path:
        """Return where the file of an entry stands, or would."""
        return self._entries / f"{name}.sealed"

    def names(self) -> list[str]:
        """Return the names of all entries that have a file."""
        matches = (_SEALED.match(each.name) for each in self._entries.iterdir())
        return [match[1] for match in matches if match]

    def write(self, name: str, data: bytes) -> None:
        """Write an entry's file. When this returns it survives a power cut.

        Raises:
            OSError: it could not be written; nothing of it is left.
        """
        draft = self._entries / f".draft-{os.getpid()}-{os.urandom(6).hex()}"
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path(name))
            sync_folder(self._entries)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            raise

    def remove(self, name: str) -> None:
        """Remove an entry's file, where there is one."""
        self.path(name).unlink(missing_ok=True)

    def set_aside(self, name: str) -> Path | None:
        """Move an entry's file into the quarantine; None when there was none."""
        where = self.quarantine / f"{name}-{int(self._clock())}.sealed"
        with contextlib.suppress(FileNotFoundError):
            self.path(name).rename(where)
        return where if where.exists() else None

    def _remove_stale_drafts(self) -> None:
        for draft in self._entries.glob(".draft-*"):
            with contextlib.suppress(FileNotFoundError):
                if self._clock() - draft.stat().st_mtime > _STALE_DRAFT_S:
                    draft.unlink()

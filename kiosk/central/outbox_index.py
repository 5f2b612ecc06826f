"""The outbox's database: which entries there are and how each stands.

It holds nothing personal: that is in the sealed files. It can be thrown away and rebuilt from
them, which is what happens when it is broken.
"""

from __future__ import annotations

import contextlib
import enum
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.central.errors import OutboxError, OutboxFull

_BUSY_TIME_OUT_S = 15.0
_NAMES_AT_ONCE = 500
"""Fewer than the 999 values that older SQLite takes in one command."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    photo_sha256 TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    created_at REAL NOT NULL,
    changed_at REAL NOT NULL,
    retry_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS entries_by_state ON entries (state, created_at);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


class EntryState(enum.StrEnum):
    """How an entry stands."""

    WAITING = "waiting"
    """To be sent."""
    SENT = "sent"
    """The central backend confirmed it; its file is gone."""
    REFUSED = "refused"
    """The central backend will not have it; kept for staff."""
    BROKEN = "broken"
    """Its file cannot be read; kept in quarantine for staff."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo in the outbox.

    Attributes:
        photo_sha256: which photo.
        state: how it stands.
        created_at: when it was put in, seconds since 1970.
        changed_at: when the state or the retry time last changed.
        retry_at: not to be sent before.
        attempts: how often sending failed.
        size_bytes: its file's size.
        reason: why the last attempt failed, or why it is refused or broken.
    """

    photo_sha256: str
    state: EntryState
    created_at: float
    changed_at: float
    retry_at: float
    attempts: int
    size_bytes: int
    reason: str


_COLUMNS = "photo_sha256, state, created_at, changed_at, retry_at, attempts, bytes, reason"


class IndexBroken(Exception):  # noqa: N818
    """The database file is not one, or damaged."""


class OutboxIndex:
    """The table of entries in one SQLite file; several threads and processes may use it.

    Args:
        path: the database file; made when there is none.

    Raises:
        IndexBroken: the file is damaged.
        OutboxError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        # SQLite gives its other files the same mode.
        path.touch(mode=0o600)
        with _translated(path):
            self._database = sqlite3.connect(
                path, timeout=_BUSY_TIME_OUT_S, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._database.close()
                raise
        self._inode = path.stat().st_ino

    def _prepare(self) -> None:
        self._database.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit is on the disk when it returns, also through a power cut.
        self._database.execute("PRAGMA synchronous = FULL")
        (verdict,) = self._database.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise IndexBroken(verdict)
        self._database.executescript(_SCHEMA)

    @property
    def replaced(self) -> bool:
        """Whether another process has put a new database in this one's place."""
        try:
            return self._path.stat().st_ino != self._inode
        except OSError:
            return True

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._database.close()

    def find(self, photo_sha256: str) -> Entry | None:
        """Return an entry, None when there is none."""
        rows = self._query("WHERE photo_sha256 = ?", (photo_sha256,))
        return rows[0] if rows else None

    def all(self, state: EntryState | None = None) -> list[Entry]:
        """Return all entries, or those of one state, oldest first."""
        if state is None:
            return self._query("ORDER BY created_at", ())
        return self._query("WHERE state = ? ORDER BY created_at", (state,))

    def states(self, names: Sequence[str]) -> dict[str, EntryState]:
        """Return how the entries of these names stand, those that there are."""
        found: dict[str, EntryState] = {}
        for start in range(0, len(names), _NAMES_AT_ONCE):
            some = names[start : start + _NAMES_AT_ONCE]
            marks = ",".join("?" * len(some))
            found |= {
                e.photo_sha256: e.state
                for e in self._query(f"WHERE photo_sha256 IN ({marks})", some)
            }
        return found

    def counts(self) -> tuple[Counter[EntryState], int, float | None]:
        """Return how many entries stand how, and the bytes and the age of those that wait.

        Returns:
            the number by state; the bytes waiting; since when the oldest waits, seconds since 1970.
        """
        with self._lock, _translated(self._path):
            rows = self._database.execute("SELECT state, COUNT(*) FROM entries GROUP BY state")
            numbers = Counter({EntryState(state): number for state, number in rows})
            size, oldest = self._database.execute(
                "SELECT COALESCE(SUM(bytes), 0), MIN(created_at) FROM entries WHERE state = ?",
                (EntryState.WAITING,),
            ).fetchone()
        return numbers, size, oldest

    def forget_sent(self, before: float) -> int:
        """Forget entries confirmed before `before`; return how many."""
        with self._lock, _translated(self._path):
            return self._database.execute(
                "DELETE FROM entries WHERE state = ? AND changed_at < ?", (EntryState.SENT, before)
            ).rowcount

    def due(self, now: float) -> list[Entry]:
        """Return the entries to be sent at `now`, oldest first.

        A booth without a clock chip may find its clock set back by years: an entry that was
        changed after `now` is due too, rather than waiting for that time to come again.
        """
        return self._query(
            "WHERE state = ? AND (retry_at <= ? OR changed_at > ?) ORDER BY created_at",
            (EntryState.WAITING, now, now),
        )

    def add(self, photo_sha256: str, size_bytes: int, now: float) -> None:
        """Add a waiting entry; one that is there already is left as it is."""
        self._change(
            "INSERT INTO entries (photo_sha256, state, created_at, changed_at, retry_at, bytes) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (photo_sha256, EntryState.WAITING, now, now, now, size_bytes),
        )

    def failed(self, photo_sha256: str, retry_at: float, reason: str, now: float) -> None:
        """Note a failed attempt of a waiting entry."""
        self._change(
            "UPDATE entries SET attempts = attempts + 1, retry_at = ?, reason = ?, changed_at = ? "
            "WHERE photo_sha256 = ? AND state = ?",
            (retry_at, reason, now, photo_sha256, EntryState.WAITING),
        )

    def set_state(self, photo_sha256: str, state: EntryState, reason: str, now: float) -> bool:
        """Change the state of an entry that is not sent; return whether there was one."""
        return self._change(
            "UPDATE entries SET state = ?, reason = ?, changed_at = ?, retry_at = ? "
            "WHERE photo_sha256 = ? AND state != ?",
            (state, reason, now, now, photo_sha256, EntryState.SENT),
        )

    def fact(self, name: str, value: bytes) -> bytes:
        """Return the stored value of `name`; store `value` when there is none."""
        self._change("INSERT INTO facts VALUES (?, ?) ON CONFLICT DO NOTHING", (name, value))
        with self._lock, _translated(self._path):
            (stored,) = self._database.execute(
                "SELECT value FROM facts WHERE name = ?", (name,)
            ).fetchone()
        return bytes(stored)

    def _query(self, condition: str, values: Sequence[object]) -> list[Entry]:
        # `condition` is one of the texts above, never anything from outside.
        command = f"SELECT {_COLUMNS} FROM entries {condition}"  # noqa: S608
        with self._lock, _translated(self._path):
            rows = self._database.execute(command, values).fetchall()
        return [Entry(row[0], EntryState(row[1]), *row[2:]) for row in rows]

    def _change(self, command: str, values: tuple[object, ...]) -> bool:
        with self._lock, _translated(self._path):
            return self._database.execute(command, values).rowcount > 0


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Raise SQLite's errors as this room's own."""
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is the primary code; errors of the module itself have none.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise IndexBroken(str(error)) from error
        if code == sqlite3.SQLITE_FULL:
            raise OutboxFull(f"{path.parent}: the disk is full. Make room on it.") from error
        raise OutboxError(
            f"{path}: the outbox's database cannot be used: {error}. "
            "Check that the kiosk's user may write there, and the disk."
        ) from error

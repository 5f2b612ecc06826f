"""The booth's memory of what is still to be sent: nothing acknowledged is ever lost.

A photo is written as one sealed file (draft, fsync, rename, fsync of the folder), then its row;
only then `Outbox.put` returns and the student is told "submitted". A crash before leaves at most
a draft, or a whole file without a row, which is taken up at the next look. Kiosk and outbox
service may use one outbox at the same time.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import hmac
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from kiosk.central.contract import Submission
from kiosk.central.errors import EntryBroken, OutboxError, OutboxFull, OutboxKeyError
from kiosk.central.outbox_index import Entry, EntryState, IndexBroken, OutboxIndex
from kiosk.central.sealed_files import SealedFiles
from kiosk.central.sealing import KEY_BYTES, Parcel, SealBroken, seal, unseal

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Counts:
    """The outbox in figures.

    Attributes:
        waiting: still to be sent.
        sent: confirmed by the central backend, and not forgotten yet.
        refused: kept for staff.
        broken: in quarantine, kept for staff.
        waiting_bytes: size of what is still to be sent.
        oldest_waiting_at: since when the oldest waits, seconds since 1970; None when none does.
    """

    waiting: int
    sent: int
    refused: int
    broken: int
    waiting_bytes: int
    oldest_waiting_at: float | None


class Outbox:
    """Photos on their way to the central backend, on this booth's disk, encrypted.

    Args:
        directory: the outbox's own folder; made when there is none.
        key: 32 bytes, see `kiosk.central.sealing.load_key`.
        min_free_bytes: refuses another photo when less than this would be left on the disk.
        clock: seconds since 1970.

    Raises:
        OutboxKeyError: the outbox was written with another key.
        OutboxError: the folder cannot be used.
    """

    def __init__(
        self,
        directory: Path,
        key: bytes,
        *,
        min_free_bytes: int = 200_000_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if len(key) != KEY_BYTES:
            raise OutboxKeyError(f"The outbox's key has {len(key)} bytes instead of {KEY_BYTES}.")
        self._directory = directory
        self._key = key
        self._min_free_bytes = min_free_bytes
        self._clock = clock
        self._lock = threading.RLock()
        try:
            self._files = SealedFiles(directory, clock)
            self._index = self._open_index()
        except OSError as error:
            raise self._cannot(error) from error
        self._check_key()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database. The outbox can't be used after it."""
        self._index.close()

    # --- putting in ---------------------------------------------------------------------------

    def put(self, submission: Submission, photo: bytes, original: bytes) -> Entry:
        """Keep a photo until it is delivered. When this returns it survives a power cut.

        The same photo put again is the same entry.

        Args:
            submission: what goes with the photo; names both files' hashes.
            photo: the composed JPEG.
            original: the still as the camera wrote it.

        Raises:
            OutboxFull: there is no room; nothing was written.
            OutboxError: the disk or the database failed; nothing counts as kept.
            ValueError: a file is not the one the submission names.
        """
        parcel = Parcel(submission, photo, original)
        parcel.check()
        name = submission.photo_sha256
        known = self.entry(name)
        if known is not None and self._is_kept(known):
            return known
        data = seal(parcel, self._key)
        self._check_room(len(data))
        self._write(name, data)
        try:
            self._with_index(lambda index: index.add(name, len(data), self._clock()))
            if known is not None:
                self._set_state(name, EntryState.WAITING, "")
        except OutboxError:
            self._files.remove(name)
            raise
        entry = self.entry(name)
        if entry is None:
            raise OutboxError("The outbox's database lost the entry that was just written.")
        return entry

    def has_room(self) -> bool:
        """Whether the disk has room for another photo.

        Raises:
            OutboxError: the disk cannot be asked.
        """
        try:
            return shutil.disk_usage(self._directory).free >= self._min_free_bytes
        except OSError as error:
            raise self._cannot(error) from error

    def _is_kept(self, entry: Entry) -> bool:
        """Whether an entry needs no file any more, or has it."""
        if entry.state is EntryState.SENT:
            return True
        return (
            entry.state is not EntryState.BROKEN and self._files.path(entry.photo_sha256).exists()
        )

    def _check_room(self, size_bytes: int) -> None:
        try:
            free = shutil.disk_usage(self._directory).free
        except OSError as error:
            raise self._cannot(error) from error
        if free - size_bytes < self._min_free_bytes:
            raise OutboxFull(
                f"{self._directory}: only {free // 1_000_000} MB are free on the disk, less than "
                f"outbox.min_free_bytes. Make room, or bring the network back so that "
                "waiting photos can leave."
            )

    def _write(self, name: str, data: bytes) -> None:
        try:
            self._files.write(name, data)
        except OSError as error:
            raise self._cannot(error) from error

    # --- sending ------------------------------------------------------------------------------

    def due(self, now: float) -> list[Entry]:
        """Return what is to be sent at `now` (seconds since 1970), oldest first."""
        self._take_up_strays()
        return self._with_index(lambda index: index.due(now))

    @contextlib.contextmanager
    def claim(self, photo_sha256: str) -> Iterator[Parcel | None]:
        """Hold an entry for sending, so that nobody else sends it meanwhile.

        The claim is a lock of the operating system on the entry's file: it ends with the block,
        and with the process, however that ends. None when somebody else holds it or it is no
        longer to be sent.

        Raises:
            EntryBroken: its file is missing or cannot be read; it is in quarantine now.
        """
        try:
            file = self._files.path(photo_sha256).open("rb")
        except FileNotFoundError:
            if self._is_waiting(photo_sha256):
                raise self._broken(photo_sha256, "Its file is gone from the disk.") from None
            yield None
            return
        except OSError as error:
            raise self._cannot(error) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            # It may have been sent between the list and the lock.
            if not self._is_waiting(photo_sha256):
                yield None
                return
            try:
                parcel = unseal(file.read(), self._key, photo_sha256)
            except SealBroken as error:
                raise self._broken(photo_sha256, str(error)) from error
            except OSError as error:  # a bad sector
                raise self._broken(photo_sha256, f"Reading it failed: {error}.") from error
            yield parcel

    def mark_sent(self, photo_sha256: str) -> None:
        """The central backend has confirmed the photo and its original: remove them here."""
        self._set_state(photo_sha256, EntryState.SENT, "")
        self._files.remove(photo_sha256)

    def mark_failed(self, photo_sha256: str, retry_at: float, reason: str = "") -> None:
        """Sending failed for now; not again before `retry_at`, seconds since 1970."""
        now = self._clock()
        self._with_index(lambda index: index.failed(photo_sha256, retry_at, reason, now))

    def mark_refused(self, photo_sha256: str, reason: str) -> None:
        """The central backend will not have it: keep it for staff."""
        self._set_state(photo_sha256, EntryState.REFUSED, reason)

    def forget_sent(self, before: float) -> int:
        """Forget what was confirmed before `before`, seconds since 1970; return how many."""
        return self._with_index(lambda index: index.forget_sent(before))

    def requeue(self, photo_sha256: str) -> bool:
        """Staff wants a refused entry sent again; return whether there was one."""
        entry = self.entry(photo_sha256)
        if entry is None or entry.state is not EntryState.REFUSED:
            return False
        return self._set_state(photo_sha256, EntryState.WAITING, "")

    # --- looking ------------------------------------------------------------------------------

    def entries(self, state: EntryState | None = None) -> list[Entry]:
        """Return all entries, or those of one state, oldest first."""
        self._take_up_strays()
        return self._with_index(lambda index: index.all(state))

    def entry(self, photo_sha256: str) -> Entry | None:
        """Return one entry, None when there is none."""
        return self._with_index(lambda index: index.find(photo_sha256))

    def counts(self) -> Counts:
        """Return the outbox in figures."""
        self._take_up_strays()
        numbers, size, oldest = self._with_index(lambda index: index.counts())
        return Counts(
            waiting=numbers[EntryState.WAITING],
            sent=numbers[EntryState.SENT],
            refused=numbers[EntryState.REFUSED],
            broken=numbers[EntryState.BROKEN],
            waiting_bytes=size,
            oldest_waiting_at=oldest,
        )

    # --- keeping whole ------------------------------------------------------------------------

    def _take_up_strays(self) -> None:
        """Give whole files without a row one, and remove files of what has been sent.

        The first are left by a crash between file and row, or by a broken database; the second
        by a crash between confirmation and removal.
        """
        try:
            names = self._files.names()
        except OSError as error:
            raise self._cannot(error) from error
        known = self._with_index(lambda index: index.states(names))
        for name in names:
            if known.get(name) is EntryState.SENT:
                self._files.remove(name)
            elif name not in known:
                # Gone again already when another process has just sent it.
                with contextlib.suppress(FileNotFoundError):
                    stat = self._files.path(name).stat()
                    self._add(name, stat.st_size, stat.st_mtime)

    def _add(self, name: str, size_bytes: int, now: float) -> None:
        self._with_index(lambda index: index.add(name, size_bytes, now))

    def _broken(self, name: str, why: str) -> EntryBroken:
        where = self._files.set_aside(name)
        reason = why if where is None else f"{why} Kept as {where.name} in {where.parent}."
        self._set_state(name, EntryState.BROKEN, reason)
        return EntryBroken(f"Photo {name[:12]}… cannot be sent. {reason}")

    def _open_index(self) -> OutboxIndex:
        """Open the database; a broken one is put into quarantine and a new one begun.

        The lock keeps two processes from both doing that.
        """
        path = self._directory / "outbox.db"
        with (self._directory / "open.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                return OutboxIndex(path)
            except IndexBroken:
                stamp = f"{int(self._clock())}-{os.urandom(2).hex()}"
                for suffix in ("", "-wal", "-shm"):
                    part = path.with_name(path.name + suffix)
                    if part.exists():
                        part.rename(self._files.quarantine / f"outbox-{stamp}.db{suffix}")
                return OutboxIndex(path)

    def _with_index(self, work: Callable[[OutboxIndex], _Result]) -> _Result:
        """Do `work` on the database; when it is broken or was replaced, on the new one."""
        with self._lock:
            try:
                if not self._index.replaced:
                    return work(self._index)
            except IndexBroken:
                pass  # the next open finds the damage too, and mends it
            self._index.close()
            self._index = self._open_index()
            self._check_key()
            try:
                return work(self._index)
            except IndexBroken as error:
                raise OutboxError(
                    f"{self._directory}: the outbox's database breaks again and again. "
                    "Check the disk."
                ) from error

    def _check_key(self) -> None:
        check = hmac.digest(self._key, b"campus-capture-kiosk outbox", hashlib.sha256)
        if not hmac.compare_digest(self._index.fact("key_check", check), check):
            raise OutboxKeyError(
                f"{self._directory}: this outbox was written with another key. Put the right key "
                "file back, or move the outbox's folder away to begin a new one."
            )

    def _is_waiting(self, name: str) -> bool:
        entry = self.entry(name)
        return entry is not None and entry.state is EntryState.WAITING

    def _set_state(self, name: str, state: EntryState, reason: str) -> bool:
        now = self._clock()
        return self._with_index(lambda index: index.set_state(name, state, reason, now))

    def _cannot(self, error: OSError) -> OutboxError:
        if error.errno in _NO_ROOM:
            return OutboxFull(f"{self._directory}: the disk is full. Make room on it.")
        return OutboxError(
            f"{self._directory}: the outbox cannot be used: {error.strerror or error}. "
            "Check that the kiosk's user may write there, and the disk."
        )

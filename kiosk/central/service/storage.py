"""Where photos and originals lie: by their content's hash, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from kiosk.central.service.errors import ServiceError

_HASH = re.compile(r"^[0-9a-f]{64}$")
_CHUNK_BYTES = 1 << 20
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a booth may put one original itself: bytes of its hash and size, and no others.

    Attributes:
        url: signed, for one PUT.
        headers: which it was signed with, to be sent.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a booth has put there, to be checked.

    Attributes:
        content: at its start.
        keep: makes it a file of the storage, as `Storage.put` would, and returns its size in
            bytes. Raises `ServiceError` when it changed since.
    """

    content: BinaryIO
    keep: Callable[[], int]


class Storage(Protocol):
    """Files by hash. Another kind of storage is another class of this shape."""

    def put(self, sha256: str, source: BinaryIO) -> int:
        """Keep what `source` holds and return its size in bytes; it is durable on return.

        Raises:
            ServiceError: it is not of this hash, or there is no room. Nothing was kept.
        """

    def open(self, sha256: str) -> BinaryIO:
        """Open a file for reading.

        Raises:
            ServiceError: there is none.
        """

    def check(self) -> None:
        """Raise `ServiceError` when nothing can be stored."""

    def files(self) -> Iterator[tuple[str, datetime]]:
        """Return (hash, moment it was last put, UTC) of every file."""

    def remove(self, sha256: str, put_before: datetime) -> bool:
        """Remove a file that was last put before a moment; return whether it is gone.

        A file that is put again while this looks at it stays.
        """

    def remove_unfinished(self, put_before: datetime) -> int:
        """Remove what uploads left that ended before a moment, unfinished; return how many."""

    def offer(self, sha256: str, size: int, media_type: str) -> Offer | None:
        """Return where a booth may put an original itself; None: it goes through the service.

        Args:
            sha256: of the original.
            size: of it, bytes.
            media_type: of it.
        """

    def arrived(self, sha256: str) -> Arrival | None:
        """Return what a booth put to an `offer`, None when it has not. Not yet believed."""


class FolderStorage:
    """Files in a folder of the local disk, in 256 subfolders.

    Args:
        folder: made when there is none.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, sha256: str, source: BinaryIO) -> int:
        """See `Storage.put`."""
        path = self._path(sha256)
        draft = path.parent / f".draft-{os.getpid()}-{os.urandom(6).hex()}"
        try:
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True, exist_ok=True)
                _sync(self._folder)
            size = _write(draft, source, sha256)
            draft.replace(path)
            _sync(path.parent)
        except OSError as error:
            raise _cannot_store(error) from error
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
        return size

    def open(self, sha256: str) -> BinaryIO:
        """See `Storage.open`."""
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError as error:
            raise ServiceError(
                404, "file_missing", "The file is not in the storage.",
                "Restore the storage folder from its backup.",
            ) from error  # fmt: skip

    def check(self) -> None:
        """See `Storage.check`."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe = self._folder / f".probe-{os.getpid()}-{os.urandom(6).hex()}"
            probe.write_bytes(b"x")
            probe.unlink()
        except OSError as error:
            raise _cannot_store(error) from error

    def files(self) -> Iterator[tuple[str, datetime]]:
        """See `Storage.files`."""
        for path in sorted(self._folder.glob("[0-9a-f][0-9a-f]/*")):
            if _HASH.match(path.name):
                with contextlib.suppress(FileNotFoundError):
                    yield path.name, _written(path)

    def remove(self, sha256: str, put_before: datetime) -> bool:
        """See `Storage.remove`."""
        path = self._path(sha256)
        aside = path.with_name(f".removed-{sha256}")
        try:
            # Set aside first: an upload that puts the file again then makes a new one.
            path.replace(aside)
            if _written(aside) >= put_before:
                aside.replace(path)
                return False
            aside.unlink()
        except FileNotFoundError:
            return True
        except OSError as error:
            raise _cannot_store(error) from error
        return True

    def remove_unfinished(self, put_before: datetime) -> int:
        """See `Storage.remove_unfinished`."""
        removed = 0
        for path in (*self._folder.glob(".probe-*"), *self._folder.glob("[0-9a-f][0-9a-f]/.*-*")):
            with contextlib.suppress(FileNotFoundError):
                if _written(path) < put_before:
                    _clear(path)
                    removed += 1
        return removed

    def offer(self, sha256: str, size: int, media_type: str) -> Offer | None:
        """See `Storage.offer`: there is none, booths cannot reach a folder."""
        del sha256, size, media_type
        return None

    def arrived(self, sha256: str) -> Arrival | None:
        """See `Storage.arrived`."""
        del sha256
        return None

    def _path(self, sha256: str) -> Path:
        if not _HASH.match(sha256):
            raise ValueError(f"Not a SHA-256 in lower-case hex: {sha256!r}")
        return self._folder / sha256[:2] / sha256


def _clear(path: Path) -> None:
    """Remove a draft; put back what was set aside, which the next sweep judges again."""
    name = path.name.removeprefix(".removed-")
    if name != path.name and not path.with_name(name).exists():
        path.replace(path.with_name(name))
    else:
        path.unlink()


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _write(draft: Path, source: BinaryIO, sha256: str) -> int:
    digest, size = hashlib.sha256(), 0
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        if digest.hexdigest() != sha256:
            raise ServiceError(
                422, "hash_mismatch", "A file is not the one whose hash was announced.",
                "It changed on the way or before: send it again.",
            )  # fmt: skip
        file.flush()
        os.fsync(file.fileno())
    return size


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot_store(error: OSError) -> ServiceError:
    full = error.errno in _NO_ROOM
    return ServiceError(
        503,
        "storage_full" if full else "storage_unavailable",
        "The storage has no room." if full else "The storage cannot be written.",
        "Make room on its disk." if full else "Check its folder and disk.",
        retry_after_s=30,
    )

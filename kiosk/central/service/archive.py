"""A ZIP whose every byte is known beforehand: it can be sent from anywhere in it, again and again.

Files are stored, not packed: photos are JPEG. Names are ASCII, times are the format's first
moment, so that the same files give the same archive for ever. Format: PKWARE's APPNOTE 6.3.
"""

from __future__ import annotations

import binascii
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

MAX_FILES = 65_000
MAX_BYTES = 4_000_000_000
"""Without the format's 64 bit extension, which receivers' old programs cannot read."""

_CHUNK_BYTES = 1 << 20
_VERSION, _STORED, _TIME, _DATE = 20, 0, 0, 0x21  # 1980-01-01


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive.

    Attributes:
        name: ASCII.
        size: bytes.
        crc32: of its content.
        content: itself, or the hash by which the storage knows it.
    """

    name: str
    size: int
    crc32: int
    content: bytes | str


def member(name: str, content: bytes) -> Member:
    """Return a member of content at hand."""
    return Member(name, len(content), binascii.crc32(content), content)


def size_of(members: Sequence[Member]) -> int:
    """Return the archive's size, bytes."""
    names = sum(len(m.name) for m in members)
    return sum(m.size for m in members) + 2 * names + len(members) * (30 + 46) + 22


def pieces(
    members: Sequence[Member], opened: Callable[[str], BinaryIO], begin: int, end: int
) -> Iterator[bytes]:
    """Return the archive's bytes from `begin` up to `end`, without reading what lies outside.

    Args:
        members: in order.
        opened: opens a file by its hash.
        begin: first byte.
        end: the byte after the last.
    """
    at = 0
    for part, size in _parts(members):
        if at < end and at + size > begin:
            first, last = max(begin - at, 0), min(end - at, size)
            if isinstance(part, bytes):
                yield part[first:last]
            else:
                yield from _of_file(opened(part), first, last)
        at += size


def _of_file(file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while first < last and (piece := file.read(min(_CHUNK_BYTES, last - first))):
            first += len(piece)
            yield piece


def _parts(members: Sequence[Member]) -> Iterator[tuple[bytes | str, int]]:
    at, places = 0, []
    for one in members:
        places.append(at)
        head = struct.pack("<IHHHHHIIIHH", 0x04034B50, *_common(one), len(one.name), 0)
        head += one.name.encode("ascii")
        yield head, len(head)
        yield one.content, one.size
        at += len(head) + one.size
    directory = b"".join(
        struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, _VERSION, *_common(one),
            len(one.name), 0, 0, 0, 0, 0, place,
        ) + one.name.encode("ascii")
        for one, place in zip(members, places, strict=True)
    )  # fmt: skip
    count = len(members)
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), at, 0)
    yield directory + tail, len(directory) + len(tail)


def _common(one: Member) -> tuple[int, ...]:
    return _VERSION, 0, _STORED, _TIME, _DATE, one.crc32, one.size, one.size

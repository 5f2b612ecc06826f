"""What a JPEG's markers say of it, without unpacking its picture data: ISO/IEC 10918-1, annex B."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

_SOI, _EOI, _SOS = b"\xff\xd8", b"\xff\xd9", 0xDA
# Baseline and extended sequential, Huffman coded: what cameras write.
_SEQUENTIAL = frozenset({0xC0, 0xC1})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
# Within picture data FF is followed by a stuffed zero, a restart marker, or fill bytes.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_SCAN = re.compile(rb"\xff\xda")
_BITS = 8


@dataclass(frozen=True, slots=True)
class Scans:
    """How the picture data of a JPEG is laid out.

    Attributes:
        in_one: all of it comes in one scan, so it is unpacked line by line. Of others the whole
            picture is held in memory, and read again by each scan.
        begin: where its first scan's data begins, bytes.
        is_ended: its first scan is followed by the end of the image.
    """

    in_one: bool
    begin: int
    is_ended: bool


def scans_of(data: bytes) -> Scans | None:
    """Return the layout of a JPEG's scans, None when there is none."""
    at, kind, parts = len(_SOI), 0, 0
    while at + 4 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004 - begins each marker
        marker = data[at + 1]
        if marker == 0xFF or marker in _ALONE:  # noqa: PLR2004 - a fill byte
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker in _FRAMES and length >= 8 and at + 10 <= len(data):  # noqa: PLR2004
            # Only one of 8 bits is read in one pass here.
            kind = marker if data[at + 4] == _BITS else 0
            parts = data[at + 9]
        if marker == _SOS:
            begin = at + 2 + length
            end = _MARKER.search(data, begin)
            return Scans(
                in_one=kind in _SEQUENTIAL
                and parts > 0
                and data[at + 4 : at + 5] == bytes([parts]),
                begin=begin,
                is_ended=end is not None and end[0] == _EOI,
            )
        at += 2 + max(length, 2)
    return None


def number_of(data: bytes) -> int:
    """Return how many scans a JPEG has; those of thumbnails and appended pictures count, too."""
    return len(_SCAN.findall(data))


def head_of(data: bytes, scans: Scans, most: int) -> bytes:
    """Return a JPEG with the first bytes of its picture data only, ended; what follows is empty."""
    return data[: scans.begin + most].rstrip(b"\xff") + _EOI

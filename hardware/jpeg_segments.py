"""The segments of a JPEG file up to its picture (ITU-T T.81, annex B). Pure Python."""

from __future__ import annotations

from typing import Final

START: Final = b"\xff\xd8"
END: Final = b"\xff\xd9"
SCAN: Final = 0xDA
_MARKER: Final = 0xFF


def segments(jpeg: bytes) -> list[tuple[int, int, int]]:
    """Return (offset, marker, length with marker) of each segment up to the first scan."""
    found = []
    at = len(START)
    while at + 4 <= len(jpeg) and jpeg[at] == _MARKER:
        if jpeg[at + 1] == _MARKER:  # padding before a marker
            at += 1
            continue
        length = 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        found.append((at, jpeg[at + 1], length))
        if jpeg[at + 1] == SCAN:
            break
        at += length
    return found

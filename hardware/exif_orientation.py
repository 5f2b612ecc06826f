"""Says in a JPEG file how its picture is to be turned, and leaves the picture as it is.

A camera's own word for it cannot be relied on: it comes from a sensor of gravity that flips when a
body on its stand looks down a little. Sources: CIPA DC-008 (Exif 2.32), TIFF 6.0.
"""

from __future__ import annotations

import struct
from typing import Final, Literal

from hardware.jpeg_segments import START, segments

Order = Literal["<", ">"]

_APP0, _APP1 = 0xE0, 0xE1
_EXIF: Final = b"Exif\0\0"
_ORDERS: Final[dict[bytes, Order]] = {b"II": "<", b"MM": ">"}
_HEADER: Final = 8
_ENTRY: Final = 12
_ORIENTATION: Final = 0x0112
_SHORT: Final = 3
_LONGEST: Final = 0xFFFF  # of a segment, without its marker

UPRIGHT: Final = 1
TURNS: Final = {0: UPRIGHT, 90: 6, 180: 3, 270: 8}
"""Exif's number by the degrees a picture is to be turned clockwise."""


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """Return the file with this orientation; the same bytes where it has it already.

    Args:
        jpeg: the file.
        orientation: Exif's number, one of `TURNS`.

    Raises:
        ValueError: it is no JPEG file, or its Exif block is damaged or full.
    """
    if not jpeg.startswith(START):
        raise ValueError("no JPEG file")
    parts = segments(jpeg)
    for at, marker, length in parts:
        if marker == _APP1 and jpeg[at + 4 : at + 4 + len(_EXIF)] == _EXIF:
            begins = at + 4 + len(_EXIF)
            block = jpeg[begins : at + length]
            try:
                changed = _changed(block, orientation)
            except (struct.error, KeyError) as error:
                raise ValueError(f"its Exif block is damaged ({error})") from error
            if changed == block:
                return jpeg
            return jpeg[:at] + _segment(changed) + jpeg[at + length :]
    if orientation == UPRIGHT:
        return jpeg
    first = parts[0] if parts else (0, 0, 0)
    after = first[0] + first[2] if first[1] == _APP0 else len(START)
    return jpeg[:after] + _segment(_changed(_empty(), orientation)) + jpeg[after:]


def _segment(block: bytes) -> bytes:
    length = 2 + len(_EXIF) + len(block)
    if length > _LONGEST:
        raise ValueError("its Exif block has no room left")
    return bytes((0xFF, _APP1)) + length.to_bytes(2, "big") + _EXIF + block


def _empty() -> bytes:
    return b"MM\0*" + struct.pack(">IHI", _HEADER, 0, 0)


def _changed(block: bytes, orientation: int) -> bytes:
    """Return a TIFF block with this orientation in its first directory."""
    order = _ORDERS[block[:2]]
    (at,) = struct.unpack_from(f"{order}I", block, 4)
    (count,) = struct.unpack_from(f"{order}H", block, at)
    value = struct.pack(f"{order}HHIH2x", _ORIENTATION, _SHORT, 1, orientation)
    entries = [
        block[at + 2 + _ENTRY * number : at + 2 + _ENTRY * (number + 1)] for number in range(count)
    ]
    if any(len(entry) < _ENTRY for entry in entries):
        raise ValueError("its Exif block is damaged")
    tags = [struct.unpack_from(f"{order}H", entry)[0] for entry in entries]
    if _ORIENTATION in tags:
        place = at + 2 + _ENTRY * tags.index(_ORIENTATION)
        return block[:place] + value + block[place + _ENTRY :]
    # A directory cannot grow where it stands: a longer copy goes to the end. All other offsets are
    # from the block's beginning, and stay right.
    following = block[at + 2 + _ENTRY * count :][:4].ljust(4, b"\0")
    sorted_entries = sorted([*entries, value], key=lambda e: struct.unpack_from(f"{order}H", e)[0])
    block += b"\0" * (len(block) % 2)
    directory = struct.pack(f"{order}H", count + 1) + b"".join(sorted_entries) + following
    return block[:4] + struct.pack(f"{order}I", len(block)) + block[8:] + directory

"""Motion JPEG: pictures as a USB camera sends them, made whole JPEG files."""

from __future__ import annotations

import functools
from typing import Final

import cv2
import numpy as np

from hardware.base import Pixels
from hardware.jpeg_segments import END, SCAN, START, segments

_HUFFMAN: Final = 0xC4
_REDUCED: Final = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
)


def whole_jpeg(sent: bytes) -> bytes | None:
    """Return a picture as a JPEG file any program reads; the picture itself stays as it is.

    Cameras pad their pictures, and many leave out the Huffman tables, as Motion JPEG allows
    (those of ITU-T T.81, annex K, are then meant); a file needs them.

    Returns:
        None when the picture is damaged: cut short on the cable, or none at all.
    """
    end = sent.rfind(END)
    if not sent.startswith(START) or end < 0:
        return None
    scan, tables = _headers(sent)
    if scan is None or scan > end:
        return None
    end += len(END)
    return sent[:end] if tables else sent[:scan] + standard_tables() + sent[scan:end]


def is_whole(jpeg: bytes) -> bool:
    """Whether a JPEG file has its picture to the end; what follows it does not matter.

    The end mark of a thumbnail among the headers is not the picture's.
    """
    scan, _ = _headers(jpeg) if jpeg.startswith(START) else (None, False)
    return scan is not None and jpeg.find(END, scan) >= 0


def decode(jpeg: bytes, reduce: int = 1) -> Pixels | None:
    """Decode a JPEG file.

    Args:
        jpeg: the file.
        reduce: 1, 2, 4 or 8: decode at this part of the size, which costs far less.

    Returns:
        (height, width, 3) uint8 RGB; None when it cannot be decoded.
    """
    how = dict(_REDUCED).get(reduce, cv2.IMREAD_COLOR) | cv2.IMREAD_IGNORE_ORIENTATION
    pixels: Pixels | None = cv2.imdecode(np.frombuffer(jpeg, np.uint8), how)
    if pixels is not None:
        cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB, pixels)
    return pixels


def reduction(size: tuple[int, int], wanted: tuple[int, int]) -> int:
    """Return the strongest reduction that leaves a picture no smaller than wanted.

    Args:
        size: (width, height) of the picture, pixels.
        wanted: (width, height), pixels.
    """
    for factor, _ in _REDUCED:
        if size[0] >= wanted[0] * factor and size[1] >= wanted[1] * factor:
            return factor
    return 1


def fitted(pixels: Pixels, wanted: tuple[int, int]) -> Pixels:
    """Shrink to fit a size, keeping the aspect ratio; never enlarge."""
    height, width = pixels.shape[:2]
    factor = max(wanted[0] / width, wanted[1] / height)
    if factor >= 1.0:
        return pixels
    size = (round(width * factor), round(height * factor))
    fitted: Pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return fitted


@functools.cache
def standard_tables() -> bytes:
    """Return the Huffman tables meant where a picture has none, as segments of a JPEG file."""
    # A plain encoder uses exactly these.
    encoded = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    return b"".join(
        encoded[at : at + length]
        for at, kind, length in segments(encoded)
        if kind == _HUFFMAN
    )  # fmt: skip


def _headers(jpeg: bytes) -> tuple[int | None, bool]:
    """Where the scan begins, and whether Huffman tables come before it."""
    tables = False
    for at, kind, _ in segments(jpeg):
        if kind == SCAN:
            return at, tables
        tables = tables or kind == _HUFFMAN
    return None, tables

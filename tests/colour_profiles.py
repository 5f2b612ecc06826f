"""ICC profiles of colour spaces that phones and cameras write, made from their definitions."""

from __future__ import annotations

import struct

import numpy as np

D50 = (0.96422, 1.0, 0.82521)
"""White of the profile connection space, ICC.1:2022 section 7.2.16."""
DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
"""Primaries, SMPTE EG 432-1; its curve is taken as a gamma of 2.2 here."""
ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
"""Adobe RGB (1998) Color Image Encoding, section 4.3.1.1."""
ADOBE_GAMMA = 563 / 256
D65 = (0.3127, 0.3290)
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def rgb_profile(primaries: tuple[tuple[float, float], ...], gamma: float) -> bytes:
    """Return a display profile, ICC version 2, of three primaries and one gamma, white D65."""
    columns = np.array([_xyz(*xy) for xy in primaries]).T
    white = _xyz(*D65)
    columns = columns * np.linalg.solve(columns, white)
    scale = np.diag((_BRADFORD @ D50) / (_BRADFORD @ white))
    adapted = np.linalg.inv(_BRADFORD) @ scale @ _BRADFORD @ columns
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0\0\0\0",
        b"wtpt": _xyz_tag(D50),
        b"rXYZ": _xyz_tag(adapted[:, 0]),
        b"gXYZ": _xyz_tag(adapted[:, 1]),
        b"bXYZ": _xyz_tag(adapted[:, 2]),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    offset, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", offset + len(data), len(content))
        data += padded
    body = struct.pack(">I", len(tags)) + table + data
    header = struct.pack(
        ">I4sI4s4s4s", 128 + len(body), b"lcms", 0x02100000, b"mntr", b"RGB ", b"XYZ "
    )
    header += struct.pack(">6H4s", 2027, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _fixed(D50)
    return header + bytes(128 - len(header)) + body


def _xyz(x: float, y: float) -> np.ndarray:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _xyz_tag(values: np.ndarray | tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(values)


def _fixed(values: np.ndarray | tuple[float, ...]) -> bytes:
    return struct.pack(">3i", *(round(float(v) * 65536) for v in values))

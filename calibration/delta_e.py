"""Colour differences as the eye sees them: linear sRGB to CIELAB, and CIEDE2000."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from calibration.light import Doubles

_TO_XYZ: Final = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip
"""Linear sRGB to XYZ, D65 (IEC 61966-2-1)."""
_D65_TO_D50: Final = np.array(
    [[1.0478112, 0.0228866, -0.0501270], [0.0295424, 0.9904844, -0.0170491],
     [-0.0092345, 0.0150436, 0.7521316]]
)  # fmt: skip
"""Chromatic adaptation by Bradford."""
_TO_D50: Final = _D65_TO_D50 @ _TO_XYZ
_WHITE: Final = _TO_D50.sum(axis=1)
_CUBE_FROM: Final = (6 / 29) ** 3
_FAR: Final = 25.0**7
_HALF_TURN: Final = 180.0
_WHOLE_TURN: Final = 360.0


def lab_of(linear: Any) -> Doubles:
    """Return CIELAB under D50, (…, 3), of linear sRGB (…, 3), D65, 0 to 1."""
    ratio = np.asarray(linear, np.float64) @ _TO_D50.T / _WHITE
    cube = np.cbrt(np.maximum(ratio, 0.0))
    line = ratio * (29 / 6) ** 2 / 3 + 4 / 29
    f = np.where(ratio > _CUBE_FROM, cube, line)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def linear_of(lab: Any) -> Doubles:
    """Return linear sRGB (…, 3) of CIELAB under D50; outside 0 to 1 where sRGB has no such one."""
    known = np.asarray(lab, np.float64)
    y = (known[..., 0] + 16) / 116
    f = np.stack([y + known[..., 1] / 500, y, y - known[..., 2] / 200], axis=-1)
    ratio = np.where(f > 6 / 29, f**3, (f - 4 / 29) * 3 * (6 / 29) ** 2)
    return np.asarray((ratio * _WHITE) @ np.linalg.inv(_TO_D50).T, np.float64)


def delta_e_2000(first: Any, second: Any) -> Doubles:
    """Return the colour difference CIEDE2000 of CIELAB colours (…, 3).

    Source: G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 color-difference formula", Color Research
    and Application 30 (2005), whose 34 test pairs it is held against.
    """
    one, two = np.asarray(first, np.float64), np.asarray(second, np.float64)
    l1, a1, b1 = one[..., 0], one[..., 1], one[..., 2]
    l2, a2, b2 = two[..., 0], two[..., 1], two[..., 2]
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1 + (1 - np.sqrt(chroma**7 / (chroma**7 + _FAR))) / 2
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1 = np.degrees(np.arctan2(b1, a1 * stretch)) % _WHOLE_TURN
    h2 = np.degrees(np.arctan2(b2, a2 * stretch)) % _WHOLE_TURN
    grey = c1 * c2 == 0
    turn = h2 - h1
    turn = np.where(turn > _HALF_TURN, turn - _WHOLE_TURN, turn)
    turn = np.where(turn < -_HALF_TURN, turn + _WHOLE_TURN, turn)
    turn = np.where(grey, 0.0, turn)
    d_l, d_c = l2 - l1, c2 - c1
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    apart = np.abs(h1 - h2) > _HALF_TURN
    both = h1 + h2
    mean_h = np.where(
        apart, (both + np.where(both < _WHOLE_TURN, 1, -1) * _WHOLE_TURN) / 2, both / 2
    )
    mean_h = np.where(grey, both, mean_h)
    tone = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    lightness = (mean_l - 50) ** 2
    s_l = 1 + 0.015 * lightness / np.sqrt(20 + lightness)
    s_c = 1 + 0.045 * mean_c
    s_h = 1 + 0.015 * mean_c * tone
    blue = 60 * np.exp(-(((mean_h - 275) / 25) ** 2))
    turned = -2 * np.sqrt(mean_c**7 / (mean_c**7 + _FAR)) * np.sin(np.radians(blue))
    part_c, part_h = d_c / s_c, d_h / s_h
    total = (d_l / s_l) ** 2 + part_c**2 + part_h**2 + turned * part_c * part_h
    return np.asarray(np.sqrt(np.maximum(total, 0.0)), np.float64)

"""Sharpness from a slanted edge: the edge's spread, its spectrum, MTF50 (ISO 12233 e-SFR)."""

from __future__ import annotations

from typing import Final

import numpy as np

from calibration.light import Doubles

_FINER: Final = 4  # bins to a pixel
_HALF: Final = 0.5
_LEAST_CONTRAST: Final = 0.1
_STEEPEST: Final = 0.5  # tangent; a steeper edge is nobody's slanted edge


def mtf50(light: Doubles) -> float | None:
    """Return the spatial frequency at which contrast is halved, cycles per pixel.

    Args:
        light: (H, W) linear light with one nearly upright edge, dark to bright or bright to
            dark, through all rows.

    Returns:
        None when there is no such edge, or its contrast is never halved below the sampling limit.
    """
    rows, columns = light.shape
    low, high = np.percentile(light, (5, 95))
    if high - low < _LEAST_CONTRAST * max(high, 1e-6):
        return None
    slope = np.diff(light, axis=1)
    if slope.sum() < 0:
        light, slope = light[:, ::-1], -slope[:, ::-1]
    y = np.arange(rows, dtype=np.float64)
    # The edge is where the light's slope is: its centroid in each row, and a line through them,
    # then again near that line only, where noise weighs less.
    x = np.arange(columns - 1) + _HALF
    line = np.array([0.0, (columns - 1) / 2])
    reach = columns / 2
    for _ in range(4):
        at = line[0] * y + line[1]
        near = np.abs(x[None, :] - at[:, None]) <= reach
        weight = np.where(near, np.maximum(slope, 0.0), 0.0)
        total = weight.sum(axis=1)
        good = total > 0
        if good.sum() < rows / 2:
            return None
        centre = (weight * x).sum(axis=1)[good] / total[good]
        line = np.polyfit(y[good], centre, 1)
        reach = max(reach / 2, 6.0)
    if abs(line[0]) > _STEEPEST:
        return None
    cos = 1 / np.hypot(1.0, line[0])
    distance = (np.arange(columns)[None, :] - (line[0] * y + line[1])[:, None]) * cos
    spread = _binned(distance, light)
    return None if spread is None else _half_contrast(spread)


def _binned(distance: Doubles, light: Doubles) -> Doubles | None:
    """Return the edge's profile, `_FINER` times as fine as the pixels."""
    half = int(min(-distance.min(), distance.max(), 24.0) * _FINER)
    index = np.floor(distance * _FINER).astype(int) + half
    inside = (index >= 0) & (index < 2 * half)
    count = np.bincount(index[inside], minlength=2 * half)
    total = np.bincount(index[inside], light[inside], minlength=2 * half)
    known = count > 0
    if half < 4 * _FINER or known.mean() < 0.9:  # noqa: PLR2004 - a few empty bins are filled in
        return None
    place = np.arange(2 * half)
    return np.interp(place, place[known], total[known] / count[known])


def _half_contrast(spread: Doubles) -> float | None:
    line = np.diff(spread)
    line = line * np.hamming(len(line))
    spectrum = np.abs(np.fft.rfft(line, 4096))
    if spectrum[0] <= 0:
        return None
    frequency = np.fft.rfftfreq(4096, 1 / _FINER)
    # Differences of neighbouring bins, and bins of finite width, are low-pass filters themselves.
    contrast = spectrum / spectrum[0] / np.maximum(np.sinc(frequency / _FINER) ** 2, 0.1)
    below = np.flatnonzero(contrast < _HALF)
    if len(below) == 0 or frequency[below[0]] > 1.0:
        return None
    i = int(below[0])
    a, b = contrast[i - 1], contrast[i]
    return float(frequency[i - 1] + (a - _HALF) / (a - b) * (frequency[i] - frequency[i - 1]))

"""Whether the booth is still as it was calibrated: one live view frame against the empty one.

Only the picture's edges are looked at, where no sitter is. What has changed a little is followed;
what has changed a lot stops the booth, and staff is told what to look for.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from calibration.light import LUMINANCE, Doubles, Floats, to_linear
from calibration.limits import DriftLimits
from calibration.step import Figure, Finding
from hardware.base import Pixels

_GRID: Final = (32, 18)
_SIDE: Final = 0.22  # of the width at each side, where the light is compared
_TOP: Final = 0.14  # of the height, likewise
_CORNER: Final = (0.24, 0.42)  # of width and height: the upper corners, for shift and detail
_DARK: Final = 0.004  # linear light below which a place tells nothing
_AGREES: Final = 0.04  # fraction of the light
_FITS: Final = 0.6  # least correlation of a corner with what it was
_FREE: Final = 0.93  # of the places agree: nobody stands there
_ROUGH_STEP: Final = 4
_TEXTURE: Final = 0.0015  # least contrast of a wall's slow unevenness, fraction
_DETAIL: Final = 0.004  # least contrast of fine detail in the reference, fraction
_ROUGH_PX: Final = 3.0  # blur that leaves the wall's unevenness and hides threads and noise
_BLACK: Final = 0.05  # of the light: somebody switched it off
_USABLE_DETAIL: Final = 0.3


class Verdict(enum.StrEnum):
    """What is to be done."""

    STEADY = "steady"
    """Nothing changed that matters."""
    FOLLOW = "follow"
    """The light changed a little: `Drift.gains` take it in."""
    STOP = "stop"
    """It changed too much: `Drift.findings` say what to do."""
    UNKNOWN = "unknown"
    """Somebody stands in the way: look again."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed since calibration.

    Attributes:
        verdict: what is to be done.
        gains: the light's red, green and blue over those of calibration, factor.
        figures: ``exposure`` (stops), ``white`` (fraction), ``shift`` (fraction of the height),
            ``blur`` (fraction of fine detail lost), ``light_moved`` (fraction of the light from
            one side to the other); those that the backdrop does not show are left out.
        findings: what staff should do; empty unless stopped.
    """

    verdict: Verdict
    gains: tuple[float, float, float]
    figures: dict[str, Figure]
    findings: tuple[Finding, ...] = ()


def measure_drift(
    frame: Pixels, empty: Pixels, limits: DriftLimits | None = None, usual_detail: float = 1.0
) -> Drift:
    """Compare a live view frame with that of the empty booth at calibration.

    Args:
        frame: (H, W, 3) uint8 RGB; a sitter may be in it.
        empty: (h, w, 3) uint8 RGB, of the same view.
        limits: how far each may be off.
        usual_detail: what `shared_detail` said of two frames at calibration.
    """
    limits = limits or DriftLimits()
    ratio, agreement, moved = _compare_light(frame, empty)
    if agreement < limits.min_agreement:
        return Drift(Verdict.UNKNOWN, (1.0, 1.0, 1.0), {"agreement": Figure(agreement)})
    level = max(float(ratio @ LUMINANCE), 1e-4)
    exposure = math.log2(level)
    red, green, blue = (float(v) for v in ratio)
    if level < _BLACK:
        figure = Figure(exposure, "stops", -limits.max_exposure, limits.max_exposure)
        return _stopped(ratio, {"exposure": figure})
    white = max(abs(red / green - 1), abs(blue / green - 1))
    figures = {
        "agreement": Figure(agreement, "", limits.min_agreement),
        "exposure": Figure(exposure, "stops", -limits.max_exposure, limits.max_exposure),
        "white": Figure(white, "", None, limits.max_white),
        "light_moved": Figure(moved, "", None, limits.max_light_moved),
    }
    corners = _corners(frame, empty)
    shift = _shift(corners, free=agreement >= _FREE)
    if shift is not None:
        figures["shift"] = Figure(shift, "", None, limits.max_shift)
    detail = _detail(corners) if usual_detail >= _USABLE_DETAIL else None
    if detail is not None and (shift is None or figures["shift"].holds):
        figures["blur"] = Figure(1 - detail / usual_detail, "", None, limits.max_blur)
    if not all(figure.holds for figure in figures.values()):
        return _stopped(ratio, figures)
    changed = abs(exposure) > limits.min_exposure or white > limits.min_white
    verdict = Verdict.FOLLOW if changed else Verdict.STEADY
    return Drift(verdict, (red, green, blue) if changed else (1.0, 1.0, 1.0), figures)


def shared_detail(frame: Pixels, empty: Pixels) -> float:
    """Return how much of the empty view's fine detail another frame of it has; the rest is noise.

    Args:
        frame: (H, W, 3) uint8 RGB, of the empty booth.
        empty: (H, W, 3) uint8 RGB, what drift will be told against.

    Returns:
        1 for all, 0 where the backdrop has no detail.
    """
    return _detail(_corners(frame, empty)) or 0.0


def _stopped(ratio: Doubles, figures: dict[str, Figure]) -> Drift:
    findings = tuple(
        Finding(f"drift_{name}", _HINTS[name], {"amount": f"{abs(figure.value):.2f}"})
        for name, figure in figures.items()
        if not figure.holds
    )
    red, green, blue = (float(v) for v in ratio)
    return Drift(Verdict.STOP, (red, green, blue), figures, findings)


_HINTS: Final = {
    "exposure": "The light is much brighter or darker than it was calibrated. Look whether a lamp "
    "is out, or daylight falls in.",
    "white": "The light has another colour than it was calibrated. Look whether a lamp was "
    "changed, or daylight falls in.",
    "light_moved": "The light comes from another side than it was calibrated. Look whether a lamp "
    "was moved.",
    "shift": "The camera or the backdrop was moved. Put it back, or calibrate anew.",
    "blur": "The picture has lost its sharpness. Clean the lens and look at the focus.",
}


def _compare_light(frame: Pixels, empty: Pixels) -> tuple[Doubles, float, float]:
    """Return the light's ratio, (3,), how much of the places agrees, and the light's tilt."""
    now, then = (
        to_linear(cv2.resize(p, _GRID, interpolation=cv2.INTER_AREA)) for p in (frame, empty)
    )
    x, y = np.meshgrid(
        (np.arange(_GRID[0]) + 0.5) / _GRID[0], (np.arange(_GRID[1]) + 0.5) / _GRID[1]
    )
    edge = (x < _SIDE) | (x > 1 - _SIDE) | (y < _TOP)
    lit = edge & (then.min(axis=2) > _DARK)
    if not lit.any():
        return np.ones(3), 0.0, 0.0
    ratio = (now[lit] / then[lit]).astype(np.float64)
    terms = np.column_stack([np.ones(int(lit.sum())), x[lit] - 0.5, y[lit] - 0.5])
    level = np.maximum(ratio @ LUMINANCE, 1e-4)
    factors, close = _plane(terms, level)
    if float(np.median(level)) < _BLACK:
        return np.median(ratio, axis=0), 1.0, 0.0
    tint = np.median(ratio[close] / level[close, None], axis=0) if close.any() else np.ones(3)
    same_tint = np.abs(ratio / level[:, None] / tint - 1).max(axis=1) < _AGREES * 2
    agrees = close & same_tint
    middle = float(factors[0])
    return tint * middle, float(agrees.mean()), float(np.hypot(*factors[1:]) / max(middle, 1e-4))


def _plane(terms: Doubles, level: Doubles) -> tuple[Doubles, npt.NDArray[np.bool_]]:
    """Fit a plane to the light's ratio, robustly; return it and which places lie on it."""
    weights = np.ones(len(level))
    factors = np.array([float(np.median(level)), 0.0, 0.0])
    for _ in range(12):
        error = np.abs(terms @ factors - level) / max(abs(float(factors[0])), 1e-4)
        weights = 1 / (1 + (error / _AGREES) ** 2) ** 2
        scaled = terms * weights[:, None]
        factors = np.linalg.solve(scaled.T @ terms + np.eye(3) * 1e-9, scaled.T @ level)
    error = np.abs(terms @ factors - level) / max(abs(float(factors[0])), 1e-4)
    return factors, error < _AGREES


@dataclass(frozen=True, slots=True, eq=False)
class _Corner:
    """One corner of both pictures, luminance over its own slow run."""

    now: Floats
    then: Floats
    height: int


def _corners(frame: Pixels, empty: Pixels) -> list[_Corner]:
    if frame.shape != empty.shape:
        size = (empty.shape[1], empty.shape[0])
        frame = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    height, width = empty.shape[:2]
    wide, tall = int(width * _CORNER[0]), int(height * _CORNER[1])
    parts = (np.s_[:tall, :wide], np.s_[:tall, width - wide :])
    return [_Corner(_flattened(frame[part]), _flattened(empty[part]), height) for part in parts]


def _flattened(pixels: Pixels) -> Floats:
    """Return luminance over its slow run, less one: what the wall's texture does to the light."""
    light = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) + 1
    small = cv2.resize(light, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    slow = cv2.resize(cv2.GaussianBlur(small, (0, 0), 6), light.shape[::-1])
    out: Floats = light / slow - 1
    return out


def _shift(corners: list[_Corner], *, free: bool) -> float | None:
    """Return how far the picture moved, fraction of its height; None where nothing shows it.

    The wall's slow unevenness is searched for where it was; its threads and the noise are blurred
    away first, for they repeat.

    Args:
        corners: the upper corners.
        free: whether surely nobody stands in them.
    """
    found, height = [], corners[0].height
    for corner in corners:
        now, then = (_rough(p) for p in (corner.now, corner.then))
        if min(float(now.std()), float(then.std())) < _TEXTURE:
            return None
        tall, wide = now.shape
        reach_x, reach_y = wide // 5, tall // 5
        middle = now[reach_y : tall - reach_y, reach_x : wide - reach_x]
        fit = cv2.matchTemplate(then, middle, cv2.TM_CCOEFF_NORMED)
        _, best, _, (x, y) = cv2.minMaxLoc(fit)
        if best >= _FITS:
            right, down = _peak(fit, x, y)
            found.append((best, math.hypot(right - reach_x, down - reach_y) * _ROUGH_STEP))
    if found:
        return max(found)[1] / height
    # Farther off than was searched, or another backdrop: either way not the booth it was.
    return reach_y * _ROUGH_STEP / height if free else None


def _rough(light: Floats) -> Floats:
    soft = cv2.GaussianBlur(light, (0, 0), _ROUGH_PX)
    step = 1 / _ROUGH_STEP
    small: Floats = cv2.resize(soft, None, fx=step, fy=step, interpolation=cv2.INTER_AREA)
    return small


def _peak(fit: Floats, x: int, y: int) -> tuple[float, float]:
    """Return where the best fit lies between the steps: the top of a parabola each way."""
    height, width = fit.shape
    at = [float(x), float(y)]
    for axis, place, size in ((0, x, width), (1, y, height)):
        if 0 < place < size - 1:
            side = fit[y, x - 1 : x + 2] if axis == 0 else fit[y - 1 : y + 2, x]
            a, b, c = (float(v) for v in side)
            at[axis] += (a - c) / (2 * (a - 2 * b + c)) if a - 2 * b + c < 0 else 0.0
    return at[0], at[1]


def _detail(corners: list[_Corner]) -> float | None:
    """Return how much of the wall's fine detail is left, 1 for all; None where it has none."""
    left = []
    for corner in corners:
        now, then = (p - cv2.GaussianBlur(p, (0, 0), 1.5) for p in (corner.now, corner.then))
        if float(then.std()) < _DETAIL:
            return None
        best = 0.0
        for x in (-1, 0, 1):
            for y in (-1, 0, 1):
                moved = np.roll(now, (y, x), (0, 1))
                best = max(best, float((moved * then).mean() / (then * then).mean()))
        left.append(best)
    return max(left)

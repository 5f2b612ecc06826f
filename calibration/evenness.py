"""How evenly a backdrop is lit, and what disturbs it: creases, stains, shadows, and where."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from calibration.light import LUMINANCE, Floats, to_linear
from hardware.base import Pixels

_FINE_PX: Final = 1024
_COARSE_PX: Final = 256
_DRAWN_PX: Final = 960
_AROUND_PX: Final = 41  # of the fine picture: what a crease or stain is held against
_THREADS_PX: Final = 1.0  # blur that hides the cloth's own threads
_NOISE_FACTOR: Final = 5.0
_LONG: Final = 4.0  # times as long as wide: a crease
_MIN_SPOT_PX: Final = 12
_SHADOW_BLUR_PX: Final = 5.0
_KEPT: Final = 8


class FlawKind(enum.StrEnum):
    """What disturbs the backdrop."""

    CREASE = "crease"
    STAIN = "stain"
    SHADOW = "shadow"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place that is off its surroundings.

    Attributes:
        kind: what it looks like.
        depth: deviation from the surroundings, fraction of the light; negative is darker.
        box: (left, top, right, bottom), fractions of the picture.
    """

    kind: FlawKind
    depth: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Evenness:
    """A backdrop's light.

    Attributes:
        falloff: from the brightest to the darkest place of the smooth run of light, fraction.
        across: how much brighter the right edge is than the left, fraction of the mean.
        down: how much brighter the lower edge is than the upper, fraction of the mean.
        flaws: the worst first.
        deviation: (h, w) deviation from the smooth run of light, fraction; for drawing.
    """

    falloff: float
    across: float
    down: float
    flaws: tuple[Flaw, ...]
    deviation: Floats


def smooth_run(light: Floats, order: int = 2) -> Floats:
    """Fit a polynomial to (H, W) light, robustly: of second order, falloff but no person."""
    height, width = light.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    powers = [(i, j) for i in range(order + 1) for j in range(order + 1 - i)]
    terms = np.stack([x**i * y**j for i, j in powers], axis=-1).reshape(-1, len(powers))
    values = light.reshape(-1).astype(np.float64)
    weights = np.ones_like(values)
    for _ in range(6):
        scaled = terms * weights[:, None]
        factors = np.linalg.lstsq(scaled.T @ terms, scaled.T @ values, rcond=None)[0]
        error = np.abs(terms @ factors - values)
        weights = 1 / (1 + (error / max(float(np.median(error)) * 3, 1e-4)) ** 2)
    run = np.maximum(terms @ factors, 1e-4).astype(np.float32)
    return np.reshape(run, (height, width))


def measure_evenness(plate: Pixels, smallest: float) -> Evenness:
    """Measure a clean plate, (H, W, 3) uint8 RGB.

    Args:
        plate: the empty backdrop.
        smallest: deviations below this are not reported, fraction of the light.
    """
    fine, coarse = _luminance(plate, _FINE_PX), _luminance(plate, _COARSE_PX)
    run = smooth_run(coarse)
    # Lamps and lens each fall off with the square of the distance: together with its fourth power.
    lit = smooth_run(coarse, 4)
    middle_row, middle_column = run[run.shape[0] // 2], run[:, run.shape[1] // 2]
    mean = float(run.mean())
    deviation = (coarse / run - 1).astype(np.float32)
    soft = cv2.GaussianBlur(fine, (0, 0), _THREADS_PX)
    around = _median_around(soft)
    flaws = [
        *_find(soft / around - 1, smallest, large=False),
        *_find(cv2.GaussianBlur(deviation, (0, 0), _SHADOW_BLUR_PX), smallest, large=True),
    ]
    flaws.sort(key=lambda flaw: -abs(flaw.depth))
    return Evenness(
        falloff=float(1 - lit.min() / lit.max()),
        across=float(middle_row[-1] - middle_row[0]) / mean,
        down=float(middle_column[-1] - middle_column[0]) / mean,
        flaws=tuple(flaws[:_KEPT]),
        deviation=deviation,
    )


def draw_evenness(plate: Pixels, found: Evenness, scale: float) -> Pixels:
    """Return the plate's deviations in colour, blue darker and red brighter, the flaws framed.

    Args:
        plate: (H, W, 3) uint8 RGB.
        found: what was measured of it.
        scale: the deviation that is drawn in full colour, fraction.
    """
    height, width = plate.shape[:2]
    height, width = round(height * _DRAWN_PX / width), _DRAWN_PX
    shown = cv2.resize(found.deviation, (width, height), interpolation=cv2.INTER_LINEAR)
    level = np.clip(shown / scale, -1, 1)[:, :, None]
    grey = np.full(3, 225.0, np.float32)
    red = np.array([200.0, 30.0, 20.0], np.float32)
    blue = np.array([20.0, 60.0, 200.0], np.float32)
    mixed = grey + np.abs(level) * (np.where(level > 0, red, blue) - grey)
    drawn: Pixels = np.ascontiguousarray(mixed.astype(np.uint8))
    for number, flaw in enumerate(found.flaws):
        left, top, right, bottom = flaw.box
        corners = (
            (round(left * width) - 4, round(top * height) - 4),
            (round(right * width) + 4, round(bottom * height) + 4),
        )
        cv2.rectangle(drawn, *corners, (20, 20, 20), 4 if number == 0 else 2)
    return drawn


def noise_map(stills: Sequence[Pixels], plate: Pixels, columns: int = 16) -> Floats:
    """Return the noise of one still in each cell of a grid, sRGB code values, (rows, columns)."""
    height, width = plate.shape[:2]
    rows = max(round(columns * height / width), 1)
    total = np.zeros((rows, columns), np.float32)
    for still in stills:
        # Each third pixel tells the noise as well as all of them.
        thinned = np.ascontiguousarray(still[::3, ::3]), np.ascontiguousarray(plate[::3, ::3])
        difference = cv2.subtract(*thinned, dtype=cv2.CV_32F)
        difference -= cv2.blur(difference, (31, 31))  # exposure and light may breathe
        square = (difference * difference).mean(axis=2)
        total += cv2.resize(square, (columns, rows), interpolation=cv2.INTER_AREA)
    found: Floats = np.sqrt(total / max(len(stills) - 1, 1))
    return found


def _luminance(pixels: Pixels, width: int) -> Floats:
    height = max(round(pixels.shape[0] * width / pixels.shape[1]), 1)
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    found: Floats = (to_linear(small) @ LUMINANCE.astype(np.float32)).astype(np.float32)
    return np.maximum(found, 1e-4)


def _median_around(light: Floats) -> Floats:
    """Return the median of each place's wide surroundings: OpenCV does it for 8 bit only."""
    low, high = float(light.min()), float(light.max())
    step = max(high - low, 1e-6) / 255
    levels = np.rint((light - low) / step).astype(np.uint8)
    median = cv2.medianBlur(levels, _AROUND_PX).astype(np.float32)
    smooth = cv2.GaussianBlur(median, (0, 0), _AROUND_PX / 4)  # 8 bit steps
    around: Floats = np.maximum(smooth * step + low, 1e-4).astype(np.float32)
    return around


def _find(deviation: Floats, smallest: float, *, large: bool) -> list[Flaw]:
    height, width = deviation.shape
    usual = float(np.median(np.abs(deviation))) * 1.4826  # standard deviation of a normal one
    level = max(smallest / 2, _NOISE_FACTOR * usual if not large else 0.0)
    off = (np.abs(deviation) > level).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(off)
    found = []
    for number in range(1, count):
        left, top, wide, tall, area = (int(v) for v in stats[number])
        part = labels[top : top + tall, left : left + wide] == number
        values = deviation[top : top + tall, left : left + wide][part]
        depth = float(values[np.argmax(np.abs(values))])
        if area < _MIN_SPOT_PX or abs(depth) < smallest:
            continue
        kind = FlawKind.SHADOW if large else _kind(part)
        box = (left / width, top / height, (left + wide) / width, (top + tall) / height)
        found.append(Flaw(kind, depth, box))
    return found


def _kind(part: npt.NDArray[np.bool_]) -> FlawKind:
    points = np.argwhere(part).astype(np.float64)
    spread = np.linalg.eigvalsh(np.cov(points.T) + np.eye(2) * 0.1)
    return FlawKind.CREASE if spread[1] > _LONG**2 * spread[0] else FlawKind.STAIN

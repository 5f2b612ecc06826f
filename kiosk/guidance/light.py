"""How the light falls: evenly on both halves of the face, and enough of it.

Nothing here looks at how light or dark a skin is. Evenness compares the person's own two halves;
exposure is judged by what is burnt out and by the backdrop. ISO/IEC 29794-5 has "illumination
uniformity" and "over-exposure prevention" for these.
"""

from __future__ import annotations

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.guidance.face_points import OVAL, SKIN_LEFT, SKIN_RIGHT
from kiosk.guidance.landmarks import PersonMask
from kiosk.guidance.mediapipe_models import Floats

_FACE_PX = 96
"""The face is looked at this wide; a cell then averages away pores and single hairs."""
_CLIPPED = 253
"""A channel at or above this is burnt out: JPEG lets the last levels waver."""
_BACKDROP = 0.05
"""Where the mask is below this it is surely backdrop."""
_STRIDE = 4
"""Every fourth cell of every fourth row is enough for a median."""
_LIT_PERCENTILE = 60.0
_MIN_CELLS = 400
"""Fewer backdrop cells than this say nothing."""


def linear(levels: Floats | Pixels) -> Floats:
    """Return sRGB levels (0 to 255) as linear light, 0 to 1 (IEC 61966-2-1)."""
    if levels.dtype == np.uint8:
        return _LINEAR.take(levels.astype(np.intp))
    share = np.clip(np.asarray(levels, np.float32) / 255.0, 0.0, 1.0)
    low, high = share / 12.92, ((share + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(share <= 0.04045, low, high), np.float32)  # noqa: PLR2004


_LINEAR = linear(np.arange(256, dtype=np.float32))
"""Of whole levels."""


def small_face(pixels: Pixels, face: Floats) -> tuple[Pixels, Floats] | None:
    """Return the face's box of the picture about `_FACE_PX` wide, and the points in it.

    None when nothing of the face is inside the picture.
    """
    oval = face[list(OVAL), :2]
    x0, y0 = np.maximum(np.floor(oval.min(axis=0)), 0).astype(int)
    x1, y1 = np.maximum(np.ceil(oval.max(axis=0)) + 1, 0).astype(int)
    box = pixels[y0:y1, x0:x1]
    if min(box.shape[:2]) < 2:  # noqa: PLR2004 - nothing to look at
        return None
    scale = min(1.0, _FACE_PX / box.shape[1])
    small = cv2.resize(box, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    points = (face[:, :2] - (x0, y0)) * (small.shape[1] / box.shape[1])
    return small, np.asarray(points, np.float32)


def measure_light_difference_ev(small: Pixels, points: Floats) -> float | None:
    """Return how much lighter the left half of the face is than the right one, stops.

    The median over facing pairs of points on forehead, cheeks and jaw; a strand of hair or a
    mole on one of them changes nothing. None when too few pairs are inside the picture.

    Args:
        small: (h, w, 3) RGB, the face, from `small_face`.
        points: (478, 2), the face points in it.
    """
    height, width = small.shape[:2]
    left, right = points[list(SKIN_LEFT)], points[list(SKIN_RIGHT)]
    both = np.stack([left, right])
    inside = (both >= 1).all(axis=(0, 2)) & (both < (width - 1, height - 1)).all(axis=(0, 2))
    if inside.sum() < len(SKIN_LEFT) // 2:
        return None
    softened = cv2.blur(small, (5, 5))
    at = both[:, inside].round().astype(int)
    # Rec. 709 luminance; a floor of half a level keeps black from being infinitely dark.
    light = linear(softened[at[..., 1], at[..., 0]]) @ np.array([0.2126, 0.7152, 0.0722])
    stops = np.log2(np.maximum(light, 1.5e-4))
    return float(np.median(stops[0] - stops[1]))


def measure_face_clipped_fraction(small: Pixels, points: Floats) -> float:
    """Return which part of the face is burnt out in at least two channels, 0 to 1.

    One channel alone burns out on lips and reddened skin without any harm.

    Args:
        small: (h, w, 3) RGB, the face, from `small_face`.
        points: (478, 2), the face points in it.
    """
    inside = np.zeros(small.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, cv2.convexHull(points[list(OVAL)].round().astype(np.int32)), 1)
    _, burnt = cv2.threshold(small, _CLIPPED - 1, 1, cv2.THRESH_BINARY)
    channels = burnt[..., 0] + burnt[..., 1] + burnt[..., 2]
    burnt_out = cv2.countNonZero(cv2.bitwise_and((channels >> 1), inside))
    return burnt_out / max(1, cv2.countNonZero(inside))


def measure_backdrop_level(person: PersonMask) -> float | None:
    """Return the backdrop's brightest channel, 0 to 1 in sRGB; None when it is not seen.

    The booth's backdrop is known and light, so it tells an underexposed picture without a look
    at the person.
    """
    backdrop = person.alpha[person.inside][::_STRIDE, ::_STRIDE] < _BACKDROP
    if int(backdrop.sum()) * _STRIDE**2 < _MIN_CELLS:
        return None
    colours = person.pixels[person.inside][::_STRIDE, ::_STRIDE][backdrop]
    return float(np.median(colours, axis=0).max()) / 255.0


def lit_level(pixels: Pixels) -> tuple[float, float, float]:
    """Return the level of an empty backdrop where it is lit, sRGB 0 to 255 per channel.

    Args:
        pixels: (h, w, 3) uint8 RGB, nothing but backdrop in it.
    """
    red, green, blue = np.percentile(pixels[::_STRIDE, ::_STRIDE], _LIT_PERCENTILE, axis=(0, 1))
    return float(red), float(green), float(blue)


def measure_exposure_ev(
    person: PersonMask, plate_level: tuple[float, float, float]
) -> float | None:
    """Return how much lighter the backdrop is than when the booth was calibrated, stops.

    The plate was taken with the exposure that calibration found on its grey card, so this is the
    picture's exposure against that grey, whoever sits in front of it. The lighter half of what
    is seen is taken, because the person's shadow lies on the rest. None when too little backdrop
    is seen.

    Args:
        person: the mask, with the picture at its scale.
        plate_level: of the empty backdrop at calibration, sRGB 0 to 255 per channel.
    """
    backdrop = person.alpha[person.inside][::_STRIDE, ::_STRIDE] < _BACKDROP
    if int(backdrop.sum()) * _STRIDE**2 < _MIN_CELLS:
        return None
    colours = person.pixels[person.inside][::_STRIDE, ::_STRIDE][backdrop]
    light = linear(np.percentile(colours, _LIT_PERCENTILE, axis=0)).sum()
    known = linear(np.array(plate_level)).sum()
    return float(np.log2(max(float(light), 1e-4) / max(float(known), 1e-4)))

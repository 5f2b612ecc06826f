"""What is behind the person: things, shadows, other people.

The backdrop's own course of light (falloff of the lamps, vignetting) is a smooth surface. A thing
leaves it with a hard edge or another colour; a shadow leaves it softly, downwards, and in all
channels by nearly the same factor. ISO/IEC 29794-5 has "background uniformity" for all of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hardware.base import Pixels
from kiosk.guidance.backdrop_surface import distance_from_surface, fit_surface, surface_terms
from kiosk.guidance.face_points import CHIN, LEFT_CHEEK, RIGHT_CHEEK
from kiosk.guidance.landmarks import PersonMask
from kiosk.guidance.light import linear
from kiosk.guidance.mediapipe_models import Floats
from kiosk.guidance.own_skin import cells

_SHRINK = 4
"""Weave, paper grain and sensor noise are finer than so many cells of the mask."""
_BACKDROP = 0.05
_MARGIN = 5
"""Width of the brush, shrunk cells, that keeps hair and blurred edges away from the backdrop."""
_MIN_CELLS = 100
_ROUNDS = 3
_KEEP = 0.75
"""The surface is laid through the part of the backdrop that fits it best, so that what stands
before it does not bend it."""
_OFF_LEVELS = 14.0
"""A cell so far from the surface, levels of 255, is not plain backdrop."""
_HARD_STEP, _HARD_PART = 12.0, 0.45
"""An edge is hard when neighbouring cells differ by so many levels, and by so much of how far the
place is off the surface: the edge of a shadow is spread over several cells."""
_TINT_EV = 0.12
"""Channels of a shadow darken alike, to so many stops."""
_BURNT_OUT = 250
"""Level from which a channel says no more how light it is."""
_TO_COMPARE = 2
"""Channels that it takes to tell a colour."""
_OTHER = 0.5
_HAIR = 1.05
"""The widest hair of 62 people ends within so many face widths of the axis, above the chin."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Measurements of what is behind; None where too little backdrop is seen.

    Attributes:
        thing_fraction: the largest thing, as a part of the backdrop seen.
        shadow_ev: how much darker the backdrop is where the person's shadow is deepest, stops.
        other_person_fraction: what the segmenter takes for people where the sitter cannot be,
            apart from the sitter or far beside the head, as a part of the backdrop.
    """

    thing_fraction: float | None = None
    shadow_ev: float | None = None
    other_person_fraction: float | None = None


def measure_behind(face: Floats, person: PersonMask) -> Behind:
    """Measure the backdrop around the person.

    Args:
        face: (478, 3) face points, pixels of the picture.
        person: the mask, with the picture at its scale.
    """
    alpha = person.alpha[person.inside]
    size = alpha.shape[1] // _SHRINK, alpha.shape[0] // _SHRINK
    if min(size) < _MARGIN:
        return Behind()
    others = _other_people(alpha, _beside_head(face, person))
    sure = (cv2.resize(alpha, size, interpolation=cv2.INTER_AREA) < _BACKDROP).astype(np.uint8)
    brush = np.ones((_MARGIN, _MARGIN), np.uint8)
    sure = cv2.erode(sure, brush, borderType=cv2.BORDER_CONSTANT, borderValue=1)
    if int(sure.sum()) < _MIN_CELLS:
        return Behind(other_person_fraction=others)
    levels = cv2.resize(person.pixels[person.inside], size, interpolation=cv2.INTER_AREA)
    small = levels.astype(np.float32)
    seen = sure.astype(bool)
    fitted = _smooth_course(small, seen)
    off = np.abs(small - fitted).max(axis=2)
    away = seen & (off > _OFF_LEVELS)
    stops, tint = _brighter_and_tinted(levels, fitted)
    alike = tint < _TINT_EV + 0.25 * np.abs(stops)
    depth = cv2.dilate(np.where(seen, off, 0.0).astype(np.float32), np.ones((9, 9), np.uint8))
    soft = _largest_step(small, seen) < np.maximum(_HARD_STEP, _HARD_PART * depth)
    # More light than expected, softly, is a lamp's course that the surface does not follow.
    course = seen & alike & soft
    thing = away & ~course
    darker = -stops[course & (stops < 0)]
    return Behind(
        thing_fraction=_largest_blob(thing) / float(seen.sum()),
        shadow_ev=float(np.percentile(darker, 95)) if len(darker) else 0.0,
        other_person_fraction=others,
    )


def _brighter_and_tinted(levels: Pixels, fitted: Floats) -> tuple[Floats, Floats]:
    """Return by how much cells are lighter than the surface, and how unlike its channels: stops.

    A burnt-out channel stays where it is while the others darken, which is no other colour. It
    counts only where fewer than two others are left.
    """
    stops = np.log2((linear(levels) + 1e-4) / (linear(np.clip(fitted, 1.0, 255.0)) + 1e-4))
    told = np.maximum(levels, fitted) < _BURNT_OUT
    told |= told.sum(axis=2, keepdims=True) < _TO_COMPARE
    mean = np.where(told, stops, 0.0).sum(axis=2) / told.sum(axis=2)
    highest = np.where(told, stops, -np.inf).max(axis=2)
    lowest = np.where(told, stops, np.inf).min(axis=2)
    return np.asarray(mean, np.float32), np.asarray(highest - lowest, np.float32)


def _smooth_course(small: Floats, seen: npt.NDArray[np.bool_]) -> Floats:
    """Return the surface of second order laid through the plain part of the backdrop."""
    terms = surface_terms(*seen.shape)
    # A quarter of the cells gives the same surface.
    quarter = seen[::2, ::2]
    course, colours = terms[::2, ::2][quarter], small[::2, ::2][quarter]
    keep = np.ones(len(course), bool)
    for _ in range(_ROUNDS):
        solved = fit_surface(course[keep], colours[keep])
        off = distance_from_surface(course, colours, solved)
        keep = off <= np.quantile(off, _KEEP)
    flat = cv2.gemm(terms.reshape(-1, 6), solved, 1.0, None, 0.0)
    return np.asarray(flat.reshape(*seen.shape, 3), np.float32)


def _largest_step(small: Floats, seen: npt.NDArray[np.bool_]) -> Floats:
    """Return each cell's largest difference from a neighbour that is backdrop too."""
    step = np.zeros(seen.shape, np.float32)
    for axis in (0, 1):
        difference = np.abs(np.diff(small, axis=axis)).max(axis=2)
        both = seen[1:] & seen[:-1] if axis == 0 else seen[:, 1:] & seen[:, :-1]
        difference = np.where(both, difference, 0.0)
        low = (slice(None, -1), slice(None)) if axis == 0 else (slice(None), slice(None, -1))
        high = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
        step[low] = np.maximum(step[low], difference)
        step[high] = np.maximum(step[high], difference)
    # A thing is hard at its edge only; what lies within belongs to it.
    return np.asarray(cv2.dilate(step, np.ones((5, 5), np.uint8)), np.float32)


def _largest_blob(thing: npt.NDArray[np.bool_]) -> int:
    count, _, figures, _ = cv2.connectedComponentsWithStats(thing.astype(np.uint8))
    return int(figures[1:, cv2.CC_STAT_AREA].max()) if count > 1 else 0


def _beside_head(face: Floats, person: PersonMask) -> npt.NDArray[np.bool_]:
    """Return where no part of the sitter can be: above the chin, further out than any hair."""
    at = cells(face[[CHIN, LEFT_CHEEK, RIGHT_CHEEK], :2], person)
    width = float(np.hypot(*(at[1] - at[2])))
    axis = float(at[1, 0] + at[2, 0]) / 2
    rows, columns = person.inside
    across = np.abs(np.arange(columns.start, columns.stop) - axis) > _HAIR * width
    above = np.arange(rows.start, rows.stop) < at[0, 1]
    return np.asarray(above[:, None] & across[None, :])


def _other_people(alpha: Floats, beside_head: npt.NDArray[np.bool_]) -> float:
    people = alpha > _OTHER
    count, which, figures, _ = cv2.connectedComponentsWithStats(people.astype(np.uint8))
    if count <= 1:
        return 0.0
    sitter = 1 + int(np.argmax(figures[1:, cv2.CC_STAT_AREA]))
    others = people & ((which != sitter) | beside_head)
    backdrop = max(1, int(people.size - figures[sitter, cv2.CC_STAT_AREA]))
    return float(np.count_nonzero(others)) / backdrop

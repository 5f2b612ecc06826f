"""What the person wears on the shoulders, seen in the person mask.

Colours are compared in CIE L*a*b* (D65, ISO/CIE 11664-4); a difference is the distance there, CIE
1976. ISO/IEC 29794-5 has no component for clothes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.guidance.face_points import CHIN, LEFT_CHEEK, RIGHT_CHEEK
from kiosk.guidance.landmarks import PersonMask
from kiosk.guidance.mediapipe_models import Floats
from kiosk.guidance.own_skin import cells, is_skin, lab, own_skin

_SURE = 0.9
"""Where the mask is above this it is surely the person."""
_EDGE = 0.5
_BELOW_CHIN = 0.3
"""Clothes are looked for from so many face widths below the chin."""
_NECK = 0.5
"""Hair and neck lie within so many face widths of the axis; shoulders lie outside."""
_INSIDE = 3
"""Cells from the outline inwards: past the blurred edge."""
_MIN_CELLS = 300
_MIN_OUTLINE = 20
_PERCENTILE = 25.0
_BLUE_FROM_DEG, _BLUE_TO_DEG = 215.0, 305.0
"""Hue angles of a* and b* that are called blue, from cyan-blue to blue-violet."""
_BLUE_CHROMA = 14.0
"""Less colourful than this is grey, black or navy so dark that nobody calls it blue."""
_PATTERN_CELLS = 9
"""Neighbourhood, cells, in which light and dark of a pattern both occur: an eighth of the face."""
_PATTERN_LEVELS = 20.0


@dataclass(frozen=True, slots=True)
class Clothes:
    """Measurements of the clothes; None where too little is seen.

    Attributes:
        colour_difference: of the clothes along the person's outline from the official
            background: a quarter of the outline has less.
        blue_fraction: part of the clothes that is blue.
        pattern_fraction: part of the clothes where light and dark alternate within a short way.
        bare_shoulder_fraction: part of the shoulders' outline that has the colour of the
            person's own skin.
    """

    colour_difference: float | None = None
    blue_fraction: float | None = None
    pattern_fraction: float | None = None
    bare_shoulder_fraction: float | None = None


def measure_clothes(face: Floats, person: PersonMask, background: tuple[int, int, int]) -> Clothes:
    """Measure what is worn below the neck.

    Args:
        face: (478, 3) face points, pixels of the picture.
        person: the mask, with the picture at its scale.
        background: the official background's colour, sRGB 0 to 255.
    """
    at = cells(face[[CHIN, LEFT_CHEEK, RIGHT_CHEEK], :2], person)
    width = float(np.hypot(*(at[1] - at[2])))
    axis = float(at[1, 0] + at[2, 0]) / 2
    rows, columns = person.inside
    first = max(rows.start, round(float(at[0, 1]) + _BELOW_CHIN * width))
    if rows.stop - first < _INSIDE * 2 or width < 1:
        return Clothes()
    alpha = person.alpha[first : rows.stop, columns]
    colours = lab(np.ascontiguousarray(person.pixels[first : rows.stop, columns]))
    skin = own_skin(lab(person.pixels), face, person)
    bare = np.zeros(alpha.shape, bool) if skin is None else is_skin(colours, skin)
    sure = alpha > _SURE
    worn = sure & ~bare
    if int(sure.sum()) < _MIN_CELLS:
        return Clothes()
    official = lab(np.array([[background]], np.uint8))[0, 0]
    outline = _outline(alpha, axis - columns.start, _NECK * width)
    difference = bare_part = None
    if len(outline[0]) >= _MIN_OUTLINE:
        bare_part = float(bare[outline].mean())
        difference = float(
            np.percentile(_delta_e(colours[outline].astype(np.float32), official), _PERCENTILE)
        )
    if skin is None:
        bare_part = None
    if int(worn.sum()) < _MIN_CELLS:
        return Clothes(bare_shoulder_fraction=bare_part)
    return Clothes(
        difference,
        _blue_fraction(colours[worn]),
        _pattern_fraction(colours[..., 0], worn),
        bare_part,
    )


def _delta_e(colours: Floats, other: npt.NDArray[np.int16]) -> Floats:
    """Return the CIE 1976 difference of colours, (n, 3) packed, from one other."""
    off = colours - other
    off[:, 0] /= 2.55
    return np.asarray(np.sqrt((off**2).sum(axis=1)), np.float32)


def _outline(
    alpha: Floats, axis: float, neck: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return rows and columns of cells a little below the upper edge of the shoulders."""
    person = alpha > _EDGE
    seen = person.any(axis=0)
    top = person.argmax(axis=0)
    columns = np.arange(alpha.shape[1])
    shoulder = seen & (np.abs(columns - axis) > neck) & (top > 0)
    shoulder &= top + _INSIDE < alpha.shape[0]
    columns = columns[shoulder]
    return top[shoulder] + _INSIDE, columns


def _blue_fraction(worn: npt.NDArray[np.int16]) -> float:
    a, b = worn[:, 1] - 128.0, worn[:, 2] - 128.0
    hue = np.degrees(np.arctan2(b, a)) % 360.0
    blue = (hue > _BLUE_FROM_DEG) & (hue < _BLUE_TO_DEG) & (np.hypot(a, b) > _BLUE_CHROMA)
    return float(blue.mean())


def _pattern_fraction(light: npt.NDArray[np.int16], worn: npt.NDArray[np.bool_]) -> float | None:
    """Return the part of the clothes in which light and dark alternate.

    An edge by itself (a collar, a fold, a jacket over a shirt) has its lighter side on one hand
    and its darker one on the other; a pattern has darker or lighter on both. Closing fills what
    is narrower than the neighbourhood from dark to light, opening from light to dark: their
    difference is large in a pattern only.
    """
    grey = light.astype(np.uint8)
    brush = np.ones((_PATTERN_CELLS, _PATTERN_CELLS), np.uint8)
    inner = cv2.erode(worn.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    if int(inner.sum()) < _MIN_CELLS:
        return None
    closed = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, brush)
    opened = cv2.morphologyEx(grey, cv2.MORPH_OPEN, brush)
    # Neither difference is ever negative: their sum is that of closing and opening.
    swing = closed.astype(np.int16) - opened
    return float((swing[inner] > _PATTERN_LEVELS).mean())

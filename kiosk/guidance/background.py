"""Whether anything but a plain backdrop is behind the person.

ISO/IEC 29794-5 has "background uniformity".
"""

from __future__ import annotations

import cv2
import numpy as np

from kiosk.guidance.backdrop_surface import distance_from_surface, fit_surface, surface_terms
from kiosk.guidance.landmarks import PersonMask

_BACKDROP = 0.05
_SHRINK = 4
"""Weave, paper grain and sensor noise are finer than so many cells of the mask."""
_MARGIN = 3
"""Width of the brush, shrunk cells, that keeps hair and blurred edges away from the backdrop."""
_MIN_CELLS = 25
_PERCENTILE = 95.0


def measure_background_spread(person: PersonMask) -> float | None:
    """Return how far the backdrop is from a smooth course of light, levels of 255.

    A surface of second order is laid through each channel of the backdrop's cells: falloff of
    the lamps and vignetting follow it, a bag, a door frame or a passer-by does not. The figure
    is the 95th percentile of the distance to it. None when too little backdrop is seen.
    """
    alpha, pixels = person.alpha[person.inside], person.pixels[person.inside]
    size = alpha.shape[1] // _SHRINK, alpha.shape[0] // _SHRINK
    if min(size) < _MARGIN:
        return None
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    sure = (cv2.resize(alpha, size, interpolation=cv2.INTER_AREA) < _BACKDROP).astype(np.uint8)
    brush = np.ones((_MARGIN, _MARGIN), np.uint8)
    sure = cv2.erode(sure, brush, borderType=cv2.BORDER_CONSTANT, borderValue=1)
    seen = sure.view(bool)
    terms = surface_terms(size[1], size[0])[seen]
    if len(terms) < _MIN_CELLS:
        return None
    colours = small[seen].astype(np.float32)
    off = distance_from_surface(terms, colours, fit_surface(terms, colours))
    return float(np.percentile(off, _PERCENTILE))

"""Whether anything but a plain backdrop is behind the person.

ISO/IEC 29794-5 has "background uniformity".
"""

from __future__ import annotations

import cv2
import numpy as np

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
    rows, columns = np.nonzero(sure)
    if len(rows) < _MIN_CELLS:
        return None
    colours = small[rows, columns].astype(np.float32)
    y, x = rows / size[1] - 0.5, columns / size[0] - 0.5
    course = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    # Normal equations of six well-scaled columns; the trace of regularisation only matters where
    # the backdrop is a thin strip. einsum, because matrix products this small are slowed down
    # tenfold by the threads BLAS starts for them on a busy machine.
    square = np.einsum("ni,nj->ij", course, course) + 1e-6 * len(course) * np.eye(6)
    right = np.einsum("ni,nc->ic", course, colours)
    fitted = np.einsum("ni,ic->nc", course, np.linalg.solve(square, right))
    off = np.abs(colours - fitted)
    return float(
        np.percentile(np.maximum(np.maximum(off[:, 0], off[:, 1]), off[:, 2]), _PERCENTILE)
    )

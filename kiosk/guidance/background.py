"""Whether anything but a plain backdrop is behind the person.

ISO/IEC 29794-5 has "background uniformity".
"""

from __future__ import annotations

import cv2
import numpy as np

from kiosk.guidance.landmarks import PersonMask

_BACKDROP = 0.05
_MARGIN_CELLS = 13
"""Width of the brush that keeps hair and blurred edges of the person away from the backdrop."""
_SOFTEN_CELLS = 5
"""Weave, paper grain and sensor noise are finer than this."""
_MIN_CELLS = 400
_STRIDE = 4
_PERCENTILE = 95.0


def measure_background_spread(person: PersonMask) -> float | None:
    """Return how far the backdrop is from a smooth course of light, levels of 255.

    A surface of second order is laid through each channel of the backdrop's cells: falloff of
    the lamps and vignetting follow it, a bag, a door frame or a passer-by does not. The figure
    is the 95th percentile of the distance to it. None when too little backdrop is seen.
    """
    alpha = person.alpha[person.inside]
    sure = (alpha < _BACKDROP).astype(np.uint8)
    if sure.size < _MIN_CELLS:
        return None
    brush = np.ones((_MARGIN_CELLS, _MARGIN_CELLS), np.uint8)
    sure = cv2.erode(sure, brush, borderType=cv2.BORDER_CONSTANT, borderValue=1)
    softened = cv2.blur(person.pixels[person.inside], (_SOFTEN_CELLS, _SOFTEN_CELLS))
    rows, columns = np.nonzero(sure[::_STRIDE, ::_STRIDE])
    if len(rows) * _STRIDE**2 < _MIN_CELLS:
        return None
    colours = softened[::_STRIDE, ::_STRIDE][rows, columns].astype(np.float32)
    y, x = rows / sure.shape[0] * _STRIDE - 0.5, columns / sure.shape[1] * _STRIDE - 0.5
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

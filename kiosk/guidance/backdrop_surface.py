"""The backdrop's own course of light: a surface of second order laid through its cells.

Falloff of the lamps and vignetting follow such a surface; a thing or a shadow leaves it.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

from kiosk.guidance.mediapipe_models import Floats


@functools.lru_cache(maxsize=4)
def surface_terms(height: int, width: int) -> Floats:
    """Return the six terms of a surface of second order, (height, width, 6); read-only."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    terms: Floats = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2)
    terms.flags.writeable = False
    return terms


def fit_surface(terms: Floats, colours: Floats) -> Floats:
    """Return the coefficients, (6, 3), of the surface nearest to some cells (least squares).

    Args:
        terms: (n, 6) of these cells, from `surface_terms`.
        colours: (n, 3) float32 of them.
    """
    # Normal equations of six well-scaled columns; what is added to the diagonal only matters
    # where the backdrop is a thin strip. OpenCV's products, because NumPy's start threads for
    # matrices this small and wake up the whole of BLAS.
    square = cv2.mulTransposed(terms, aTa=True, dtype=cv2.CV_64F)
    square[np.diag_indices(6)] += 1e-6 * len(terms)
    right = cv2.gemm(terms, colours, 1.0, None, 0.0, flags=cv2.GEMM_1_T).astype(np.float64)
    _, coefficients = cv2.solve(square, right, flags=cv2.DECOMP_CHOLESKY)
    return np.asarray(coefficients, np.float32)


def distance_from_surface(terms: Floats, colours: Floats, coefficients: Floats) -> Floats:
    """Return how far cells are from a surface, (n,): the channel that is furthest off it.

    Args:
        terms: (n, 6) of the cells.
        colours: (n, 3) float32 of them.
        coefficients: from `fit_surface`.
    """
    off = np.abs(cv2.gemm(terms, coefficients, -1.0, colours, 1.0))
    # Twice as fast as the maximum along an axis of three.
    furthest: Floats = np.maximum(np.maximum(off[:, 0], off[:, 1]), off[:, 2])
    return furthest

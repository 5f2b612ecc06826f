"""Fill a picture where it is unknown from where it is known."""

from __future__ import annotations

import cv2
import numpy as np

from kiosk.portrait.light import Floats

_TINY = 1e-8


def fill(values: Floats, weights: Floats) -> Floats:
    """Spread known values smoothly over unknown places, by pull and push over a pyramid.

    Weighted means are pulled up to ever smaller pictures, then pushed back down where the
    larger picture knows less (Gortler et al., The Lumigraph, 1996).

    Args:
        values: (H, W) or (H, W, 3); whatever stands where the weight is 0 is ignored.
        weights: (H, W), 0 unknown to 1 known.

    Returns:
        the same shape; the values themselves where the weight is 1.
    """
    deep = values[..., None] if values.ndim == 2 else values  # noqa: PLR2004 - (H, W)
    sums, totals = [deep * weights[..., None]], [weights]
    while min(totals[-1].shape) > 2:  # noqa: PLR2004 - the top of the pyramid
        height, width = totals[-1].shape
        size = ((width + 1) // 2, (height + 1) // 2)
        sums.append(_shaped(cv2.resize(sums[-1], size, interpolation=cv2.INTER_AREA)))
        totals.append(cv2.resize(totals[-1], size, interpolation=cv2.INTER_AREA))
    out = sums[-1] / np.maximum(totals[-1], _TINY)[..., None]
    for total, weight in zip(sums[-2::-1], totals[-2::-1], strict=True):
        height, width = weight.shape
        pushed = _shaped(cv2.resize(out, (width, height), interpolation=cv2.INTER_LINEAR))
        here = total / np.maximum(weight, _TINY)[..., None]
        out = pushed + (here - pushed) * np.minimum(weight, 1.0)[..., None]
    return np.asarray(out.reshape(values.shape), np.float32)


def _shaped(picture: Floats) -> Floats:
    """Give back the channel axis OpenCV drops from one-channel pictures."""
    return picture[..., None] if picture.ndim == 2 else picture  # noqa: PLR2004 - (H, W)

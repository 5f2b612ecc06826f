"""The person's own skin colour, to find more of it: bare shoulders, ears.

Nothing here says which skin is light or dark. The colour is read from the person's own cheeks and
forehead, and other places are only ever compared with it.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hardware.base import Pixels
from kiosk.guidance.face_points import SKIN_LEFT, SKIN_RIGHT
from kiosk.guidance.landmarks import PersonMask
from kiosk.guidance.mediapipe_models import Floats

_UPPER = 7
"""The first points of the list are forehead and cheeks; jaws may be bearded."""
_LIGHTER, _DARKER = 45.0, 70.0
"""Neck and ears are lit otherwise than the cheeks, so lightness may differ so much: 8-bit L."""
_CHROMA_TOLERANCE = 11.0
"""Distance of a* and b*, at the lightness of the cheek."""


def lab(pixels: Pixels) -> npt.NDArray[np.int16]:
    """Return CIE L*a*b* (D65) of sRGB pixels as OpenCV packs it: L* times 2.55, a* and b* + 128."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB), np.int16)


def cells(points: Floats, person: PersonMask) -> Floats:
    """Return where points of the picture, (n, 2), lie in the mask, in its cells."""
    origin = (person.left_px, person.top_px)
    return np.asarray((points - origin) / person.step_px - 0.5, np.float32)


def own_skin(colours: npt.NDArray[np.int16], face: Floats, person: PersonMask) -> Floats | None:
    """Return the median colour of forehead and cheeks, (3,) as `lab` packs it; None: not seen.

    Args:
        colours: `lab` of the mask's pixels.
        face: (478, 3) face points, pixels of the picture.
        person: the mask.
    """
    points = face[[*SKIN_LEFT[:_UPPER], *SKIN_RIGHT[:_UPPER]], :2]
    at = cells(points, person).round().astype(int)
    height, width = colours.shape[:2]
    inside = (at >= 0).all(axis=1) & (at < (width, height)).all(axis=1)
    if inside.sum() < _UPPER:
        return None
    return np.asarray(np.median(colours[at[inside, 1], at[inside, 0]], axis=0), np.float32)


def is_skin(colours: npt.NDArray[np.int16], skin: Floats) -> npt.NDArray[np.bool_]:
    """Return where colours, (..., 3), may be the person's own skin.

    Chroma falls with the light, so it is compared at the lightness of the cheek.
    """
    light = np.maximum(colours[..., 0], 1)
    scale = np.clip(skin[0] / light, 0.6, 1.8)
    off_a = (colours[..., 1] - 128) * scale - (skin[1] - 128)
    off_b = (colours[..., 2] - 128) * scale - (skin[2] - 128)
    near = off_a**2 + off_b**2 < _CHROMA_TOLERANCE**2
    return np.asarray(
        near & (colours[..., 0] < skin[0] + _LIGHTER) & (colours[..., 0] > skin[0] - _DARKER)
    )

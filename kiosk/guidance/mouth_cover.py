"""Whether something covers the mouth: a mask, a scarf, a phone.

ISO/IEC 29794-5 calls it "mouth occlusion prevention". The mesh draws lips wherever a mouth should
be, so their points say nothing; their colour does. Nobody's lips are much less red than their
own skin, and cloth and plastic of most colours are.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hardware.base import Pixels
from kiosk.guidance.face_points import LOWER_LIP_OUTLINE, UPPER_LIP_OUTLINE
from kiosk.guidance.light import linear
from kiosk.guidance.mediapipe_models import Floats

_SKIN = np.array((151, 9, 108, 337, 168, 6, 118, 347, 101, 330, 50, 280))
"""Forehead, bridge of the nose, under the eyes: where no mask reaches, and where hair or frames
may lie over some of them."""
_SKIN_PERCENTILE = 70.0
"""The redder of them are skin, though a mask leads the mesh astray and covers half of them."""
_SOFTENED_PX = 3
_NO_COLOUR_EV = 0.25
"""Skin that is redder than grey by less shows nothing: a picture in grey, or with a cast."""
_DARKEST = 0.003
"""Added to linear light, so that noise in the dark has no colour."""


def measure_mouth_covered_ev(small: Pixels, points: Floats) -> float | None:
    """Return how much less red the redder lip is than the person's own skin, stops.

    Red over green in linear light, which no lamp's level changes. Below 0 for most people, up to
    0.27 for dark lips on dark skin, above 0.4 for masks in blue, green, white or black. None
    without colour, or where the face is cut.

    Args:
        small: (h, w, 3) RGB, the face, from `light.small_face`.
        points: (478, 2), the face points in it.
    """
    height, width = small.shape[:2]
    at = points[_SKIN].round().astype(int)
    if (at < 0).any() or (at >= (width, height)).any():
        return None
    softened = cv2.blur(small, (_SOFTENED_PX, _SOFTENED_PX))
    skin = _redness_ev(softened[at[:, 1], at[:, 0]], _SKIN_PERCENTILE)
    lips = []
    for outline in (UPPER_LIP_OUTLINE, LOWER_LIP_OUTLINE):
        mask = np.zeros((height, width), np.uint8)
        cv2.fillPoly(mask, [points[list(outline)].round().astype(np.int32)], 1)
        if not mask.any():
            return None
        lips.append(_redness_ev(softened[mask > 0], 50.0))
    return None if skin < _NO_COLOUR_EV else skin - max(lips)


def _redness_ev(colours: npt.NDArray[np.uint8], percentile: float) -> float:
    light = linear(colours) + _DARKEST
    return float(np.percentile(np.log2(light[:, 0] / light[:, 1]), percentile))

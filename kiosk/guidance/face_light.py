"""Light on the face beyond left and right: shadows that fall on it, and hot spots.

Every figure is a ratio within the person's own face, or the part of it that is burnt out; none
looks at how light or dark the skin is. ISO/IEC 29794-5 has "illumination uniformity" and
"over-exposure prevention".
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hardware.base import Pixels
from kiosk.guidance.face_points import LEFT_EYE, LIPS_OUTER, OVAL, RIGHT_EYE
from kiosk.guidance.light import linear
from kiosk.guidance.mediapipe_models import Floats

_BURNT = 250
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Rec. 709."""
ZONES = ((8, 9), (330, 347, 280), (101, 118, 50), (425, 411), (205, 187), (6, 197, 195))
"""Between the brows, under and beside the left and right eye, left and right cheek, bridge of the
nose. Hair may lie over the forehead, and jaws and upper lip may be bearded."""
_OTHER_COLOUR_EV = 0.45
"""A zone whose channels stand otherwise to each other by so much is no shadowed skin: hair, or a
frame. Shadow darkens all channels alike."""
_LEAST_ZONES = 4


def measure_face_shadow_ev(small: Pixels, points: Floats) -> float | None:
    """Return how much darker the darkest zone of the face is than its middle one, stops.

    None when a zone is not inside the picture.

    Args:
        small: (h, w, 3) RGB, the face, from `light.small_face`.
        points: (478, 2), the face points in it.
    """
    height, width = small.shape[:2]
    softened = cv2.blur(small, (5, 5))
    means = []
    for zone in ZONES:
        at = points[list(zone)].round().astype(int)
        if (at < 0).any() or (at >= (width, height)).any():
            return None
        means.append(linear(softened[at[:, 1], at[:, 0]]).mean(axis=0))
    light = np.log2(np.maximum(np.array(means), 1.5e-4))
    tint = light[:, (0, 2)] - light[:, 1:2]
    skin = np.abs(tint - np.median(tint, axis=0)).max(axis=1) < _OTHER_COLOUR_EV
    if skin.sum() < _LEAST_ZONES:
        return None
    stops = np.log2(np.maximum(np.array(means) @ _LUMINANCE, 1.5e-4))[skin]
    return float(np.median(stops) - stops.min())


def measure_hot_spot_fraction(small: Pixels, points: Floats) -> float:
    """Return the largest burnt-out spot of the skin, as a part of the face, 0 to 1.

    Args:
        small: (h, w, 3) RGB, the face, from `light.small_face`.
        points: (478, 2), the face points in it.
    """
    skin = skin_mask(small.shape[:2], points)
    burnt = (small.min(axis=2) >= _BURNT) & (skin > 0)
    count, _, figures, _ = cv2.connectedComponentsWithStats(burnt.astype(np.uint8))
    largest = int(figures[1:, cv2.CC_STAT_AREA].max()) if count > 1 else 0
    return largest / max(1, int(np.count_nonzero(skin)))


def skin_mask(shape: tuple[int, ...], points: Floats) -> npt.NDArray[np.uint8]:
    """Return where the face is skin, (h, w) of 0 and 1: neither eyes nor mouth."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(points[list(OVAL)].round().astype(np.int32)), 1)
    for part in (LEFT_EYE.outline, RIGHT_EYE.outline, LIPS_OUTER):
        hull = cv2.convexHull(points[list(part)].round().astype(np.int32))
        cv2.fillConvexPoly(mask, hull, 0)
        cv2.polylines(mask, [hull], isClosed=True, color=0, thickness=3)
    return mask

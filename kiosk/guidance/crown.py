"""Where the hair ends at the crown, on the head's own axis.

The face mesh ends at the forehead, so the crown comes from the person mask: along lines up from
the eyes, parallel to the head's axis, the hair ends where the mask falls below one half. The
median over the lines leaves out single strands. The segmenter works at a fraction of the
picture's size, so the edge is then found again in the picture itself, between the colour of the
hair below and of the backdrop above, where these differ.
"""

from __future__ import annotations

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.guidance.face_points import LEFT_CHEEK, RIGHT_CHEEK, eye_centres
from kiosk.guidance.landmarks import PersonMask
from kiosk.guidance.light import linear
from kiosk.guidance.mediapipe_models import Floats

_LINES = 9
_HALF_BAND = 0.14
"""The lines lie within so many face widths of the axis."""
_START, _REACH = 0.35, 1.6
"""They start and end so many face widths above the eyes; a crown is about 0.8 above."""
_SEARCH_CELLS = 5.0
"""The edge is searched so many cells of the mask above and below where the mask ends."""
_MIN_CONTRAST = 18.0
"""Levels of 255 between hair and backdrop; nearer colours say nothing about the edge."""


def measure_crown_y_px(pixels: Pixels, face: Floats, person: PersonMask) -> float | None:
    """Return the crown's y in pixels of the picture; None when it is cut off or not seen."""
    left, right = eye_centres(face)
    middle = (left + right) / 2
    across = (left - right) / max(float(np.hypot(*(left - right))), 1e-6)
    up = np.array([across[1], -across[0]], np.float32)
    width = float(np.hypot(*(face[LEFT_CHEEK, :2] - face[RIGHT_CHEEK, :2])))
    sides = np.linspace(-_HALF_BAND, _HALF_BAND, _LINES, dtype=np.float32) * width
    heights = np.arange(_START * width, _REACH * width, person.step_px / 2, dtype=np.float32)
    if len(heights) < 2 or width < 1:  # noqa: PLR2004 - nothing to walk along
        return None
    alpha = _along(person.alpha, person, middle, across, up, sides, heights)
    outside = alpha < 0.5  # noqa: PLR2004 - the edge of a mask
    ends = np.where(outside.any(axis=1), outside.argmax(axis=1), -1)
    found = ends[ends > 0]
    if len(found) <= _LINES // 2:
        return None
    height = float(np.median(heights[found])) - person.step_px / 4
    height = _refined(pixels, middle, across, up, sides, height, person.step_px)
    crown = float(middle[1] + up[1] * height)
    return crown if crown > 0 else None


def _along(
    alpha: Floats,
    person: PersonMask,
    middle: Floats,
    across: Floats,
    up: Floats,
    sides: Floats,
    heights: Floats,
) -> Floats:
    """Return the mask along the lines, (lines, heights); 1 outside of the picture."""
    points = (
        middle + sides[:, None, None] * across + heights[None, :, None] * up
    )  # (lines, heights, 2)
    x = (points[..., 0] - person.left_px) / person.step_px - 0.5
    y = (points[..., 1] - person.top_px) / person.step_px - 0.5
    values = cv2.remap(alpha, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    values[points[..., 1] < 0] = 1.0
    return np.asarray(values, np.float32)


def _refined(
    pixels: Pixels,
    middle: Floats,
    across: Floats,
    up: Floats,
    sides: Floats,
    height: float,
    step_px: float,
) -> float:
    """Return the height of the edge in the picture near `height`, or `height` itself."""
    reach = _SEARCH_CELLS * step_px
    steps = np.arange(-2 * reach, 2 * reach, max(step_px / 4, 0.5), dtype=np.float32)
    lines = np.linspace(sides[0], sides[-1], 2 * len(sides), dtype=np.float32)
    points = middle + lines[:, None, None] * across + (height + steps)[None, :, None] * up
    if points[..., 1].min() < 0:
        return height
    patch = cv2.remap(
        pixels, points[..., 0], points[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    below = np.median(patch[:, steps < -reach].reshape(-1, 3), axis=0)
    above = np.median(patch[:, steps > reach].reshape(-1, 3), axis=0)
    if float(np.hypot.reduce(above - below)) < _MIN_CONTRAST:
        return height
    # Hair and backdrop mix in linear light. 0 in the hair, 1 in the backdrop; the hair ends
    # where half of the lines have left it.
    difference = linear(above) - linear(below)
    share = (linear(patch) - linear(below)) @ (difference / float(difference @ difference))
    backdrop = np.median(share, axis=0)
    near = np.abs(steps) <= reach
    in_hair = np.flatnonzero(near & (backdrop < 0.5))  # noqa: PLR2004 - half way
    return height + float(steps[in_hair[-1]]) if len(in_hair) else height

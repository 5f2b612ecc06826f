"""The top of the hair at the crown, from the matte.

The standard does not count loose single hairs or a high bun. So the head is first opened with a
disc that no strand survives, and its width is followed from the eyes upwards: the crown is where
it falls below a fraction of the face's width. Hair that goes on higher than heads do, and is
narrower there than the head, is a bun or a pony tail; then the crown is taken where the outline
has left the head's full width.
"""

from __future__ import annotations

import cv2
import numpy as np

from kiosk.guidance.face_geometry import measure_face_geometry
from kiosk.portrait.light import Floats

_STRAND = 0.06
"""A disc of so many face widths fits into hair, but not into loose strands."""
_CROWN_WIDTH = 0.25
"""Where the head is so wide, face widths, it ends: a round head goes on by only 0.02 more."""
_SKULL = 0.55
"""No crown is nearer to the eyes than this, face widths."""
_HIGHEST = 1.08
"""Rarely farther: the usual 0.84 and three standard deviations, over 124 portraits."""
_BUN_WIDTH = 0.8
"""Piled hair is narrower than this, of the head's largest width."""
_HALF = 0.5


def measure_crown_y(alpha: Floats, face: Floats) -> float | None:
    """Return the crown's y, pixels of the picture; None when the still cuts it off.

    Args:
        alpha: (H, W) of the person.
        face: (478, 3) face points, pixels of the same picture.
    """
    found = measure_face_geometry(face)
    eyes, unit, centre = found.eye_line_y_px, found.face_width_px, found.centre_x_px
    height, width = alpha.shape
    bottom = int(np.clip(eyes - _SKULL * unit, 0, height))
    left, right = int(max(centre - unit, 0)), int(min(centre + unit, width))
    if bottom < 2 or right - left < 2:  # noqa: PLR2004 - nothing above the eyes
        return None
    side = max(2 * round(_STRAND * unit / 2) + 1, 3)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    region = (alpha[: bottom + side, left:right] > _HALF).astype(np.uint8)
    solid = cv2.morphologyEx(region, cv2.MORPH_OPEN, disc, borderType=cv2.BORDER_REPLICATE)
    widths = solid[:bottom].sum(axis=1)[::-1].astype(np.float32)  # from below upwards
    narrow = np.flatnonzero(widths < _CROWN_WIDTH * unit)
    rows = int(narrow[0]) if len(narrow) else bottom
    highest = int((_HIGHEST - _SKULL) * unit)
    if rows > highest:
        left_head = np.flatnonzero(widths[:highest] < _BUN_WIDTH * widths[:highest].max())
        if len(left_head):
            rows = int(left_head[0])
    if rows >= bottom:
        return None
    return float(bottom - rows)

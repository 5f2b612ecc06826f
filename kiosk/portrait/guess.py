"""A matte without a plate, for a still whose backdrop is not known, such as a phone upload.

Most walls are plain. So the backdrop is first filled in from around the person, and where the
picture around the person is indeed as smooth as that, alpha is solved as with a plate. Before any
other backdrop the segmenter's mask is refined along the picture's own edges. Both are less exact
than a plate, loose hair above all, and the report says so.
"""

from __future__ import annotations

import cv2
import numpy as np

from kiosk.portrait.backdrop import Backdrop
from kiosk.portrait.fill import fill
from kiosk.portrait.light import Floats
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.matte import Matte
from kiosk.portrait.mixture import difference
from kiosk.portrait.opacity import solve
from kiosk.portrait.picture import Picture, planes

_AROUND = 0.02
"""Around the mask this much is left out of the backdrop, of the picture's longer side."""
_SMOOTH_SIGMA = 0.006
_RADIUS, _EPSILON = 0.008, 1e-3
"""Of the guided filter (He et al., 2013): of the picture's longer side; variance, 0 to 1."""
_OPAQUE = 0.95


def guess(picture: Picture, limits: MatteLimits) -> Matte:
    """Return the matte of a still whose backdrop is not known.

    Args:
        picture: the still, and where the person is.
        limits: of the matte.
    """
    behind, unrest = _plain_wall(picture, limits)
    if behind is not None and unrest <= limits.plain_wall:
        wall = Backdrop.smooth(planes(behind), picture.person.shape)
        matte = solve(picture, wall, limits)
        return Matte(matte.alpha, matte.foreground, "plain_wall", unsure=matte.unsure)
    return _refined(picture.light, picture.person, limits)


def _plain_wall(picture: Picture, limits: MatteLimits) -> tuple[Floats | None, float]:
    """Return a smooth backdrop at half the size, and how far the picture is from it, codes."""
    seen, mask = np.moveaxis(picture.half_light, 0, -1), picture.half_person
    side = _pixels(_AROUND, mask) * 2 + 1
    near = cv2.dilate(mask, np.ones((side, side), np.uint8))
    known = (near < limits.person_least).astype(np.float32)
    if not known.any():
        return None, np.inf
    smooth = cv2.GaussianBlur(fill(seen, known), (0, 0), _SMOOTH_SIGMA * max(mask.shape))
    apart = difference(picture.half_light, planes(smooth))
    return smooth, float(np.percentile(apart[known > 0], 95))


def _refined(light: Floats, person: Floats, limits: MatteLimits) -> Matte:
    radius = max(_pixels(_RADIUS, person), 2)
    guide = np.sqrt(light)
    refined = cv2.ximgproc.guidedFilter(guide, person, radius, _EPSILON)
    low = 1 - limits.person_sure
    alpha = np.clip((refined - low) / (limits.person_sure - low), 0, 1).astype(np.float32)
    opaque = alpha > _OPAQUE
    colour = fill(light, opaque.astype(np.float32))
    return Matte(alpha, np.where(opaque[..., None], light, colour), "segmenter", unsure=1.0)


def _pixels(fraction: float, picture: Floats) -> int:
    return round(fraction * max(picture.shape))

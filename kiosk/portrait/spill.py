"""Take the backdrop's coloured light off the person's edge.

A coloured backdrop lights hair and shoulders from behind. Near the edge, colour towards the
backdrop's is reduced to what the same person shows farther inside, and never below neutral: brown
hair loses its green rim, blue eyes and a green shirt keep their colour. Brightness stays.
"""

from __future__ import annotations

import cv2
import numpy as np

from kiosk.portrait.fill import fill
from kiosk.portrait.light import Floats
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.picture import Places, dot

_SOLID = 0.5
_COLOURLESS = 1e-3
"""A backdrop whose colour is weaker than this, squared light, leaves no visible spill."""


def remove_spill(foreground: Floats, alpha: Floats, behind: Floats, limits: MatteLimits) -> Floats:
    """Take the backdrop's light off the person's colour, in place, and return it.

    Args:
        foreground: (H, W, 3) the person's colour, linear light.
        alpha: (H, W).
        behind: (3, h, w) the backdrop, linear light.
        limits: how far from the edge.
    """
    mean = behind[:, ::4, ::4].mean(axis=(1, 2))
    colour = (mean - mean.mean()).astype(np.float32)[:, None]
    strength = float(dot(colour, colour)[0])
    reach = limits.spill_reach * max(alpha.shape)
    if strength < _COLOURLESS or reach < 1:
        return foreground
    depth = cv2.distanceTransform((alpha > _SOLID).view(np.uint8), cv2.DIST_L2, 3)
    height, width = alpha.shape
    size = ((width + 7) // 8, (height + 7) // 8)
    inside = cv2.resize((depth > reach).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    usual = cv2.resize(foreground, size, interpolation=cv2.INTER_AREA) @ colour[:, 0] / strength
    rim = Places((alpha > 0) & (depth < reach))
    allowed = np.maximum(rim.sampled(fill(usual, inside)[None])[0], 0)
    own = rim.colours(foreground)
    near = np.clip(2 - 2 / reach * rim.values(depth), 0, 1)
    shown = np.einsum("cn,c->n", own, colour[:, 0] / np.float32(strength))
    excess = near * np.maximum(shown - allowed, 0)
    rim.put(foreground, np.clip(own - excess * colour, 0, 1).T)
    return foreground

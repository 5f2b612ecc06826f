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

_SOLID = 0.5
_COLOURLESS = 1e-3
"""A backdrop whose colour is weaker than this, squared light, leaves no visible spill."""


def remove_spill(foreground: Floats, alpha: Floats, behind: Floats, limits: MatteLimits) -> Floats:
    """Return the person's colour without the backdrop's light.

    Args:
        foreground: (H, W, 3) the person's colour, linear light.
        alpha: (H, W).
        behind: (H, W, 3) the backdrop, linear light.
        limits: how far from the edge.
    """
    mean = behind[::8, ::8].reshape(-1, 3).mean(axis=0)
    colour = (mean - mean.mean()).astype(np.float32)
    strength = float(colour @ colour)
    reach = limits.spill_reach * max(alpha.shape)
    if strength < _COLOURLESS or reach < 1:
        return foreground
    depth = cv2.distanceTransform((alpha > _SOLID).astype(np.uint8), cv2.DIST_L2, 3)
    height, width = alpha.shape
    size = ((width + 7) // 8, (height + 7) // 8)
    inside = cv2.resize((depth > reach).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    usual = cv2.resize(foreground, size, interpolation=cv2.INTER_AREA) @ colour / strength
    allowed = cv2.resize(fill(usual, inside), (width, height), interpolation=cv2.INTER_LINEAR)
    rim = (alpha > 0) & (depth < reach)
    own = foreground[rim]
    near = np.clip(2 - 2 * depth[rim] / reach, 0, 1)
    excess = near * np.maximum(own @ colour / strength - np.maximum(allowed[rim], 0), 0)
    clean = foreground.copy()
    clean[rim] = np.clip(own - excess[:, None] * colour, 0, 1)
    return clean

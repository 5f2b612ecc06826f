"""Alpha and the person's own colour at every pixel, from a known backdrop.

Where the person is opaque, and the person's colour around, is found at half the size
(`kiosk.portrait.opaque`); the mixture at the edges (`kiosk.portrait.mixture`) is then solved at
the full size.
"""

from __future__ import annotations

import cv2
import numpy as np

from kiosk.portrait.backdrop import Backdrop
from kiosk.portrait.light import Floats
from kiosk.portrait.matte import Matte
from kiosk.portrait.mixture import Price, difference, shine_through
from kiosk.portrait.opaque import find_opaque, segmenter_guess
from kiosk.settings.portrait import MatteSettings

_FAINT, _PLAIN = 0.1, 0.3
"""A pixel with less alpha says nothing of the person's colour, with more it says all."""


def solve(light: Floats, backdrop: Backdrop, person: Floats, settings: MatteSettings) -> Matte:
    """Return the matte of a still whose backdrop is known.

    Args:
        light: (H, W, 3) the still, linear light.
        backdrop: behind the person.
        person: (H, W) the segmenter's mask, 0 to 1.
        settings: limits of the matte.
    """
    height, width = person.shape
    half = ((width + 1) // 2, (height + 1) // 2)
    small = [cv2.resize(x, half, interpolation=cv2.INTER_AREA)
             for x in (light, backdrop.light, person)]  # fmt: skip
    opaque, foreground = find_opaque(small[0], small[1], small[2], settings)
    certain = cv2.resize(opaque.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    certain[person < settings.person_sure] = 0
    certain = cv2.erode(
        certain, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1
    )
    inside = certain > 0
    seen = (person >= settings.person_least) | (
        difference(light, backdrop.light) > settings.faint_codes
    )
    band = seen & ~inside
    colour = cv2.resize(foreground, (width, height), interpolation=cv2.INTER_LINEAR)
    s, f, b = light[band], colour[band], backdrop.light[band]
    price = Price(settings.shading, settings.gloss, settings.residual * settings.guess)
    through, info = shine_through(s, f, b, segmenter_guess(person[band], settings), price)
    a = np.clip(1 - through, 0, 1)
    alpha = inside.astype(np.float32)
    alpha[band] = a
    # The backdrop's part is taken off. A faint pixel's neighbours tell the colour better.
    pure = (s - (1 - a[:, None]) * b) / np.maximum(a[:, None], _FAINT)
    trust = np.clip(a / _PLAIN, 0, 1)[:, None] ** 2
    own = np.where(inside[..., None], light, colour)
    own[band] = f + (np.clip(pure, 0, 1) - f) * trust
    soft = (a > _FAINT) & (a < 1 - _FAINT)
    unsure = float((info[soft] < price.guess).mean()) if soft.any() else 0.0
    return Matte(alpha, own, "plate", backdrop.shift_px, backdrop.exposure, unsure)

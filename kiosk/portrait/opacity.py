"""Alpha and the person's own colour at every pixel, from a known backdrop.

Where the person is opaque, and the person's colour around, is found at half the size
(`kiosk.portrait.opaque`); the mixture at the edges (`kiosk.portrait.mixture`) is then solved at
the full size.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.portrait.backdrop import Backdrop
from kiosk.portrait.edge import lean, price_of, study
from kiosk.portrait.light import Floats
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.matte import Matte
from kiosk.portrait.mixture import difference, unmix
from kiosk.portrait.opaque import Mask, find_opaque, segmenter_guess
from kiosk.portrait.spill import remove_spill

_FAINT, _PLAIN = 0.1, 0.3
"""A pixel with less alpha says nothing of the person's colour, with more it says all."""


def solve(light: Floats, backdrop: Backdrop, person: Floats, limits: MatteLimits) -> Matte:
    """Return the matte of a still whose backdrop is known.

    Args:
        light: (H, W, 3) the still, linear light.
        backdrop: behind the person.
        person: (H, W) the segmenter's mask, 0 to 1.
        limits: of the matte.
    """
    height, width = person.shape
    half = ((width + 1) // 2, (height + 1) // 2)
    small = [cv2.resize(x, half, interpolation=cv2.INTER_AREA)
             for x in (light, backdrop.light, person)]  # fmt: skip
    found = find_opaque(small[0], small[1], small[2], limits)
    certain = _enlarged(found.known, (width, height))
    certain[person < limits.person_sure] = 0
    certain = cv2.erode(
        certain, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1
    )
    inside = certain > 0
    seen = (person >= limits.person_least) | (
        difference(light, backdrop.light) > limits.faint_codes
    )
    band = seen & ~inside
    seen_small = cv2.resize(seen.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST) > 0
    edge = study(small[0], small[1], small[2], found, seen_small, limits)
    colour, slope, variance, weight = (
        cv2.resize(x, (width, height), interpolation=cv2.INTER_LINEAR)
        for x in (edge.colour, edge.slope, edge.variance, edge.guess)
    )
    s, f, b = light[band], colour[band], backdrop.light[band]
    within = _enlarged(found.inside, (width, height))[band] > 0
    guess = segmenter_guess(person[band], limits)
    mixed = unmix(s, f, b, guess, price_of(within, weight[band], limits))
    a = np.clip(1 - mixed.through, 0, 1)
    on_line = np.clip((slope[band] * (s - b)).sum(axis=1), 0, 1)
    a += lean(variance[band], weight[band], limits) * (on_line - a)
    alpha = inside.astype(np.float32)
    alpha[band] = a
    own = np.where(inside[..., None], light, colour)
    own[band] = _own_colour(s, f, b, a, mixed.person)
    own = remove_spill(own, alpha, backdrop.light, limits)
    soft = (a > _FAINT) & (a < 1 - _FAINT)
    unsure = (
        float((mixed.info[soft] < limits.residual * limits.guess).mean()) if soft.any() else 0.0
    )
    return Matte(alpha, own, "plate", backdrop.shift_px, backdrop.exposure, unsure)


def _enlarged(mask: Mask, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    return np.asarray(
        cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST), np.uint8
    )


def _own_colour(s: Floats, f: Floats, b: Floats, a: Floats, person: Floats) -> Floats:
    """Return the person's own colour of mixed pixels, (n, 3).

    Taking the backdrop's part off leaves the person's, and with it all errors, the more of them
    the fainter the pixel is. So what the mixture cannot explain is kept in opaque pixels only,
    and the colour of faint ones is their neighbours'.
    """
    cover = a[:, None]
    unexplained = s - (1 - cover) * b - person
    own = (person + cover**2 * unexplained) / np.maximum(cover, _FAINT)
    trust = np.clip(cover / _PLAIN, 0, 1) ** 2
    return np.asarray(f + (np.clip(own, 0, 1) - f) * trust, np.float32)

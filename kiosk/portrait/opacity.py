"""Alpha and the person's own colour, from a known backdrop.

In linear light a pixel is S = a F + g W + b B with the person's colour F, gloss of the lamps'
colour W, and the backdrop B; alpha is 1 - b. B is known at every pixel; F is taken from opaque
places nearby. The shading of F may differ (a + b need not be 1, at a price), gloss may be added
(at a price), and the segmenter's guess of b counts as one more, weak observation: four squares
whose least sum is a 2 x 2 linear system per pixel. Where backdrop and person differ in colour the
picture decides; where they do not, such as a white shirt on a white wall, the segmenter does.

Opaque places are found from the inside out: sure ones deep inside the person; then all those of
which the equations say that hardly any backdrop shines through; then up to the edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.portrait.backdrop import Backdrop
from kiosk.portrait.fill import fill
from kiosk.portrait.light import Floats
from kiosk.portrait.matte import Matte
from kiosk.settings.portrait import MatteSettings

Mask = npt.NDArray[np.bool_]

_GLOSS = np.full(3, 3**-0.5, np.float32)
_FAINT = 0.1
_CODE_IN_ROOT = 0.005
"""One code value of sRGB in the square root of light: about the same from dark to bright."""


@dataclass(frozen=True, slots=True)
class _Price:
    """What departures cost, in units of squared linear light."""

    shading: float
    gloss: float
    guess: float


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
    opaque, foreground = _opaque_places(small[0], small[1], small[2], settings)
    colour = cv2.resize(foreground, (width, height), interpolation=cv2.INTER_LINEAR)
    certain = cv2.resize(opaque.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    certain = _eroded(certain, 2)
    inside = (certain > 0) & (_eroded((person > settings.person_sure).astype(np.uint8), 4) > 0)
    differs = difference(light, backdrop.light) > settings.faint_codes
    outside = (person < settings.person_least) & ~differs
    band = ~inside & ~outside
    alpha = inside.astype(np.float32)
    s, f, b = light[band], colour[band], backdrop.light[band]
    price = _Price(settings.shading, settings.gloss, settings.residual * settings.guess)
    through, info = _through(s, f, b, 1 - _guess(person[band], settings), price)
    a = np.clip(1 - through, 0, 1)
    alpha[band] = a
    own = np.where(alpha[..., None] > 0, light, colour)
    pure = (s - (1 - a[:, None]) * b) / np.maximum(a[:, None], _FAINT)
    # A faint pixel says little of the person's colour: its neighbours say it better.
    trust = np.clip(a / (3 * _FAINT), 0, 1)[:, None] ** 2
    own[band] = f + (np.clip(pure, 0, 1) - f) * trust
    soft = (a > _FAINT) & (a < 1 - _FAINT)
    unsure = float((info[soft] < price.guess).mean()) if soft.any() else 0.0
    return Matte(alpha, own, "plate", backdrop.shift_px, backdrop.exposure, unsure)


def difference(light: Floats, behind: Floats) -> Floats:
    """Return how much each pixel differs from the backdrop, in sRGB code values, (H, W)."""
    apart = cv2.GaussianBlur(np.sqrt(light) - np.sqrt(np.maximum(behind, 0)), (0, 0), 0.7)
    return np.asarray(np.sqrt(_dot(apart, apart)) / _CODE_IN_ROOT, np.float32)


def _opaque_places(
    light: Floats, behind: Floats, person: Floats, settings: MatteSettings
) -> tuple[Mask, Floats]:
    """Return where the person is opaque, and the person's colour filled in from there."""
    differs = difference(light, behind)
    at_least = _least_alpha(light, behind)
    sure = (person > settings.person_sure).astype(np.uint8)
    gap = cv2.morphologyEx(
        (differs < settings.noise_codes).astype(np.uint8), cv2.MORPH_OPEN, _disc(differs, 4)
    )
    gap[_like_backdrop(differs, sure, settings) & (person > settings.person_likely)] = 0
    core = (_eroded(sure, 16) > 0) & (cv2.dilate(gap, _disc(gap, 8)) == 0)
    core |= (_eroded(sure, 56) > 0) & (gap == 0)
    dense = at_least > settings.opaque
    grown = _eroded(
        ((person > settings.person_possible) & (differs > settings.noise_codes)).astype(np.uint8),
        8,
    )  # fmt: skip
    candidates = ((grown > 0) | (dense & (person > settings.person_possible))) & (gap == 0)
    surface = _surface(light, differs, person, settings)
    guess = 1 - _guess(person, settings)
    known = (core & dense) | ((_eroded(sure, 112) > 0) & (gap == 0))
    firm = _Price(
        settings.shading, settings.gloss_inside, settings.residual * settings.guess_inside
    )
    free = _Price(settings.shading, settings.gloss, settings.residual * settings.guess)
    foreground = fill(light, known.astype(np.float32))
    through, _ = _through(light, foreground, behind, np.where(surface, 0, guess), firm)
    known |= (core | (surface & (gap == 0))) & (through < settings.shines_through)
    for _ in range(2):
        foreground = fill(light, known.astype(np.float32))
        through, _ = _through(light, foreground, behind, guess, free)
        known |= candidates & (dense | (through < 1 - settings.opaque_solved))
    return known, fill(light, known.astype(np.float32))


def _through(
    light: Floats, foreground: Floats, behind: Floats, guess: Floats, price: _Price
) -> tuple[Floats, Floats]:
    """Solve for b, how much of the backdrop shines through.

    Returns:
        b, not clipped, and how strongly the picture itself speaks for it, in squared light.
    """
    kept = 1 / (1 + price.gloss)

    def product(x: Floats, y: Floats) -> Floats:
        return _dot(x, y) - kept * (x @ _GLOSS) * (y @ _GLOSS)

    ff = product(foreground, foreground) + price.shading
    fb = product(foreground, behind) + price.shading
    sf = product(light, foreground) + price.shading
    slope = fb / ff
    info = product(behind, behind) + price.shading - slope * fb
    told = product(light, behind) + price.shading - slope * sf
    return (told + price.guess * guess) / (info + price.guess), info


def _least_alpha(light: Floats, behind: Floats) -> Floats:
    """Return the least alpha any foreground colour from black to white allows."""
    darker = (behind - light) / np.maximum(behind, 1e-3)
    brighter = (light - behind) / np.maximum(1.001 - behind, 1e-3)
    return np.asarray(np.maximum(darker, brighter).max(axis=2), np.float32)


def _surface(light: Floats, differs: Floats, person: Floats, settings: MatteSettings) -> Mask:
    """Return where the picture shows a smooth surface other than the backdrop.

    At the edge of a mixture the picture changes fast; where it differs from the backdrop but
    changes little, such as on a sleeve turning into its own shade, it is a surface.
    """
    root = np.sqrt(light.mean(axis=2))
    mean = cv2.blur(root, (3, 3))
    change = np.sqrt(np.maximum(cv2.blur(root * root, (3, 3)) - mean * mean, 0)) / _CODE_IN_ROOT
    smooth = (
        (differs > settings.surface_codes)
        & (change < settings.surface_change * differs)
        & (person > settings.person_possible)
    )
    return _eroded(smooth.astype(np.uint8), 4) > 0


def _like_backdrop(differs: Floats, sure: npt.NDArray[np.uint8], settings: MatteSettings) -> Mask:
    """Return where the person nearby has about the backdrop's colour, such as a white shirt.

    There a place without difference is no proof of a gap in the person.
    """
    height, width = differs.shape
    size = (max(width // 4, 1), max(height // 4, 1))
    noise = settings.noise_codes
    seeds = cv2.erode(sure, _disc(sure, 28))
    near = seeds * ((differs > 1.5 * noise) & (differs < 8 * noise))
    total, part = (
        cv2.blur(cv2.resize(x.astype(np.float32), size, interpolation=cv2.INTER_AREA), (9, 9))
        for x in (seeds, near)
    )
    share = part / np.maximum(total, 1e-3)
    return np.asarray(cv2.resize(share, (width, height)) > settings.alike_share, np.bool_)


def _guess(person: Floats, settings: MatteSettings) -> Floats:
    """Return the segmenter's alpha, stretched between where it is sure."""
    low, high = 1 - settings.person_stretch, settings.person_stretch
    return np.asarray(np.clip((person - low) / (high - low), 0, 1), np.float32)


def _eroded(mask: npt.NDArray[np.uint8], side: float) -> npt.NDArray[np.uint8]:
    """Erode by a disc; the picture's own border takes nothing away."""
    disc = _disc(mask, side)
    return np.asarray(
        cv2.erode(mask, disc, borderType=cv2.BORDER_CONSTANT, borderValue=1), np.uint8
    )


def _disc(picture: npt.NDArray[Any], side: float) -> npt.NDArray[np.uint8]:
    """Return a disc `side` thousandths of the picture's longer side wide, an odd number."""
    pixels = 2 * round(side * max(picture.shape) / 2000) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pixels, pixels)), np.uint8)


def _dot(x: Floats, y: Floats) -> Floats:
    return np.asarray(np.einsum("...c,...c->...", x, y), np.float32)

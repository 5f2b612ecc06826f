"""What the edge itself tells of the person's colour there, and of alpha.

The colour that is filled in from opaque places is often not the edge's: hair is darker at its rim
than in its gloss, and a strand may lie beside a cheek or a shirt. So alpha is solved, the colours
that follow from it are averaged near by, and alpha is solved again, a few times. Then, near by,
alpha is nearly a linear function of the picture (Levin et al., A Closed-Form Solution to Natural
Image Matting, 2008), and here, the backdrop being known, one without a constant:
alpha = k . (S - B). Fitting k tells apart what varies along the person (gloss, shading) from what
varies with alpha. Where the fit is poor, as with hair beside skin before a grey wall, one darker
and one brighter than it, it counts less.

All of it is made at half the size: k and the person's colour change slowly.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.portrait.light import Floats
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.mixture import Price, unmix
from kiosk.portrait.opaque import Mask, Opaque, segmenter_guess

_FAINT = 0.1
"""A pixel with less alpha says nothing of the person's colour."""
_LITTLE = 1e-3
_HALF = 0.5
_DEEPER = 2.5
"""From here on the deeper a place is, the surer it is opaque; times where the inside begins."""
_ROUNDS = 10
_FITS = 3
# Distances, thousandths of the picture's longer side.
_COLOUR_SIGMA = 3.5
_FIT_SIGMA = 13.0
_EDGE_WEIGHT, _FAR_WEIGHT = 0.3, 0.2
"""Solved places, and the backdrop, count so much in the fit, over opaque ones."""
_ROOM = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """What is known of the edge, at the size of the pictures it was found in.

    Attributes:
        colour: (H, W, 3) the person's colour, linear light.
        slope: (H, W, 3) k, per linear light.
        variance: (H, W) of alpha = k . (S - B) near by, squared alpha.
        guess: (H, W) weight of the segmenter's guess, 1/variance.
    """

    colour: Floats
    slope: Floats
    variance: Floats
    guess: Floats


def price_of(within: Mask, guess: Floats, limits: MatteLimits) -> Price:
    """Return the prices at the edge; inside the person gloss is likelier.

    Args:
        within: places inside the person.
        guess: weight of the segmenter's guess, 1/variance.
        limits: of the matte.
    """
    gloss = np.where(within, np.float32(limits.gloss_inside), np.float32(limits.gloss))
    return Price(limits.shading, gloss, guess * np.float32(limits.residual))


def lean(variance: Floats, guess: Floats, limits: MatteLimits) -> Floats:
    """Return how far alpha moves from the mixture's to the line's, 0 to 1, by their precision."""
    return np.asarray(1 / (1 + variance * (1 / limits.line_residual + guess)), np.float32)


def study(
    light: Floats, behind: Floats, person: Floats, found: Opaque, seen: Mask, limits: MatteLimits
) -> Edge:
    """Find the person's colour at the edge, and the line alpha follows there.

    Args:
        light: (H, W, 3) the still, linear light.
        behind: (H, W, 3) the backdrop.
        person: (H, W) the segmenter's mask, 0 to 1.
        found: the opaque places.
        seen: (H, W) where the person may be at all.
        limits: of the matte.
    """
    opaque = found.known & (person >= limits.person_sure)
    opaque = cv2.erode(opaque.astype(np.uint8), _ROOM, borderValue=1) > 0
    band = seen & ~opaque
    # Hardly any backdrop is expected inside the person, the less the deeper.
    within = np.float32(limits.guess_within) * np.maximum(found.depth / _DEEPER, 1) ** 4
    guess = np.where(found.inside, within, np.float32(limits.guess))
    colour = _settle(light, behind, person, found, (opaque, band, guess), limits)
    price = price_of(found.inside[band], guess[band], limits)
    guessed = segmenter_guess(person[band], limits)
    alpha = opaque.astype(np.float32)
    mixed = unmix(light[band], colour[band], behind[band], guessed, price)
    alpha[band] = np.clip(1 - mixed.through, 0, 1)
    slope, variance = _fit(light - behind, colour, behind, alpha, (opaque, band, guess), limits)
    return Edge(colour, slope, variance, guess)


_Places = tuple[Mask, Mask, Floats]
"""Where alpha is 1, where it is wanted, and how much the segmenter's guess counts."""


def _settle(
    light: Floats,
    behind: Floats,
    person: Floats,
    found: Opaque,
    places: _Places,
    limits: MatteLimits,
) -> Floats:
    """Return the person's colour, solved in turns with alpha, at half of this size."""
    height, width = person.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    opaque, band, colour, weights, inside, light, behind, person = (
        cv2.resize(np.asarray(x, np.float32), size, interpolation=cv2.INTER_AREA)
        for x in (*places[:2], found.colour, places[2], found.inside, light, behind, person)
    )
    edge = (band > 0) & (opaque < 1)
    s, b = light[edge], behind[edge]
    price = price_of(inside[edge] > _HALF, weights[edge], limits)
    guess = segmenter_guess(person[edge], limits)
    alpha, own = (opaque == 1).astype(np.float32), light.copy()
    sigma = _COLOUR_SIGMA * max(size) / 1000
    for _ in range(_ROUNDS):
        a = np.clip(1 - unmix(s, colour[edge], b, guess, price).through, 0, 1)
        alpha[edge] = a
        cover = a[:, None]
        own[edge] = np.clip((s - (1 - cover) * b) / np.maximum(cover, _FAINT), 0, 1)
        weight = alpha * alpha
        total = cv2.GaussianBlur(weight, (0, 0), sigma)[..., None] + _LITTLE
        near = cv2.GaussianBlur(own * weight[..., None], (0, 0), sigma)
        colour = (near + _LITTLE * colour) / total
    return np.asarray(cv2.resize(colour, (width, height), interpolation=cv2.INTER_LINEAR))


def _fit(
    change: Floats,
    foreground: Floats,
    behind: Floats,
    alpha: Floats,
    places: _Places,
    limits: MatteLimits,
) -> tuple[Floats, Floats]:
    """Return k and the variance of the alpha it gives, by weighted least squares near by.

    Args:
        change: (H, W, 3) S - B.
        foreground: (H, W, 3) F, from which k is guessed to begin with.
        behind: (H, W, 3) B.
        alpha: (H, W) as solved.
        places: (H, W) each.
        limits: of the matte.
    """
    opaque, band, guess = places
    sigma = _FIT_SIGMA * max(alpha.shape) / 1000
    weight = np.where(opaque, 1, np.where(band, _EDGE_WEIGHT, _FAR_WEIGHT)).astype(np.float32)
    there = cv2.dilate(band.astype(np.uint8), _ROOM) > 0

    def near(values: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(weight * values, (0, 0), sigma)[there], np.float32)

    total = near(np.ones_like(alpha))
    normal = [near(change[..., i] * change[..., j]) for i, j in _PAIRS]
    start = foreground[there] - behind[there]
    start /= np.maximum((start * start).sum(axis=1, keepdims=True), _LITTLE)
    firm = limits.line_prior * total
    inverse = _inverse(normal, firm)
    slope, variance = np.zeros_like(change), np.ones_like(alpha)
    for _ in range(_FITS):
        told = np.stack([near(change[..., i] * alpha) for i in range(3)], axis=1)
        k = _times(inverse, told + firm[:, None] * start)
        left = near(alpha * alpha) - 2 * (k * told).sum(axis=1)
        left += (k * _times(normal, k)).sum(axis=1)
        slope[there] = k
        variance[there] = np.maximum(left / total, 0) + limits.residual * (k * k).sum(axis=1)
        fitted = np.clip((slope[band] * change[band]).sum(axis=1), 0, 1)
        alpha = alpha.copy()
        alpha[band] += lean(variance[band], guess[band], limits) * (fitted - alpha[band])
    return slope, variance


_PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
"""Places of a symmetric 3 x 3 matrix. Tens of thousands of them are faster so than by LAPACK."""


def _inverse(symmetric: list[Floats], ridge: Floats) -> list[Floats]:
    """Return the inverses of symmetric matrices with `ridge` added to their diagonals."""
    a, b, c, d, e, f = (np.asarray(x, np.float64) for x in symmetric)
    a, d, f = a + ridge, d + ridge, f + ridge
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    scale = 1 / (a * first + b * second + c * third)
    parts = (first, second, third, a * f - c * c, b * c - a * e, a * d - b * b)
    return [np.asarray(part * scale, np.float32) for part in parts]


def _times(symmetric: list[Floats], vectors: Floats) -> Floats:
    a, b, c, d, e, f = symmetric
    x, y, z = vectors[:, 0], vectors[:, 1], vectors[:, 2]
    return np.stack([a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z], axis=1)

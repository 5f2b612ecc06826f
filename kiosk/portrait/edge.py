"""What the edge itself tells of the person's colour there, and of alpha.

The colour that is filled in from opaque places is often not the edge's: hair is darker at its rim
than in its gloss, and a strand may lie beside a cheek or a shirt. So alpha is solved, the colours
that follow from it are averaged near by, and alpha is solved again, a few times. Then, near by,
alpha is nearly a linear function of the picture (Levin et al., A Closed-Form Solution to Natural
Image Matting, 2008), and here, the backdrop being known, one without a constant:
alpha = k . (S - B). Fitting k tells apart what varies along the person (gloss, shading) from what
varies with alpha. Where the fit is poor, as with hair beside skin before a grey wall, one darker
and one brighter than it, it counts less.

The picture is taken at half its size, and what is found of it at a quarter: k and the person's
colour change slowly.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.portrait.light import Floats
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.mixture import Mixing, Price
from kiosk.portrait.opaque import Opaque, segmenter_guess
from kiosk.portrait.picture import Mask, Places, dot, halved, resized

_FAINT = 0.1
"""A pixel with less alpha says nothing of the person's colour."""
_LITTLE = 1e-3
_HALF = 0.5
_DEEPER = 2.5
"""From here on the deeper a place is, the surer it is opaque; times where the inside begins."""
_ROUNDS = 6
_FITS = 3
# Distances, thousandths of the picture's longer side.
_COLOUR_SIGMA = 2.5
_FIT_SIGMA = 13.0
_EDGE_WEIGHT, _FAR_WEIGHT = 0.3, 0.2
"""Solved places, and the backdrop, count so much in the fit, over opaque ones."""
_ROOM = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Edge:
    """What is known of the edge.

    Attributes:
        found: (7, h, w) planes at a quarter of the still's size: the person's colour (3, linear
            light), k (3, per linear light), and the variance of alpha = k . (S - B) near by.
        guess: (1, H, W) at half the still's size: weight of the segmenter's guess, 1/variance.
    """

    found: Floats
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
        light: (3, H, W) the still, linear light.
        behind: (3, H, W) the backdrop.
        person: (H, W) the segmenter's mask, 0 to 1.
        found: the opaque places.
        seen: (H, W) where the person may be at all.
        limits: of the matte.
    """
    opaque = found.known & (person >= limits.person_sure)
    opaque = cv2.erode(opaque.view(np.uint8), _ROOM, borderValue=1) > 0
    band = seen & ~opaque
    # Hardly any backdrop is expected inside the person, the less the deeper.
    deeper = np.square(np.square(np.maximum(found.depth * np.float32(1 / _DEEPER), 1)))
    within = np.float32(limits.guess_within) * deeper
    guess = np.where(found.inside, within, np.float32(limits.guess))
    colour = _settle(light, behind, person, found, (opaque, band, guess), limits)
    line = _fit(light, behind, person, found.inside, colour, (opaque, band, guess), limits)
    return Edge(np.concatenate([colour, *line]), guess[None])


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
    """Return the person's colour, solved in turns with alpha, (3, h, w) at half of this size."""
    opaque, band, weights, inside = (
        halved(np.asarray(x, np.float32)) for x in (*places, found.inside)
    )
    light, behind, colour = (
        resized(x, opaque.shape, cv2.INTER_AREA) for x in (light, behind, found.colour)
    )
    edge = Places((band > 0) & (opaque < 1))
    s, b = edge.of_planes(light), edge.of_planes(behind)
    price = price_of(edge.values(inside) > _HALF, edge.values(weights), limits)
    mixing = Mixing(s, b, segmenter_guess(edge.values(halved(person)), limits), price)
    alpha, own = (opaque == 1).astype(np.float32), light.copy()
    sigma = _COLOUR_SIGMA * max(alpha.shape) / 1000
    for _ in range(_ROUNDS):
        through = mixing.unmix(edge.of_planes(colour)).through
        cover = 1 - through
        edge.put(alpha, cover)
        added = np.clip((s - through * b) / np.maximum(cover, _FAINT), 0, 1)
        weight = alpha * alpha
        total = cv2.GaussianBlur(weight, (0, 0), sigma) + _LITTLE
        for plane, mine, fresh in zip(colour, own, added, strict=True):
            edge.put(mine, fresh)
            near = cv2.GaussianBlur(mine * weight, (0, 0), sigma)
            np.divide(near + _LITTLE * plane, total, out=plane)
    return colour


def _fit(
    light: Floats,
    behind: Floats,
    person: Floats,
    inside: Mask,
    colour: Floats,
    places: _Places,
    limits: MatteLimits,
) -> tuple[Floats, Floats]:
    """Return k, (3, h, w), and the variance of the alpha it gives, (1, h, w), at half the size.

    By weighted least squares near by.

    Args:
        light: (3, H, W) S.
        behind: (3, H, W) B.
        person: (H, W) the segmenter's mask.
        inside: (H, W) places well inside the person.
        colour: (3, h, w) F, from which k is guessed to begin with.
        places: (H, W) each.
        limits: of the matte.
    """
    opaque, band, guess = places
    edge, change = Places(band), light - behind
    e_change, e_guess, f = edge.of_planes(change), edge.values(guess), edge.sampled(colour)
    price = price_of(edge.values(inside), e_guess, limits)
    guessed = segmenter_guess(edge.values(person), limits)
    mixing = Mixing(edge.of_planes(light), edge.of_planes(behind), guessed, price)
    alpha = opaque.astype(np.float32)
    e_alpha = 1 - mixing.unmix(f).through
    weight = np.where(opaque, np.float32(1), np.float32(_FAR_WEIGHT))
    edge.put(weight, _EDGE_WEIGHT)
    small = colour.shape[1:]
    sigma = _FIT_SIGMA * max(small) / 1000
    there = np.flatnonzero(cv2.dilate(halved(band.astype(np.float32)), _ROOM) > 0)

    def near(values: Floats) -> Floats:
        mean = cv2.resize(weight * values, small[::-1], interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(mean, (0, 0), sigma).ravel().take(there))

    total = near(np.ones_like(alpha))
    normal = [near(change[i] * change[j]) for i, j in _PAIRS]
    start = (colour - resized(behind, small, cv2.INTER_AREA)).reshape(3, -1).take(there, axis=1)
    start /= np.maximum(dot(start, start), _LITTLE)
    firm = limits.line_prior * total
    inverse = _inverse(normal, firm)
    slope, variance = np.zeros((3, *small), np.float32), np.ones((1, *small), np.float32)
    for _ in range(_FITS):
        edge.put(alpha, e_alpha)
        told = np.stack([near(plane * alpha) for plane in change])
        k = _times(inverse, told + firm * start)
        left = near(alpha * alpha) - 2 * dot(k, told) + dot(k, _times(normal, k))
        slope.reshape(3, -1)[:, there] = k
        spread = np.maximum(left / total, 0) + limits.residual * dot(k, k)
        variance.ravel()[there] = spread
        fitted = np.clip(dot(edge.sampled(slope), e_change), 0, 1)
        e_alpha = e_alpha + lean(edge.sampled(variance)[0], e_guess, limits) * (fitted - e_alpha)
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
    x, y, z = vectors
    return np.stack([a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z])

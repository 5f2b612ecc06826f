"""Where the person is opaque, found from the inside out, and the person's colour from there.

Sure are places deep inside the person, and those whose alpha is high whatever colour the person
has. Then come all places inside the person, and all smooth surfaces, of which the mixture says
that hardly any backdrop shines through; and at last the places up to the edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.portrait.fill import fill
from kiosk.portrait.light import Floats
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.mixture import Mixing, Price, change, least_alpha
from kiosk.portrait.picture import Mask, resized

# Distances, thousandths of the picture's longer side. The segmenter's own cells are 4 wide.
_GAP, _NEAR_GAP = 2.0, 4.0
_INSIDE, _WELL_INSIDE, _DEEP = 8.0, 28.0, 56.0
_BORDER = 4.0
_SURFACE_BORDER = 2.0
_SEED = 14.0
_GROWTH = 2
_LITTLE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """What is known of the person before the edges are solved.

    Attributes:
        known: (H, W) opaque places.
        inside: (H, W) places well inside the person, opaque or, as between strands, not.
        colour: (3, H, W) the person's colour, linear light; filled in where not known.
        depth: (H, W) how deep inside the segmenter's person, over where `inside` begins.
    """

    known: Mask
    inside: Mask
    colour: Floats
    depth: Floats


def find_opaque(
    light: Floats, behind: Floats, person: Floats, differs: Floats, limits: MatteLimits
) -> Opaque:
    """Find the opaque places, and the person's colour.

    Args:
        light: (3, H, W) the still, linear light.
        behind: (3, H, W) the backdrop.
        person: (H, W) the segmenter's mask, 0 to 1.
        differs: (H, W) how far the two are apart, code values.
        limits: of the matte.
    """
    depth = _depth(person > limits.person_sure)
    gap = _gaps(differs, person, depth, limits)
    possible = (person > limits.person_possible) & ~gap
    dense = possible & (least_alpha(light, behind) > limits.opaque)
    inside = (depth > _INSIDE) & ~_near(gap, _NEAR_GAP)
    inside |= (depth > _WELL_INSIDE) & ~gap
    surface = _depth(
        possible
        & (differs > limits.surface_codes)
        & (change(light) < limits.surface_change * differs)
    ) > _SURFACE_BORDER  # fmt: skip
    edge = dense | (_depth((differs > limits.noise_codes) & possible) > _BORDER)
    known = (inside & dense) | ((depth > _DEEP) & ~gap)
    firm = Price(limits.shading, limits.gloss_inside, limits.residual * limits.guess_inside)
    free = Price(limits.shading, limits.gloss, limits.residual * limits.guess)
    guess = segmenter_guess(person, limits)

    def add(mask: Mask, price: Price, guess: Floats, most: float) -> None:
        places = np.flatnonzero(mask & ~known)
        s, f, b = (x.reshape(3, -1).take(places, axis=1)
                   for x in (light, _spread(light, known), behind))  # fmt: skip
        mixed = Mixing(s, b, guess.ravel().take(places), price).unmix(f)
        known.ravel()[places] = mixed.through < most

    add(inside | surface, firm, np.where(surface, np.float32(0), guess), limits.shines_through)
    for _ in range(_GROWTH):
        add(edge, free, guess, 1 - limits.opaque_solved)
        known |= dense
    return Opaque(known, inside, _spread(light, known), depth / np.float32(_INSIDE))


def segmenter_guess(person: Floats, limits: MatteLimits) -> Floats:
    """Return what the segmenter's mask says of b, stretched between where it is sure."""
    low, high = 1 - limits.person_stretch, limits.person_stretch
    return np.asarray(np.clip((high - person) / (high - low), 0, 1), np.float32)


def _spread(light: Floats, known: Mask) -> Floats:
    """Return the known colour everywhere; made at a quarter of the size, so that it is smooth."""
    height, width = known.shape
    quarter = ((height + 3) // 4, (width + 3) // 4)
    weights = known.astype(np.float32)
    *part, total = resized(np.stack([*(light * weights), weights]), quarter, cv2.INTER_AREA)
    mean = np.stack(part, axis=-1) / np.maximum(total, _LITTLE)[..., None]
    colour = fill(mean, np.minimum(4 * total, 1))
    return resized(np.moveaxis(colour, -1, 0), (height, width), cv2.INTER_LINEAR)


def _gaps(differs: Floats, person: Floats, depth: Floats, limits: MatteLimits) -> Mask:
    """Return where the backdrop is seen, also through gaps in the person.

    Where the person nearby has about the backdrop's colour, such as a white shirt before a white
    wall, a place without difference is no proof of a gap.
    """
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, _odd(2 * _GAP, differs))
    same = (differs < limits.noise_codes).astype(np.uint8)
    gap = cv2.morphologyEx(same, cv2.MORPH_OPEN, disc) > 0
    height, width = differs.shape
    size = (max(width // 4, 1), max(height // 4, 1))
    seeds = depth > _SEED
    alike = seeds & (differs > 1.5 * limits.noise_codes) & (differs < 8 * limits.noise_codes)
    total, part = (
        cv2.blur(cv2.resize(x.astype(np.float32), size, interpolation=cv2.INTER_AREA), (9, 9))
        for x in (seeds, alike)
    )
    share = cv2.resize(part / np.maximum(total, 1e-3), (width, height))
    alike_there = (share > limits.alike_share) & (person > limits.person_likely)
    # No gap is so deep inside: it is a button, or a fold, of the wall's colour.
    return np.asarray(gap & ~alike_there & (depth <= _DEEP), np.bool_)


def _depth(mask: Mask) -> Floats:
    """Return how deep inside a mask each place is, thousandths of the picture's longer side.

    The picture's own border takes nothing away.
    """
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(distance * (1000 / max(mask.shape)), np.float32)


def _near(mask: Mask, reach: float) -> Mask:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, _odd(2 * reach, mask))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc) > 0, np.bool_)


def _odd(side: float, picture: npt.NDArray[np.generic]) -> tuple[int, int]:
    pixels = 2 * round(side * max(picture.shape) / 2000) + 1
    return pixels, pixels

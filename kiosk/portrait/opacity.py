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
from kiosk.portrait.mixture import Mixing, difference
from kiosk.portrait.opaque import find_opaque, segmenter_guess
from kiosk.portrait.picture import Mask, Picture, Places, dot, enlarged
from kiosk.portrait.spill import remove_spill

_FAINT, _PLAIN = 0.1, 0.3
"""A pixel with less alpha says nothing of the person's colour, with more it says all."""
_EVERY = 5
"""A median of so much backdrop needs no more than every fifth pixel."""
_STRAND_GAP = 20.0
"""Hair goes on from the segmenter's person within such a gap, thousandths of the longer side."""
_RIM = 2.8
"""Opaque places so near to the rest are solved once more, thousandths of the longer side: at half
the size a rim of fine hair looks as opaque as what is behind it."""


def solve(picture: Picture, backdrop: Backdrop, limits: MatteLimits) -> Matte:
    """Return the matte of a still whose backdrop is known.

    Args:
        picture: the still, and where the person is.
        backdrop: behind the person.
        limits: of the matte.
    """
    light, behind, mask = picture.half_light, backdrop.half, picture.half_person
    person, shape = picture.person, picture.person.shape
    differs = difference(light, behind)
    found = find_opaque(light, behind, mask, differs, limits)
    faint = _hanging(differs > _above_noise(differs, mask, limits), mask, limits)
    edge = study(light, behind, mask, found, (mask >= limits.person_least) | faint, limits)

    likely = enlarged(found.known, shape)
    likely[person < limits.person_sure] = 0
    likely = _shrunk(likely, 1)
    certain = _shrunk(likely, round(_RIM * max(shape) / 1000))
    seen = (person >= limits.person_least) | enlarged(faint, shape).view(np.bool_)
    band = Places(seen & (certain == 0))
    s, b, studied = band.colours(picture.light), backdrop.at(band), band.sampled(edge.found)
    f, slope, variance = studied[:3], studied[3:6], studied[6]
    weight = band.sampled(edge.guess)[0]
    weight += np.float32(limits.guess_likely) * band.values(likely)
    within = band.values(enlarged(found.inside, shape)) > 0
    guess = segmenter_guess(band.values(person), limits)
    mixing = Mixing(s, b, guess, price_of(within, weight, limits))
    mixed = mixing.unmix(f)
    added = mixing.person(f, mixed.through)
    a = 1 - mixed.through
    a += lean(variance, weight, limits) * (np.clip(dot(slope, s - b), 0, 1) - a)
    alpha = certain.astype(np.float32)
    band.put(alpha, a)
    own = picture.light.copy()
    band.put(own, _own_colour(s, f, b, a, added).T)
    own = remove_spill(own, alpha, behind, limits)
    soft = (a > _FAINT) & (a < 1 - _FAINT)
    unsure = (
        float((mixed.info[soft] < limits.residual * limits.guess).mean()) if soft.any() else 0.0
    )
    return Matte(alpha, own, "plate", backdrop.shift_px, backdrop.exposure, unsure)


def _above_noise(differs: Floats, person: Floats, limits: MatteLimits) -> float:
    """Return the faintest difference that is not the camera's noise, code values."""
    nobody = differs[person < limits.person_least]
    usual = float(np.median(nobody[::_EVERY])) if nobody.size else 0.0
    return max(limits.faint_codes, limits.faint_noise * usual)


def _hanging(faint: Mask, person: Floats, limits: MatteLimits) -> Mask:
    """Keep what hangs together with the person: a strand does, a new stain on the wall does not.

    Where it does it stays: alpha has to judge it.
    """
    room = round(_STRAND_GAP * max(person.shape) / 1000)
    near = np.ones((2 * room + 1, 2 * room + 1), np.uint8)
    there = cv2.dilate((person >= limits.person_least).astype(np.uint8), near)
    _, labels = cv2.connectedComponents((faint | (there > 0)).view(np.uint8), connectivity=8)
    keep = np.zeros(int(labels.max()) + 1, np.bool_)
    keep[np.unique(labels[there > 0])] = True
    keep[0] = False
    return np.asarray(keep[labels] & faint, np.bool_)


def _shrunk(mask: npt.NDArray[np.uint8], pixels: int) -> npt.NDArray[np.uint8]:
    """Return a mask of 0 and 1 without its rim; the picture's own border takes nothing away."""
    room = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return np.asarray(
        cv2.erode(mask, room, borderType=cv2.BORDER_CONSTANT, borderValue=1), np.uint8
    )


def _own_colour(s: Floats, f: Floats, b: Floats, a: Floats, person: Floats) -> Floats:
    """Return the person's own colour of mixed pixels, (3, n).

    Taking the backdrop's part off leaves the person's, and with it all errors, the more of them
    the fainter the pixel is. So what the mixture cannot explain is kept in opaque pixels only,
    and the colour of faint ones is their neighbours'.
    """
    unexplained = s - (1 - a) * b - person
    own = (person + a * a * unexplained) / np.maximum(a, _FAINT)
    trust = np.square(np.clip(a / _PLAIN, 0, 1))
    return np.asarray(f + (np.clip(own, 0, 1) - f) * trust)

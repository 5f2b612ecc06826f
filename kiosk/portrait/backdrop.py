"""The backdrop behind the person: the clean plate, followed for shift, exposure and shadow.

Between plate and still the camera moves by a fraction of a pixel, lamps and exposure change a
little, and the person throws a soft shadow on the backdrop. The shift is found on the backdrop's
own texture. The gain over the plate is measured wherever the backdrop is seen: a place counts as
backdrop when all three channels have changed by one factor (a shadow keeps the colour) and the
factor changes smoothly (a shadow has no strands). In the person's place it is filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from calibration.backdrop import Plate
from kiosk.portrait.errors import PlateMismatch
from kiosk.portrait.fill import fill
from kiosk.portrait.light import Floats, to_linear
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.movement import Texture, measure_movement
from kiosk.portrait.picture import Picture, Places, dot, halved, planes, resized

_DARK = 1e-3
_EVERY = 5
"""A median of so much backdrop needs no more than every fifth pixel."""
_FITS = 6
_FIRM = 1e-4
"""A plane fitted where hardly any backdrop is seen stays level by this weight."""
_TINY = 1e-6
_CAST, _CAST_PLACES = 0.06, 0.005
"""A shadow that takes so much light, over so much of the picture, tells its colour."""
_SHADOW_SIGMA = 0.003
"""A shadow is smoother than this, of the picture's longer side."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPlate:
    """A plate at the size the matte is made at.

    Attributes:
        light: (H, W, 3) linear light.
        texture: its own, on which movement is measured.
    """

    light: Floats
    texture: Texture


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """The backdrop as it is behind the person in this very still.

    Attributes:
        clean: (H, W, 3) the backdrop before it is lit as in the still, linear light.
        gain: (3, h, w) the still's light over it, at half the size, factor.
        half: (3, h, w) the backdrop as it is, linear light.
        exposure: its light over that of the plate, factor.
        shift_px: its movement since the plate, x and y, pixels.
        agrees: the fraction of the places without a person that look like the plate.
    """

    clean: Floats
    gain: Floats
    half: Floats
    exposure: float
    shift_px: tuple[float, float]
    agrees: float

    @classmethod
    def smooth(cls, half: Floats, shape: tuple[int, ...]) -> Self:
        """Return a backdrop of (3, h, w) that has nothing finer to show, in full (H, W)."""
        clean = np.ones((*shape, 3), np.float32)
        return cls(clean, half, half, 1.0, (0.0, 0.0), 1.0)

    @property
    def light(self) -> Floats:
        """(H, W, 3) linear light: all of it, which only who wants to look at it needs."""
        gain = resized(self.gain, self.clean.shape[:2], cv2.INTER_LINEAR)
        return self.clean * np.moveaxis(gain, 0, -1)

    def at(self, places: Places) -> Floats:
        """Return (3, n) linear light at some places."""
        return places.colours(self.clean) * places.sampled(self.gain)


def prepare_plate(
    plate: Plate, size: tuple[int, int], still_size: tuple[int, int]
) -> PreparedPlate:
    """Bring a plate to `size`, (width, height), for a still of `still_size` in full.

    Raises:
        PlateMismatch: the plate was taken at another picture size.
    """
    have, want = plate.still_size, still_size
    if tuple(have) != tuple(want):
        raise PlateMismatch(
            f"The clean plate is for stills of {have[0]}x{have[1]} pixels; this one has "
            f"{want[0]}x{want[1]}. Take the plate again with today's picture size."
        )
    pixels = plate.pixels
    if (pixels.shape[1], pixels.shape[0]) != size:
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    light = to_linear(pixels)
    return PreparedPlate(light, Texture.of(light))


def follow(picture: Picture, plate: PreparedPlate, limits: MatteLimits) -> Backdrop:
    """Return the backdrop behind the person.

    Args:
        picture: the still, and where the person is.
        plate: prepared for this size.
        limits: of the matte.

    Raises:
        PlateMismatch: what is seen of the backdrop does not look like the plate.
    """
    moved = measure_movement(picture, plate.texture, limits)
    clean = plate.light
    if moved.farthest(clean.shape) >= limits.least_shift_px:
        clean = moved.of(clean)
    below = planes(halved(clean))
    gain, exposure, agrees = _gain(picture.half_light, below, picture.half_person, limits)
    return Backdrop(clean, gain, below * gain, exposure, moved.shift_px, agrees)


def _gain(
    seen: Floats, clean: Floats, mask: Floats, limits: MatteLimits
) -> tuple[Floats, float, float]:
    """Return the gain, (3, h, w), the usual one far from the person, and the agreement."""
    far = cv2.dilate((mask > limits.person_least).astype(np.uint8), _disc(17)) == 0
    places = np.flatnonzero(far)
    if len(places) < far.size // 100:
        raise PlateMismatch(
            "Hardly any backdrop is seen around the person, so the plate can't be followed. "
            "Move back from the camera and take the still again."
        )
    some = places[::_EVERY]
    ratio = seen / np.maximum(clean, _DARK)
    lamps = np.stack([_plane(plane, some[::_EVERY]) for plane in ratio])
    ratio /= lamps
    weights = clean.mean(axis=(1, 2))
    weights /= weights.sum()
    gain = dot(ratio, np.broadcast_to(weights[:, None, None], ratio.shape))
    ratio -= gain
    fine = gain - cv2.GaussianBlur(gain, (0, 0), 1.0)
    texture = np.sqrt(cv2.blur(fine * fine, (3, 3)))
    usual_texture = float(np.median(texture.ravel()[some]))
    spread, floor = limits.backdrop_spread, limits.backdrop_floor
    smooth = texture < usual_texture * spread + floor
    beside = cv2.dilate((mask > limits.person_least).astype(np.uint8), _disc(5)) == 0
    tint = _shadow_tint(ratio, gain, np.flatnonzero(beside & smooth), limits)
    ratio -= tint * (1 - gain)
    colour = np.sqrt(np.einsum("chw,chw,c->hw", ratio, ratio, weights))
    usual_colour = float(np.median(colour.ravel()[some]))
    base = np.median(lamps.reshape(3, -1)[:, some], axis=1)
    _judge(base, max(usual_colour, usual_texture), limits)
    # Where nobody is seen, darker places can only be shadow, not hair.
    nobody = mask < limits.person_least
    darkest = np.where(nobody, np.float32(limits.darkest_cast), np.float32(limits.darkest_shadow))
    like = (
        (colour < usual_colour * spread + floor)
        & smooth
        & (gain > darkest)
        & (gain < limits.brightest_backdrop)
    )
    agrees = float(like.ravel()[places].mean())
    if agrees < limits.least_agreement:
        raise _moved(f"only {agrees:.0%} of the backdrop look like it")
    like = _connected(like & (mask < limits.person_sure), far)
    field = fill(gain, like.astype(np.float32))
    field = cv2.GaussianBlur(field, (0, 0), _SHADOW_SIGMA * max(mask.shape))
    lamps *= field + tint * (1 - field)
    return lamps, float(base.mean()), agrees


def _shadow_tint(
    apart: Floats, gain: Floats, places: npt.NDArray[np.intp], limits: MatteLimits
) -> Floats:
    """Return the colour of the shadow's light, (3, 1, 1): how much more of each channel is left.

    Light from another side falls into a shadow: from the ceiling, from a window, from the wall
    beside. As fractions of the light that is missing; 0 for a shadow that keeps the colour.

    Args:
        apart: (3, h, w) gain of each channel less that of all.
        gain: (h, w).
        places: without a person.
        limits: of the matte.
    """
    missing = 1 - gain.ravel().take(places)
    cast = (missing > _CAST) & (missing < 1 - limits.darkest_cast)
    there, missing = places[cast], missing[cast]
    if len(there) < _CAST_PLACES * gain.size:
        return np.zeros((3, 1, 1), np.float32)
    ratios = apart.reshape(3, -1).take(there, axis=1) / missing
    tint = np.median(ratios, axis=1)
    if float(np.median(np.abs(ratios - tint[:, None]))) > limits.shadow_tint_spread:
        return np.zeros((3, 1, 1), np.float32)  # strands before the wall, each of another colour
    most = limits.shadow_tint
    return np.asarray(np.clip(tint, -most, most)[:, None, None], np.float32)


def _plane(ratio: Floats, places: npt.NDArray[np.intp]) -> Floats:
    """Fit a plane to a ratio, (h, w), at some places, robustly: lamps that changed apart.

    Shadows and the person's rim, which lie off it, hardly count.
    """
    height, width = ratio.shape
    y, x = np.divmod(places, width)
    terms = np.stack([np.ones(len(places)), x * (2 / width) - 1, y * (2 / height) - 1])
    values = ratio.ravel().take(places).astype(np.float64)
    factors = np.array([np.median(values), 0.0, 0.0])
    for _ in range(_FITS):
        off = np.abs(values - factors @ terms)
        weighted = terms / (1 + np.square(off / max(3 * float(np.median(off)), _TINY)))
        firm = np.diag([0.0, 1.0, 1.0]) * (_FIRM * len(places))
        factors = np.linalg.solve(weighted @ terms.T + firm, weighted @ values)
    across = np.linspace(-1, 1, width, endpoint=False) * factors[1]
    down = np.linspace(-1, 1, height, endpoint=False)[:, None] * factors[2]
    return np.asarray(np.maximum(factors[0] + across + down, _DARK), np.float32)


def _judge(base: Floats, unrest: float, limits: MatteLimits) -> None:
    """Refuse a plate whose light, colour or texture is another."""
    level, tint = float(base.mean()), float(base.max() / max(float(base.min()), _DARK))
    if not 1 / limits.largest_exposure <= level <= limits.largest_exposure:
        raise _moved(f"the backdrop is {level:.2f} times as bright as on it")
    if tint > limits.largest_tint:
        raise _moved("the backdrop has another colour than on it")
    if unrest > limits.largest_unrest:
        raise _moved("the backdrop has another texture than on it")


def _moved(what: str) -> PlateMismatch:
    return PlateMismatch(
        f"The still does not fit the clean plate: {what}. The camera, the lamps or the backdrop "
        "were moved. Take the plate again with the booth empty."
    )


def _connected(like: npt.NDArray[np.bool_], far: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Keep what hangs together with the backdrop far away, or is large by itself."""
    opened = cv2.morphologyEx(like.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    count, labels = cv2.connectedComponents(opened, connectivity=4)
    sizes = np.bincount(labels.ravel(), minlength=count)
    reaching = np.bincount(labels[far], minlength=count)
    keep = (reaching > 0) | (sizes > 40)  # noqa: PLR2004 - half-size pixels: a gap in the hair
    keep[0] = False
    return np.asarray(keep[labels], np.bool_)


def _disc(side: int) -> npt.NDArray[np.uint8]:
    return np.ones((side, side), np.uint8)

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
from kiosk.portrait.picture import Picture, Places, dot, halved, planes, resized

_DARK = 1e-3
_EVERY = 5
"""A median of so much backdrop needs no more than every fifth pixel."""
_SHADOW_SIGMA = 0.003
"""A shadow is smoother than this, of the picture's longer side."""
_SHIFT_BLUR_PX, _SHIFT_GROUND_PX = 1.0, 15


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPlate:
    """A plate at the size the matte is made at.

    Attributes:
        light: (H, W, 3) linear light.
        texture: (H, W) fine texture of the green channel, in the square root of light.
        across: (H, W) the texture's slope to the right, per pixel.
        down: (H, W) its slope downwards, per pixel.
    """

    light: Floats
    texture: Floats
    across: Floats
    down: Floats


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
    texture = _texture(light)
    across = cv2.Sobel(texture, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    down = cv2.Sobel(texture, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    return PreparedPlate(light, texture, across, down)


def follow(picture: Picture, plate: PreparedPlate, limits: MatteLimits) -> Backdrop:
    """Return the backdrop behind the person.

    Args:
        picture: the still, and where the person is.
        plate: prepared for this size.
        limits: of the matte.

    Raises:
        PlateMismatch: what is seen of the backdrop does not look like the plate.
    """
    shift = _measure_shift(picture, plate, limits)
    clean = plate.light
    if max(abs(shift[0]), abs(shift[1])) >= limits.least_shift_px:
        move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float64)
        clean = cv2.warpAffine(
            clean, move, clean.shape[1::-1], flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
    below = planes(halved(clean))
    field, base, agrees = _gain(picture.half_light, below, picture.half_person, limits)
    gain = field * base[:, None, None]
    return Backdrop(clean, gain, below * gain, float(base.mean()), shift, agrees)


def _gain(
    seen: Floats, clean: Floats, mask: Floats, limits: MatteLimits
) -> tuple[Floats, Floats, float]:
    """Return the gain field, the gain per channel far from the person, and the agreement."""
    far = cv2.dilate((mask > limits.person_least).astype(np.uint8), _disc(17)) == 0
    places = np.flatnonzero(far)
    if len(places) < far.size // 100:
        raise PlateMismatch(
            "Hardly any backdrop is seen around the person, so the plate can't be followed. "
            "Move back from the camera and take the still again."
        )
    some = places[::_EVERY]
    ratio = seen / np.maximum(clean, _DARK)
    base = np.median(ratio.reshape(3, -1)[:, some], axis=1).astype(np.float32)
    ratio /= base[:, None, None]
    weights = clean.mean(axis=(1, 2))
    weights /= weights.sum()
    gain = dot(ratio, np.broadcast_to(weights[:, None, None], ratio.shape))
    ratio -= gain
    colour = np.sqrt(np.einsum("chw,chw,c->hw", ratio, ratio, weights))
    fine = gain - cv2.GaussianBlur(gain, (0, 0), 1.0)
    texture = np.sqrt(cv2.blur(fine * fine, (3, 3)))
    usual_colour, usual_texture = (float(np.median(x.ravel()[some])) for x in (colour, texture))
    _judge(base, max(usual_colour, usual_texture), limits)
    spread, floor = limits.backdrop_spread, limits.backdrop_floor
    like = (
        (colour < usual_colour * spread + floor)
        & (texture < usual_texture * spread + floor)
        & (gain > limits.darkest_shadow)
        & (gain < limits.brightest_backdrop)
    )
    agrees = float(like.ravel()[places].mean())
    if agrees < limits.least_agreement:
        raise _moved(f"only {agrees:.0%} of the backdrop look like it")
    like = _connected(like & (mask < limits.person_sure), far)
    field = fill(gain, like.astype(np.float32))
    return (
        np.asarray(cv2.GaussianBlur(field, (0, 0), _SHADOW_SIGMA * max(mask.shape)), np.float32),
        base,
        agrees,
    )


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


def _measure_shift(
    picture: Picture, plate: PreparedPlate, limits: MatteLimits
) -> tuple[float, float]:
    """Return the movement of the backdrop's texture, pixels, by one Lucas-Kanade step.

    A backdrop without texture, or a movement beyond the linear range, gives (0, 0).
    """
    away = cv2.erode((picture.person < limits.person_least).astype(np.uint8), _disc(31))
    count = int(away.sum())
    if count == 0:
        return 0.0, 0.0
    there = away.astype(np.float32)
    across, down = plate.across * there, plate.down * there
    change = (_texture(picture.light) - plate.texture) * there
    terms = [x.ravel() for x in (across, down, change)]
    products = np.array([[float(x @ y) for y in terms] for x in terms])
    normal, right = products[:2, :2], products[:2, 2]
    if np.linalg.det(normal) < 1e-18:  # noqa: PLR2004 - no texture at all
        return 0.0, 0.0
    moved = -np.linalg.solve(normal, right)
    variance = products[2, 2] / count - (float(terms[2].sum()) / count) ** 2
    error = np.sqrt(np.diag(np.linalg.inv(normal)) * variance)
    if float(error.max()) > limits.shift_error_px or float(np.abs(moved).max()) > (
        limits.largest_shift_px
    ):
        return 0.0, 0.0
    return float(moved[0]), float(moved[1])


def _texture(light: Floats) -> Floats:
    """Return the fine texture of the green channel, in the square root of light."""
    green = cv2.GaussianBlur(cv2.sqrt(cv2.extractChannel(light, 1)), (5, 5), _SHIFT_BLUR_PX)
    return np.asarray(green - cv2.blur(green, (_SHIFT_GROUND_PX, _SHIFT_GROUND_PX)), np.float32)


def _disc(side: int) -> npt.NDArray[np.uint8]:
    return np.ones((side, side), np.uint8)

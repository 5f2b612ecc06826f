"""The backdrop behind the person: the clean plate, followed for exposure, shadow and shift.

Between plate and still the lamps and the exposure change a little, the camera moves by up to a
pixel, and the person throws a soft shadow. Where the backdrop is seen its gain over the plate is
measured; behind the person it is filled in from around.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from calibration.backdrop import Plate
from hardware.base import Pixels
from kiosk.portrait.errors import PlateMismatch
from kiosk.portrait.fill import fill
from kiosk.portrait.light import Floats, to_linear

_REDUCED = 4
_FAR, _NEAR = 0.03, 0.1
_LARGEST_CHANGE = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPlate:
    """A plate at the size the matte is made at.

    Attributes:
        light: (H, W, 3) linear light.
        noise: of one still, per channel, sRGB code values.
    """

    light: Floats
    noise: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """The backdrop as it is behind the person in this very still.

    Attributes:
        light: (H, W, 3) linear light.
        exposure: its light over that of the plate, factor.
        shift_px: its movement since the plate, x and y, pixels.
    """

    light: Floats
    exposure: float
    shift_px: tuple[float, float]


def prepare_plate(
    plate: Plate, size: tuple[int, int], still_size: tuple[int, int]
) -> PreparedPlate:
    """Bring a plate to `size`, (width, height), for a still of `still_size` in full.

    Raises:
        PlateMismatch: the plate was taken at another picture size.
    """
    if tuple(plate.still_size) != tuple(still_size):
        have, want = plate.still_size, still_size
        raise PlateMismatch(
            f"The clean plate is for stills of {have[0]}x{have[1]} pixels; this one has "
            f"{want[0]}x{want[1]}. Take the plate again with today's picture size."
        )
    pixels = plate.pixels
    if (pixels.shape[1], pixels.shape[0]) != size:
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return PreparedPlate(to_linear(pixels), plate.noise)


def follow(still: Pixels, plate: PreparedPlate, person: Floats) -> Backdrop:
    """Return the backdrop behind the person.

    Args:
        still: (H, W, 3) uint8 RGB.
        plate: prepared for this size.
        person: (H, W) the segmenter's mask, 0 to 1.
    """
    height, width = person.shape
    small = (width // _REDUCED, height // _REDUCED)
    seen = cv2.resize(to_linear(still), small, interpolation=cv2.INTER_AREA)
    clean = cv2.resize(plate.light, small, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(person, small, interpolation=cv2.INTER_AREA)
    ratio = seen / np.maximum(clean, 1e-3)
    far = cv2.dilate((mask > _FAR).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    base = np.median(ratio[far], axis=0)
    gain = (ratio / base).mean(axis=2)
    known = ((mask < _NEAR) & (np.abs(gain - 1) < _LARGEST_CHANGE)).astype(np.float32)
    field = cv2.GaussianBlur(fill(gain, known), (0, 0), 2.0)
    full = cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)
    return Backdrop(plate.light * full[..., None] * base, float(base.mean()), (0.0, 0.0))

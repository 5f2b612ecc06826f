"""Find a grey card held in the middle of the picture, and what light it sends back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from calibration.light import LUMINANCE, Doubles, to_linear
from hardware.base import Pixels

_LOOK_PX: Final = 320
_TOLERANCE: Final = 9  # CIELAB units of OpenCV's 8 bit Lab, from the card's own colour
_SEED: Final = 0.04  # of the picture's width, half the side of the spot that is surely card
_MIN_AREA: Final = 0.01
_MAX_AREA: Final = 0.6
_MIN_RECTANGLE: Final = 0.85  # of its upright or turned box that the card fills
_RIM: Final = 0.12  # of the card's side that is left out


@dataclass(frozen=True, slots=True, eq=False)
class GreyCard:
    """A card that was found.

    Attributes:
        box: (left, top, right, bottom) inside the card, pixels.
        light: mean linear light, (3,).
    """

    box: tuple[int, int, int, int]
    light: Doubles

    @property
    def luminance(self) -> float:
        """Its luminance, linear, 0 to 1."""
        return float(self.light @ LUMINANCE)


def find_grey_card(pixels: Pixels) -> GreyCard | None:
    """Find the card in the middle of a picture, (H, W, 3) uint8 RGB; None when there is none."""
    height, width = pixels.shape[:2]
    scale = _LOOK_PX / width
    size = (_LOOK_PX, max(round(height * scale), 1))
    small = cv2.GaussianBlur(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2Lab).astype(np.int16)
    x, y, reach = size[0] // 2, size[1] // 2, max(int(_SEED * _LOOK_PX), 1)
    seed = lab[y - reach : y + reach, x - reach : x + reach].reshape(-1, 3)
    near = np.abs(lab - np.median(seed, axis=0)).max(axis=2) <= _TOLERANCE
    count, labels, stats, _ = cv2.connectedComponentsWithStats(near.astype(np.uint8))
    which = int(labels[y, x])
    if count < 2 or not near[y, x]:  # noqa: PLR2004 - the background and one more
        return None
    left, top, wide, tall, area = (int(v) for v in stats[which])
    part = area / (size[0] * size[1])
    at_rim = left == 0 or top == 0 or left + wide == size[0]
    contours, _ = cv2.findContours(
        (labels == which).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    _, sides, _ = cv2.minAreaRect(contours[0])
    fills = area / max((sides[0] + 1) * (sides[1] + 1), 1.0)
    if at_rim or not _MIN_AREA <= part <= _MAX_AREA or fills < _MIN_RECTANGLE:
        return None
    rim_x, rim_y = wide * _RIM, tall * _RIM
    box = (
        int((left + rim_x) / scale),
        int((top + rim_y) / scale),
        int((left + wide - rim_x) / scale),
        min(int((top + tall - rim_y) / scale), height),
    )
    inside = to_linear(pixels[box[1] : box[3], box[0] : box[2]])
    return GreyCard(box, inside.reshape(-1, 3).mean(axis=0).astype(np.float64))

"""How the backdrop's picture has moved since the plate: the camera was touched, or refocused.

Found on the backdrop's own texture, around the person. A few patches of the plate are looked for
near by, which tells the shift to a pixel however the texture repeats below that; Lucas-Kanade
steps then find the rest, with the turn and the change of scale where the texture tells them (a
lens that was focused anew shows a little more or less).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.portrait.light import Floats
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.picture import Picture

_BLUR_PX, _GROUND_PX = 1.0, 15
_PATCH_PX, _PATCHES = 64, 5
"""Of those patches, so many across and down, the ones without a person are looked for."""
_FEWEST_PATCHES = 3
_STANDS_OUT = 6.0
"""Standard deviations by which the right place stands out of the wrong ones."""
_AROUND_PX = 31
_STEPS = 3
_EVERY = 23
"""Each 23rd place tells the movement as well as all of them."""
_ROW = 256
"""Lists are handed to OpenCV in rows of so many."""
_SETTLED_PX = 0.03
"""After a step that is smaller no other is needed."""

_Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """A plate's fine texture, (H, W) each.

    Attributes:
        grain: of the green channel, in the square root of light.
        across: its slope to the right, per pixel.
        down: its slope downwards, per pixel.
    """

    grain: Floats
    across: Floats
    down: Floats

    @classmethod
    def of(cls, light: Floats) -> Self:
        """Return the texture of (H, W, 3) linear light."""
        grain = _grain(light)
        across = cv2.Sobel(grain, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
        down = cv2.Sobel(grain, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
        return cls(grain, across, down)


@dataclass(frozen=True, slots=True)
class Movement:
    """A shift, a turn and a change of scale about the picture's middle.

    Attributes:
        shift_px: to the right and down, pixels.
        zoom: change of scale, fraction.
        turn: clockwise on the screen, radians.
    """

    shift_px: tuple[float, float] = (0.0, 0.0)
    zoom: float = 0.0
    turn: float = 0.0

    def farthest(self, shape: tuple[int, ...]) -> float:
        """Return by how much the place that moved most has, pixels of a picture (H, W, …)."""
        height, width = shape[:2]
        corner = math.hypot(self.zoom, self.turn) * math.hypot(width, height) / 2
        return math.hypot(*self.shift_px) + corner

    def matrix(self, shape: tuple[int, ...]) -> _Doubles:
        """Return the (2, 3) matrix that takes a place of the plate to the still's."""
        height, width = shape[:2]
        scale, turn = 1 + self.zoom, self.turn
        linear = np.array([[scale, -turn], [turn, scale]])
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        return np.column_stack([linear, middle - linear @ middle + self.shift_px])

    def of(self, picture: Floats) -> Floats:
        """Return a picture, (H, W) or (H, W, 3), moved."""
        size = (picture.shape[1], picture.shape[0])
        moved = cv2.warpAffine(
            picture, self.matrix(picture.shape), size, flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        return np.asarray(moved, np.float32)

    def at(self, plane: Floats, places: npt.NDArray[np.intp]) -> _Doubles:
        """Return a plane, (H, W), moved, at some places only, (n,); n a multiple of `_ROW`."""
        y, x = np.divmod(places.reshape(-1, _ROW), plane.shape[1])
        back = cv2.invertAffineTransform(self.matrix(plane.shape))
        from_x, from_y = (a * x + b * y + c for a, b, c in back)
        sampled = cv2.remap(
            plane, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        return np.asarray(sampled.ravel(), np.float64)


def measure_movement(picture: Picture, texture: Texture, limits: MatteLimits) -> Movement:
    """Return how the backdrop has moved, of what can be known.

    A backdrop without texture tells nothing, and stays where it is.
    """
    room = np.ones((_AROUND_PX, _AROUND_PX), np.uint8)
    away = cv2.erode((picture.person < limits.person_least).astype(np.uint8), room)
    grain = _grain(picture.light)
    start = _search(grain, texture.grain, away, math.ceil(limits.largest_shift_px))
    moved = Movement() if start is None else Movement(start)
    places = np.flatnonzero(away)[::_EVERY]
    places = places[: len(places) // _ROW * _ROW]
    if not len(places):
        return Movement()
    for _ in range(_STEPS):
        step = _step(grain, texture, places, moved, limits)
        if step is None:
            return Movement()
        before, moved = moved, step
        change = Movement(
            (step.shift_px[0] - before.shift_px[0], step.shift_px[1] - before.shift_px[1]),
            step.zoom - before.zoom,
            step.turn - before.turn,
        )
        if change.farthest(grain.shape) < _SETTLED_PX:
            break
    return moved if moved.farthest(grain.shape) <= 2 * limits.largest_shift_px else Movement()


def _search(
    grain: Floats, known: Floats, away: npt.NDArray[np.uint8], reach: int
) -> tuple[float, float] | None:
    """Return the shift to a pixel, (right, down); None where no place stands out."""
    height, width = grain.shape
    side = _PATCH_PX + 2 * reach
    total, count = np.zeros((2 * reach + 1, 2 * reach + 1)), 0
    for top in np.linspace(0, height - side, _PATCHES).astype(int):
        for left in np.linspace(0, width - side, _PATCHES).astype(int):
            here = (slice(top, top + side), slice(left, left + side))
            if min(top, left) < 0 or not away[here].all():
                continue
            patch = known[here][reach:-reach, reach:-reach]
            if float(patch.std()) == 0:
                continue
            total += cv2.matchTemplate(grain[here], patch, cv2.TM_CCOEFF_NORMED)
            count += 1
    if count < _FEWEST_PATCHES:
        return None
    _, _, _, (x, y) = cv2.minMaxLoc(total)
    near = np.zeros(total.shape, np.bool_)
    near[max(y - 2, 0) : y + 3, max(x - 2, 0) : x + 3] = True
    wrong = total[~near]
    if total[y, x] < wrong.mean() + _STANDS_OUT * wrong.std():
        return None
    return float(x - reach), float(y - reach)


def _step(
    grain: Floats, texture: Texture, places: npt.NDArray[np.intp], moved: Movement,
    limits: MatteLimits,
) -> Movement | None:  # fmt: skip
    """Return the movement after one Lucas-Kanade step; None where texture tells too little."""
    height, width = grain.shape
    own, across, down = (
        moved.at(plane, places) for plane in (texture.grain, texture.across, texture.down)
    )
    change = grain.ravel().take(places) - own
    change -= change.mean()
    y, x = np.divmod(places, width)
    unit = math.hypot(width, height) / 2
    x, y = (x - (width - 1) / 2) / unit, (y - (height - 1) / 2) / unit
    slopes = np.stack([across, down, across * x + down * y, down * x - across * y])
    for count in (4, 2):
        normal = np.einsum("in,jn->ij", slopes[:count], slopes[:count])
        if np.linalg.cond(normal) > 1e6:  # noqa: PLR2004 - no texture at all
            continue
        step = -np.linalg.solve(normal, slopes[:count] @ change)
        left = change + step @ slopes[:count]
        error = np.sqrt(np.diag(np.linalg.inv(normal)) * float(left.var()))
        if float(error.max()) > limits.shift_error_px:
            continue
        zoom, turn = step[2:] / unit if count > 2 else (0.0, 0.0)  # noqa: PLR2004
        shift = (moved.shift_px[0] + float(step[0]), moved.shift_px[1] + float(step[1]))
        return Movement(shift, moved.zoom + float(zoom), moved.turn + float(turn))
    return None


def _grain(light: Floats) -> Floats:
    """Return the fine texture of the green channel, in the square root of light."""
    green = cv2.GaussianBlur(cv2.sqrt(cv2.extractChannel(light, 1)), (5, 5), _BLUR_PX)
    return np.asarray(green - cv2.blur(green, (_GROUND_PX, _GROUND_PX)), np.float32)

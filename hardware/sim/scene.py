"""The booth as its main camera sees it: pure drawing, from a pose and an exposure to pixels.

Light mixes in linear light wherever sitter and wall share a pixel; where only one of them is
seen, a table does it. That is what makes it cheap enough for a live view.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from hardware.base import Pixels
from hardware.sim.backdrop import COLOUR, light_on_wall
from hardware.sim.colour import LINEAR, Linear, gain_table, to_linear, to_srgb
from hardware.sim.figure import Figure
from hardware.sim.misadjustment import RIGHT, Misadjustment
from hardware.sim.pinhole import HeldCard, lay_card
from hardware.sim.placement import Placement
from hardware.sim.pose import Pose

_SHADOW: Final = 0.22  # of the wall's light that the sitter takes away where the shadow is deepest
_SHADOW_OFFSET: Final = (0.07, 0.05)  # right and down, in heights of the picture
_SHADOW_SOFT: Final = 0.045  # radius, in heights of the picture
_SHADOW_GRID: Final = 8  # it is drawn so many times smaller
_OPAQUE: Final = 255
_NOISE_MARGIN: Final = 61
_NOISE_TILE: Final = 1021  # pixels; repeats there, which nobody sees


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the camera makes of the light.

    Attributes:
        gains: red, green, blue over the right exposure and white balance, factor.
        noise: standard deviation of the sensor's noise, in 8 bit sRGB values. The sRGB curve is
            close to a square root, under which photon noise is the same at every brightness.
    """

    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    noise: float = 1.3


@dataclass(slots=True, eq=False)
class _Wall:
    """The wall at one exposure: pixels that cost something to make and change seldom."""

    gains: tuple[float, float, float]
    pixels: Pixels
    table: Pixels


@dataclass(slots=True, eq=False)
class Scene:
    """Draws the booth at one size.

    Attributes:
        width: pixels.
        height: pixels.
        seed: of the wall.
        noise_seed: of the noise.
        flaws: what is set up wrong.
    """

    width: int
    height: int
    seed: int = 0
    noise_seed: int = 0
    flaws: Misadjustment = RIGHT
    _wall: _Wall | None = field(default=None, init=False)
    _light: Linear = field(init=False)
    _noise: dict[float, npt.NDArray[np.int8]] = field(default_factory=dict, init=False)
    _rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._light = self.flaws.on_wall(light_on_wall(self.width, self.height, self.seed))
        self._rng = np.random.default_rng(self.noise_seed)

    def draw(
        self,
        figure: Figure | None,
        pose: Pose,
        exposure: Exposure,
        card: HeldCard | None = None,
    ) -> Pixels:
        """Draw one picture: (height, width, 3) uint8.

        Args:
            figure: the sitter's picture that fits the pose; None for an empty chair.
            pose: where the sitter is; taken as it is, without breathing.
            exposure: what the camera makes of the light.
            card: a card on the chair.
        """
        if card is None and self.flaws.defocus == 0.0:
            return self._with_noise(self._draw(figure, pose, exposure), exposure.noise)
        gains = np.array(exposure.gains, np.float32)
        light = to_linear(self._draw(figure, pose, exposure))
        if card is not None:
            light = lay_card(light / gains, card, self.flaws) * gains
        if self.flaws.defocus > 0.0:
            light = cv2.GaussianBlur(light, (0, 0), self.flaws.defocus * self.height / 1000)
        return self._with_noise(to_srgb(light), exposure.noise)

    def _draw(self, figure: Figure | None, pose: Pose, exposure: Exposure) -> Pixels:
        wall = self._graded_wall(exposure.gains)
        if figure is None or not pose.present:
            return wall.pixels
        placement = Placement.of(figure, pose, self.width, self.height)
        left, right = placement.columns(self.width)
        if left >= right:
            return wall.pixels
        figure_pixels = placement.warp(left, right, self.height)
        alpha = cv2.extractChannel(figure_pixels, 3)
        out = self._with_shadow(wall.pixels, alpha, left)
        part = np.ascontiguousarray(out[:, left:right])
        person = cv2.cvtColor(figure_pixels, cv2.COLOR_RGBA2RGB)
        edge = _where_partial(alpha)
        mixed = _mix(
            person.reshape(-1, 3).take(edge, 0),
            alpha.ravel().take(edge),
            part.reshape(-1, 3).take(edge, 0),
            exposure.gains,
        )
        if exposure.gains != (1.0, 1.0, 1.0):
            person = cv2.LUT(person, wall.table)
        cv2.copyTo(person, cv2.inRange(alpha, _OPAQUE, _OPAQUE), part)
        part.reshape(-1, 3)[edge] = mixed
        out[:, left:right] = part
        return out

    def _graded_wall(self, gains: tuple[float, float, float]) -> _Wall:
        if self._wall is None or self._wall.gains != gains:
            channels = [
                to_srgb(self._light * (LINEAR[value] * np.float32(gain)))
                for value, gain in zip(COLOUR, gains, strict=True)
            ]
            self._wall = _Wall(gains, cv2.merge(channels), gain_table(gains))
        return self._wall

    def _with_shadow(self, wall: Pixels, alpha: Pixels, left: int) -> Pixels:
        grid = (self.width // _SHADOW_GRID, self.height // _SHADOW_GRID)
        unit = self.height / _SHADOW_GRID
        # Shrinks and moves in one go; the blur hides what coarse sampling leaves out.
        move = np.array(
            [
                [1 / _SHADOW_GRID, 0.0, left / _SHADOW_GRID + _SHADOW_OFFSET[0] * unit],
                [0.0, 1 / _SHADOW_GRID, _SHADOW_OFFSET[1] * unit],
            ]
        )
        small = cv2.warpAffine(alpha, move, grid, borderMode=cv2.BORDER_CONSTANT)
        soft = cv2.GaussianBlur(small, (0, 0), _SHADOW_SOFT * unit)
        # sRGB's curve is close to the power 1/2.2, so the factor on light is one on values too.
        kept = (1.0 - _SHADOW * soft.astype(np.float32) / _OPAQUE) ** (1 / 2.2)
        factor = cv2.resize(np.rint(kept * _OPAQUE).astype(np.uint8), (self.width, self.height))
        shaded: Pixels = cv2.multiply(wall, cv2.merge([factor] * 3), scale=1 / _OPAQUE)
        return shaded

    def _with_noise(self, pixels: Pixels, sigma: float) -> Pixels:
        sigma = round(sigma, 1)
        if sigma not in self._noise:
            self._noise.clear()
            height, width = self.height + _NOISE_MARGIN, self.width + _NOISE_MARGIN
            size = (min(height, _NOISE_TILE), min(width, _NOISE_TILE), 3)
            noise = self._rng.standard_normal(size, np.float32) * sigma
            grains = np.clip(np.rint(noise), -127, 127).astype(np.int8)
            times = (-(-height // size[0]), -(-width // size[1]), 1)
            self._noise[sigma] = np.tile(grains, times)[:height, :width]
        top, left = self._rng.integers(0, _NOISE_MARGIN, 2)
        tile = self._noise[sigma][top : top + self.height, left : left + self.width]
        noisy: Pixels = cv2.add(pixels, tile, dtype=cv2.CV_8U)
        return noisy


def _where_partial(alpha: Pixels) -> npt.NDArray[np.intp]:
    """Flat indices of the pixels that sitter and wall share."""
    found = cv2.findNonZero(cv2.inRange(alpha, 1, _OPAQUE - 1))
    if found is None:
        return np.empty(0, np.intp)
    columns, rows = found[:, 0, 0].astype(np.intp), found[:, 0, 1]
    flat: npt.NDArray[np.intp] = columns + rows * np.intp(alpha.shape[1])
    return flat


def _mix(
    person: Pixels, alpha: Pixels, behind: Pixels, gains: tuple[float, float, float]
) -> Pixels:
    """Lay (N, 3) pixels of the person over as many of the wall, in linear light."""
    light = LINEAR[behind]
    share = (alpha.astype(np.float32) / _OPAQUE)[:, None]
    return to_srgb(light + share * (LINEAR[person] * np.array(gains, np.float32) - light))


def truth(figure: Figure | None, pose: Pose, width: int, height: int) -> dict[str, float]:
    """What is known exactly of a picture: the metadata of its frame.

    Returns:
        ``truth_present`` (0 or 1) and, when somebody sits there, ``truth_…``: ``roll_deg``,
        ``shoulder_tilt_deg``, ``distance``, ``face_width_px``, ``eyes_x_px``, ``eyes_y_px``
        (the middle between the eyes of a face turned to the camera). Of rendered sitters also
        those of the sprite that is really seen, signed as in `hardware.sim.pose.Pose`:
        ``yaw_deg``, ``pitch_deg``, ``eye_left``, ``eye_right``, ``mouth_open``, ``smile``,
        ``gaze_deg``, ``glasses``, ``cap``, ``fringe``, and ``…_x_px`` and ``…_y_px`` of the
        points of `hardware.sim.figure.Figure`.
    """
    if figure is None or not pose.present:
        return {"truth_present": 0.0}
    placement = Placement.of(figure, pose, width, height)
    eyes = placement.head_point(0.0, 0.0)
    known = {
        "present": 1.0,
        "roll_deg": pose.roll_deg + pose.lean_deg,
        "shoulder_tilt_deg": pose.shoulder_tilt_deg + pose.lean_deg,
        "distance": pose.distance,
        "face_width_px": figure.face_width * placement.scale,
        "eyes_x_px": eyes[0],
        "eyes_y_px": eyes[1],
        **figure.values,
    }
    for name in figure.points:
        known[f"{name}_x_px"], known[f"{name}_y_px"] = placement.point(name)
    return {f"truth_{name}": value for name, value in known.items()}

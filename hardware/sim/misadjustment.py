"""A booth that is set up wrong, in each way by a known amount: what calibration has to find."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import cv2
import numpy as np

from hardware.sim.colour import Linear

_CREASE_WIDTH: Final = 0.004  # standard deviation, in heights of the picture
_CREASE_AT: Final = 0.42  # to the right of the middle, in heights
_STAIN_SIZE: Final = 0.02  # standard deviation, in heights
_STAIN_AT: Final = (-0.5, -0.3)  # right and down of the middle, in heights
_SHADOW_SIZE: Final = 0.16
_SHADOW_AT: Final = (-0.62, 0.1)


@dataclass(frozen=True, slots=True)
class Misadjustment:
    """What is wrong, and by how much. The defaults are a booth set up right.

    Attributes:
        cast: red, green, blue of the light over those of a neutral one, factor.
        falloff: further loss of light from the middle of the wall to the picture's corners,
            fraction.
        light_moved: the lamp stands to one side: the light rises to the right by this fraction
            for each height of the picture.
        crease: a vertical crease in the backdrop takes away this fraction of the light.
        stain: a stain takes away this fraction.
        shadow: something beside the picture throws a soft shadow of this depth, fraction.
        defocus: standard deviation of the blur, in thousandths of the picture's height.
        distortion: of the lens, first radial coefficient for coordinates over the focal length.
        tilt_deg: the camera looks down by so much.
        roll_deg: the camera is turned clockwise by so much.
        camera_up_mm: the camera stands so much too high.
        moved: the camera was knocked: the wall's picture is shifted by (right, down), in heights.
        live_zoom: the live view shows a crop of what a still shows, enlarged so much.
        live_shift: and its middle lies so far (right, down) of the still's, in heights.
    """

    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    falloff: float = 0.0
    light_moved: float = 0.0
    crease: float = 0.0
    stain: float = 0.0
    shadow: float = 0.0
    defocus: float = 0.0
    distortion: float = 0.0
    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    camera_up_mm: float = 0.0
    moved: tuple[float, float] = (0.0, 0.0)
    live_zoom: float = 1.0
    live_shift: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Self:
        """Read what the director wrote; what is missing is right."""
        names = {field.name for field in dataclasses.fields(cls)}
        wrong: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in known.items()
            if name in names
        }
        return cls(**wrong)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return dataclasses.asdict(self)

    def on_wall(self, light: Linear) -> Linear:
        """Return the wall's light, (H, W) factor, with what is wrong with wall and lamps."""
        height, width = light.shape
        if self.moved != (0.0, 0.0):
            move = np.array([[1, 0, self.moved[0] * height], [0, 1, self.moved[1] * height]])
            light = cv2.warpAffine(light, move, (width, height), borderMode=cv2.BORDER_REFLECT_101)
        if not any((self.falloff, self.light_moved, self.crease, self.stain, self.shadow)):
            return light
        x = (((np.arange(width, dtype=np.float32) + 0.5) - width / 2) / height)[None, :]
        y = (((np.arange(height, dtype=np.float32) + 0.5) - height / 2) / height)[:, None]
        corner = 0.25 + (width / height / 2) ** 2
        factor = 1.0 - self.falloff * (x * x + y * y) / corner
        factor = factor * (1.0 + self.light_moved * x)
        factor *= 1.0 - self.crease * np.exp(-(((x - _CREASE_AT) / _CREASE_WIDTH) ** 2) / 2)
        for depth, size, at in (
            (self.stain, _STAIN_SIZE, _STAIN_AT),
            (self.shadow, _SHADOW_SIZE, _SHADOW_AT),
        ):
            far = ((x - at[0]) ** 2 + (y - at[1]) ** 2) / size**2
            factor *= 1.0 - depth * np.exp(-far / 2)
        out: Linear = light * factor.astype(np.float32)
        return out


RIGHT: Final = Misadjustment()

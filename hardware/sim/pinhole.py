"""A card in space as the simulated camera sees it: position, lens, distortion. Pure geometry."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self

import cv2
import numpy as np
import numpy.typing as npt

from hardware.sim.cards import PX_PER_MM, Card, sheet
from hardware.sim.colour import Linear
from hardware.sim.misadjustment import Misadjustment

DISTANCE_MM: Final = 1500.0
"""From the camera to the sitter's plane."""

VIEW_HEIGHT_MM: Final = 489.0
"""What the picture's height covers there.

The standard's photo covers about 433 mm of a usual head and shoulders, and takes 0.885 of the
picture's height (`hardware.sim.placement.CROWN`).
"""

_GRID_PX: Final = 8
_OUTSIDE: Final = -1e4

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card, and how it is held. Its middle is that of the picture unless it is moved.

    Attributes:
        card: which.
        right_mm: its middle, to the right in the picture.
        down_mm: its middle, downwards.
        near_mm: towards the camera from the sitter's plane.
        yaw_deg: turned about its upright axis.
        pitch_deg: tipped, its top away from the camera.
        roll_deg: turned clockwise in its own plane.
        light: the light a colour chart is seen under, of `hardware.sim.card_colours`.
    """

    card: Card
    right_mm: float = 0.0
    down_mm: float = 0.0
    near_mm: float = 0.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    light: str = "daylight"

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Self | None:
        """Read what the director wrote; None when no card is held."""
        if not known.get("card"):
            return None
        return cls(**{**known, "card": Card(known["card"])})

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {**dataclasses.asdict(self), "card": self.card.value}


def focal_px(height: int) -> float:
    """Return the focal length in pixels of a picture of this height."""
    return height * DISTANCE_MM / VIEW_HEIGHT_MM


def lay_card(picture: Linear, held: HeldCard, flaws: Misadjustment) -> Linear:
    """Return the picture, (H, W, 3) linear light, with the card before it."""
    height, width = picture.shape[:2]
    soft = _soft(held.card, held.light, height)
    map_x, map_y = _maps(held, flaws, soft.shape[1], soft.shape[0], width, height)
    inside = cv2.remap(
        np.ones(soft.shape[:2], np.float32), map_x, map_y, cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT, borderValue=0,
    )[:, :, None]  # fmt: skip
    seen = cv2.remap(soft, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if seen.ndim == 2:  # noqa: PLR2004 - a neutral card
        seen = seen[:, :, None]
    out: Linear = picture + inside * (seen - picture)
    return out


@lru_cache(maxsize=3)
def _soft(card: Card, light: str, height: int) -> Linear:
    """Return a card's sheet, blurred to what a picture of this height resolves of it."""
    step = VIEW_HEIGHT_MM / height * PX_PER_MM
    soft: Linear = cv2.GaussianBlur(sheet(card, light), (0, 0), max(0.35 * step, 0.3))
    return soft


def card_matrix(held: HeldCard, flaws: Misadjustment) -> Matrix:
    """Return the 3 × 3 matrix from millimetres on the card to coordinates over the focal length."""
    yaw, pitch, roll = (math.radians(a) for a in (held.yaw_deg, held.pitch_deg, held.roll_deg))
    turn = _about_y(yaw) @ _about_x(pitch) @ _about_z(roll)
    middle = np.array([held.right_mm, held.down_mm, -held.near_mm])
    camera = np.array([0.0, -flaws.camera_up_mm, -DISTANCE_MM])
    look = _about_z(-math.radians(flaws.roll_deg)) @ _about_x(math.radians(flaws.tilt_deg))
    matrix: Matrix = look @ np.column_stack([turn[:, 0], turn[:, 1], middle - camera])
    return matrix


def _maps(
    held: HeldCard, flaws: Misadjustment, card_w: int, card_h: int, width: int, height: int
) -> tuple[Linear, Linear]:
    """Where in the sheet each pixel looks; worked out on a coarse grid, for it is smooth."""
    columns, rows = -(-width // _GRID_PX) + 2, -(-height // _GRID_PX) + 2
    # Grid cells are centred on blocks of pixels; one row and column lie outside on each side.
    x = (np.arange(columns) - 0.5) * _GRID_PX - width / 2
    y = (np.arange(rows) - 0.5) * _GRID_PX - height / 2
    focal = focal_px(height)
    seen = np.stack(np.meshgrid(x / focal, y / focal), axis=-1).reshape(-1, 1, 2)
    straight = cv2.undistortPoints(
        seen, np.eye(3), np.array([flaws.distortion, 0.0, 0.0, 0.0])
    ).reshape(-1, 2)
    back = np.linalg.inv(card_matrix(held, flaws))
    rays = np.column_stack([straight, np.ones(len(straight))]) @ back.T
    behind = rays[:, 2] <= 0
    on_card = rays[:, :2] / np.where(behind, 1.0, rays[:, 2])[:, None] * PX_PER_MM
    on_card += np.array([card_w, card_h]) / 2 - 0.5
    on_card[behind] = _OUTSIDE
    grids = on_card.astype(np.float32).reshape(rows, columns, 2)
    grown = cv2.resize(
        grids, (columns * _GRID_PX, rows * _GRID_PX), interpolation=cv2.INTER_LINEAR
    )[_GRID_PX : _GRID_PX + height, _GRID_PX : _GRID_PX + width]
    return np.ascontiguousarray(grown[:, :, 0]), np.ascontiguousarray(grown[:, :, 1])


def _about_x(angle: float) -> Matrix:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])


def _about_y(angle: float) -> Matrix:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])


def _about_z(angle: float) -> Matrix:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])

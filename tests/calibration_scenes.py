"""Stills of the simulated booth with a card on the chair, set up wrong by known amounts."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from calibration.geometry import PhotoDemand
from hardware.sim.cameras import _cropped
from hardware.sim.cards import Card
from hardware.sim.misadjustment import RIGHT, Misadjustment
from hardware.sim.pinhole import DISTANCE_MM, VIEW_HEIGHT_MM, HeldCard
from hardware.sim.pose import EMPTY_CHAIR
from hardware.sim.scene import Exposure, Scene

SIZE = (1200, 675)
LARGE = (1600, 900)
DEMAND = PhotoDemand(width=480, height=640, eyes=260, crown=90)
TIPPED = (
    {"yaw_deg": 25, "right_mm": -160, "down_mm": -70},
    {"yaw_deg": -25, "right_mm": 160, "down_mm": 70},
    {"pitch_deg": 25, "right_mm": -160, "down_mm": 80},
    {"pitch_deg": -25, "right_mm": 160, "down_mm": -80},
)


def shot(
    card: Card | None = None,
    flaws: Misadjustment = RIGHT,
    *,
    gain: float = 1.0,
    seed: int = 0,
    size: tuple[int, int] = SIZE,
    live: bool = False,
    **held: object,
) -> np.ndarray:
    scene = Scene(*size, 1, noise_seed=seed, flaws=flaws)
    exposure = Exposure(tuple(gain * cast for cast in flaws.cast))
    on_chair = None if card is None else HeldCard(card, **held)
    pixels = scene.draw(None, EMPTY_CHAIR, exposure, on_chair)
    return _cropped(pixels, flaws) if live else pixels


@cache
def board_views(flaws: Misadjustment = RIGHT) -> list[np.ndarray]:
    tipped = [shot(Card.CHARUCO, flaws, size=LARGE, **held) for held in TIPPED]
    return [shot(Card.CHARUCO, flaws, size=LARGE), *tipped]


def distortion_at_corner(flaws: Misadjustment, size: tuple[int, int] = LARGE) -> float:
    """How much farther out the corner is seen, by the lens's own formula, fraction."""
    width, height = size
    radius = math.hypot(width, height) / 2 / height * VIEW_HEIGHT_MM / DISTANCE_MM
    return flaws.distortion * radius**2

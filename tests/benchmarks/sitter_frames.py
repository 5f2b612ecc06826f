"""Frames of the simulated booth whose truth is known exactly: for the accuracy tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hardware.sim.figure import Figure, Wardrobe
from hardware.sim.pose import Pose
from hardware.sim.scene import Exposure, Scene, truth

SIZE = (1280, 720)
POSES: tuple[Pose, ...] = (
    Pose(),
    *(Pose(yaw_deg=v) for v in (-10.0, -5.0, 5.0, 10.0)),
    *(Pose(pitch_deg=v) for v in (-10.0, -5.0, 5.0, 10.0)),
    *(Pose(roll_deg=v) for v in (-20.0, -13.0, -7.0, 7.0, 13.0, 20.0)),
    *(Pose(shoulder_tilt_deg=v) for v in (-8.0, -5.0, -2.0, 2.0, 5.0, 8.0)),
    Pose(eye_left=0.0),
    Pose(eye_right=0.0),
    Pose(eye_left=0.0, eye_right=0.0),
    Pose(mouth_open=0.45),
    Pose(smile=0.7),
    Pose(gaze_deg=22.0),
    Pose(wearing="glasses"),
    Pose(wearing="cap"),
    Pose(wearing="fringe"),
)
EVERY_POSE = 4
"""Frames of each pose of each person: other places, distances, exposures, noise."""


@dataclass(frozen=True, slots=True, eq=False)
class SitterFrame:
    """One frame.

    Attributes:
        person: who sits there.
        pose: as asked.
        pixels: (720, 1280, 3) RGB.
        truth: what is known exactly, by the names of `hardware.sim.scene.truth`, without
            ``truth_``.
    """

    person: str
    pose: Pose
    pixels: np.ndarray
    truth: dict[str, float]


def people() -> list[str]:
    """Return the names of the sitters."""
    from hardware.sim.sitter import sprites

    return sorted(sprites.people())


def frames(every: int = EVERY_POSE) -> Iterator[SitterFrame]:
    """Draw all frames: people x poses x `every`."""
    random = np.random.default_rng(3)
    scene = Scene(*SIZE, seed=4, noise_seed=5)
    for name in people():
        wardrobe = Wardrobe(name)
        for pose in POSES:
            for turn in range(every):
                moved = replace(
                    pose,
                    x=0.0 if turn == 0 else random.uniform(-0.05, 0.05),
                    y=0.0 if turn == 0 else random.uniform(-0.02, 0.03),
                    distance=1.0 if turn == 0 else random.uniform(0.97, 1.25),
                )
                gain = 1.0 if turn == 0 else random.uniform(0.8, 1.15)
                exposure = Exposure((gain, gain, gain), random.uniform(0.8, 2.5))
                figure: Figure = wardrobe.dress(moved)
                pixels = scene.draw(figure, moved, exposure)
                known = truth(figure, moved, *SIZE)
                known = {k.removeprefix("truth_"): v for k, v in known.items()}
                yield SitterFrame(name, moved, pixels, known)


def wrong(frame: SitterFrame) -> frozenset[str]:
    """Return the rules that have to fail in a frame, by its exact truth."""
    known = frame.truth
    rules = {
        "eyes_open": min(known["eye_left"], known["eye_right"]) < 0.5,
        "mouth_closed": known["mouth_open"] > 0,
        "no_teeth": known["mouth_open"] > 0,
        "neutral_expression": known["smile"] > 0.5,
        "gaze_forward": abs(known["gaze_deg"]) > 15,
        "no_glasses": known["glasses"] > 0,
        "no_head_cover": known["cap"] > 0,
        "hair_off_brows": known["fringe"] > 0,
        "yaw": abs(known["yaw_deg"]) > 5,
        "pitch": abs(known["pitch_deg"]) > 8,
        "roll": abs(known["roll_deg"]) > 8,
        "shoulders_level": abs(known["shoulder_tilt_deg"]) > 6,
    }
    return frozenset(rule for rule, is_wrong in rules.items() if is_wrong)


SPRITES_FURTHER = Path(__file__).parent / "turned_heads"
"""Heads turned by 15 and 20 degrees, which the sitter of the demo never is: `<person>/<state>`."""

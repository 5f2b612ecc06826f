"""A sitter who does what the coach says, measured instead of drawn: fast, and with a true pose.

The pose, its motions, breathing, sway and blinks are those of the simulated booth
(`hardware.sim.pose`); here they become the figures guidance would measure, with the jitter of the
face mesh and with the slower figures held between two looks, as they are live.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from hardware.sim.pose import Motion, Pose, alive
from kiosk.guidance.coach import Coach
from kiosk.guidance.model import Arrow, Assessment, CoachWord
from kiosk.guidance.rules import RuleContext, judge
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import load

SETTINGS = GuidanceSettings()
CHSI = load("chsi")
FRAME_S = 0.04
WIDTH, HEIGHT = 1280, 720

AT_REST: Mapping[str, float | None] = {
    "light_difference_ev": 0.2, "face_clipped_fraction": 0.0, "backdrop_level": 0.9,
    "background_spread": 2.0, "eye_sharpness": 0.5, "smile": 0.01, "teeth_area": 0.001,
    "exposure_ev": 0.1, "thing_fraction": 0.001, "backdrop_shadow_ev": 0.2,
    "other_person_fraction": 0.0, "clothes_difference": 40.0, "clothes_blue_fraction": 0.05,
    "clothes_pattern_fraction": 0.1, "bare_shoulder_fraction": 0.05, "face_shadow_ev": 0.5,
    "hot_spot_fraction": 0.0, "red_pupil_fraction": 0.0, "blur_direction": 0.1,
    "noise_levels": 0.8, "lens_tint": 0.1, "lens_reflection": 0.1, "mouth_covered_ev": -0.5,
    "hand_left_visibility": 0.1, "hand_left_aside": 0.6, "hand_left_below": 3.4,
    "hand_right_visibility": 0.1, "hand_right_aside": -0.6, "hand_right_below": 3.4,
}  # fmt: skip
"""What no pose changes."""


def measured(pose: Pose, jitter: Callable[[float], float] = lambda _: 0.0) -> dict[str, float]:
    """What guidance would measure of this pose; `jitter` makes noise of a given size."""
    width = 200.0 / pose.distance
    eyes = 300.0 + HEIGHT * pose.y + jitter(0.3)
    return dict(AT_REST) | {
        "roll_deg": -(pose.roll_deg + pose.lean_deg) + jitter(0.15),
        "yaw_deg": pose.yaw_deg + jitter(0.3),
        "pitch_deg": -pose.pitch_deg + jitter(0.4),
        "eye_open_left": 0.3 * pose.eye_left + jitter(0.005),
        "eye_open_right": 0.3 * pose.eye_right + jitter(0.005),
        "gaze_x": pose.gaze_deg / 90 + jitter(0.005),
        "gaze_y": jitter(0.005),
        "mouth_open": 0.01 + 0.25 * pose.mouth_open + jitter(0.002),
        "shoulder_tilt_deg": -(pose.shoulder_tilt_deg + pose.lean_deg) + jitter(0.3),
        "shoulder_visibility": 0.97,
        "face_width_px": width + jitter(0.4),
        "eye_distance_px": 0.44 * width,
        "eye_line_y_px": eyes,
        "crown_y_px": eyes - 0.84 * width + jitter(0.5),
        "chin_y_px": eyes + 0.8 * width,
        "centre_x_px": WIDTH / 2 + HEIGHT * pose.x + jitter(0.3),
        "glasses": 0.97 if pose.wearing == "glasses" else 0.02,
        "head_cover": 0.96 if pose.wearing == "cap" else 0.03,
        "hair_over_brows": 0.94 if pose.wearing == "fringe" else 0.05,
    }  # fmt: skip


def assess(pose: Pose, figures: Mapping[str, float | None] | None = None) -> Assessment:
    """Judge a pose as a live frame."""
    if not pose.present:
        return Assessment(
            0, 0.0, 0, {}, judge(RuleContext("live", WIDTH, HEIGHT, 0, {}, CHSI, SETTINGS))
        )
    figures = measured(pose) if figures is None else figures
    context = RuleContext("live", WIDTH, HEIGHT, 1, figures, CHSI, SETTINGS)
    return Assessment(0, 0.0, 1, figures, judge(context))


# How a pose changes for whoever follows an arrow **as it stands in the mirror**. The mirror's left
# is the picture's right, where `Pose` counts upwards.
FOLLOWED: Mapping[Arrow, Mapping[str, int]] = {
    Arrow.LEFT: {"x": 1},
    Arrow.RIGHT: {"x": -1},
    Arrow.UP: {"y": -1, "pitch_deg": 1},
    Arrow.DOWN: {"y": 1, "pitch_deg": -1},
    Arrow.NEARER: {"distance": -1},
    Arrow.FARTHER: {"distance": 1},
    Arrow.TURN_LEFT: {"yaw_deg": 1},
    Arrow.TURN_RIGHT: {"yaw_deg": -1},
    Arrow.TILT_LEFT: {"roll_deg": 1, "shoulder_tilt_deg": 1},
    Arrow.TILT_RIGHT: {"roll_deg": -1, "shoulder_tilt_deg": -1},
}
_TRIED_DEG = 2.0
_ABOUT = {
    "sit": "y", "chin": "pitch_deg", "level_head": "roll_deg",
    "level_shoulders": "shoulder_tilt_deg",
}  # fmt: skip
WITHOUT_ARROW: Mapping[str, dict[str, object]] = {
    "open_eyes": {"eye_left": 1.0, "eye_right": 1.0},
    "close_mouth": {"mouth_open": 0.0},
    "look_at_camera": {"gaze_deg": 0.0},
    "take_off_glasses": {"wearing": ""},
    "take_off_head_cover": {"wearing": ""},
    "clear_brows": {"wearing": ""},
}


def followed(pose: Pose, hint: str, arrow: Arrow | None, share: float = 1.0) -> Pose:
    """The pose after the hint: the arrow gives the way, `share` how much of the error goes."""
    if arrow is None:
        return replace(pose, **WITHOUT_ARROW.get(hint, {}))
    ways = FOLLOWED[arrow]
    name = next((field for start, field in _ABOUT.items() if hint.startswith(start)), None)
    name = name if name in ways else next(iter(ways))
    value, right = getattr(pose, name), 1.0 if name == "distance" else 0.0
    # Whoever is level before a camera that leans cannot know by how much, and tries a little.
    least = _TRIED_DEG if name.endswith("_deg") else 0.0
    return replace(pose, **{name: value + ways[name] * share * max(abs(value - right), least)})


@dataclass(slots=True)
class Line:
    """One hint of the log.

    Attributes:
        hint: its key.
        arrow: the way shown in the mirror.
        from_s: when it appeared, seconds after sitting down.
        until_s: when it went.
        pose: the true pose when it appeared.
    """

    hint: str
    arrow: Arrow | None
    from_s: float
    until_s: float
    pose: Pose


@dataclass(slots=True)
class Sitter:
    """Answers hints after a while, not quite exactly.

    Attributes:
        pose: the pose it sits down with.
        seed: of its delays and inaccuracies.
        mistakes: poses it falls into, one after the other, whenever everything is right.
        answers: whether it does what it is told.
        sway: how far it rocks from side to side, in heights of the picture.
        log: the hints that were said.
        shot_s: when the shot came; None before.
    """

    pose: Pose
    seed: int = 0
    mistakes: list[dict[str, object]] = field(default_factory=list)
    answers: bool = True
    sway: float = 0.0
    log: list[Line] = field(default_factory=list)
    shot_s: float | None = None

    def coached(
        self, limit_s: float, look: Callable[[Pose], Assessment] | None = None
    ) -> Iterator[tuple[float, Pose, CoachWord]]:
        """Sit until the shot, for `limit_s` seconds at most.

        `look` assesses a pose in the place of the figures made here.
        """
        chance, coach = random.Random(self.seed), Coach(SETTINGS)
        motion = Motion(self.pose, self.pose, 0.0, 0.0)
        read_hint, acts_at, right_since = None, 0.0, None
        held: dict[str, float] = {}
        for frame in range(round(limit_s / FRAME_S)):
            now = frame * FRAME_S
            pose = alive(motion.at(now), now + 10 * self.seed)
            pose = replace(pose, x=pose.x + self.sway * math.sin(6 * now))
            figures = measured(pose, lambda size: chance.gauss(0.0, size))
            figures = self._with_held(figures, held, frame)
            assessment = assess(pose, figures) if look is None else look(pose)
            word = coach.update(assessment, now)
            yield now, pose, word
            said = word.coaching
            self._write(said.hint, said.arrow, now, motion.at(now))
            if word.shoot:
                self.shot_s = now
                return
            if said.hint != read_hint:
                read_hint, acts_at = said.hint, now + chance.uniform(0.6, 1.4)
            if (
                self.answers
                and said.hint
                and now >= acts_at
                and now >= motion.start + motion.duration_s
            ):
                share = chance.uniform(0.8, 1.15)
                after = followed(motion.after, said.hint, said.arrow, share)
                motion = Motion(motion.at(now), after, now, chance.uniform(0.5, 1.1))
                acts_at = now + motion.duration_s + chance.uniform(0.6, 1.2)
            right = (
                said.hint is None
                and assessment.all_hold
                and now >= motion.start + motion.duration_s
            )
            right_since = (now if right_since is None else right_since) if right else None
            if right_since is not None and now - right_since >= 0.4 and self.mistakes:
                after = replace(motion.after, **self.mistakes.pop(0))
                motion, right_since = Motion(motion.at(now), after, now, 0.4), None

    @staticmethod
    def _with_held(
        figures: dict[str, float], held: dict[str, float], frame: int
    ) -> dict[str, float]:
        """Hold the slower figures between two looks; the crown moves with the face."""
        slow = (
            "shoulder_tilt_deg", "glasses", "head_cover", "hair_over_brows",
        )  # fmt: skip
        if frame % SETTINGS.shoulders_every == 0 or not held:
            held.update({name: figures[name] for name in slow})
        return figures | held

    def _write(self, hint: str | None, arrow: Arrow | None, now: float, pose: Pose) -> None:
        if self.log and self.log[-1].until_s < 0 and self.log[-1].hint != hint:
            self.log[-1].until_s = now
        if hint is not None and (not self.log or self.log[-1].until_s >= 0):
            self.log.append(Line(hint, arrow, now, -1.0, pose))


def started_with(seed: int) -> Sitter:
    """Somebody who sits down with one to four mistakes of random size."""
    chance = random.Random(1000 + seed)

    def either(low: float, high: float) -> float:
        return chance.choice((-1, 1)) * chance.uniform(low, high)

    possible: list[dict[str, object]] = [
        {"distance": chance.choice((0.75, 1.5, 1.8))},
        {"x": either(0.1, 0.35)},
        {"y": either(0.06, 0.2)},
        {"wearing": chance.choice(("glasses", "cap", "fringe"))},
        {"shoulder_tilt_deg": either(3, 10)},
        {"yaw_deg": either(4, 15)},
        {"roll_deg": either(3, 12)},
        {"pitch_deg": either(5, 14)},
        {"mouth_open": chance.uniform(0.3, 0.9)},
        {"eye_left": 0.0, "eye_right": 0.0},
        {"gaze_deg": either(15, 25)},
    ]
    pose: dict[str, object] = {}
    for mistake in chance.sample(possible, chance.randint(1, 4)):
        pose |= mistake
    return Sitter(Pose(**pose), seed)  # type: ignore[arg-type]

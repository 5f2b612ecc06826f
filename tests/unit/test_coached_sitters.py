"""Whole sittings on a simulated clock: the log of hints, and how soon the shot comes."""

from __future__ import annotations

import itertools
import statistics

import pytest
from scripted_sitter import SETTINGS, Sitter, assess, started_with

from hardware.sim.pose import Pose
from kiosk.guidance.hints import HINTS
from kiosk.guidance.model import Arrow, Support

MISTAKES: list[dict[str, object]] = [
    {"x": 0.3},
    {"y": 0.2},
    {"wearing": "glasses"},
    {"shoulder_tilt_deg": 9.0},
    {"yaw_deg": -14.0},
    {"roll_deg": 10.0},
    {"pitch_deg": -14.0},
    {"mouth_open": 0.5},
    {"eye_left": 0.0, "eye_right": 0.0},
]
"""Made one after the other, each as soon as the one before is mended; the first is to sit down
too far away."""
LOG = [
    # seconds after sitting down, the hint, its arrow in the mirror
    (0.3, "nearer", Arrow.NEARER),
    (3.2, "move_right", Arrow.RIGHT),
    (6.1, "sit_higher", Arrow.UP),
    (9.1, "take_off_glasses", None),
    (11.9, "level_shoulders_right", Arrow.TILT_RIGHT),
    (14.7, "turn_left", Arrow.TURN_LEFT),
    (17.5, "level_head_right", Arrow.TILT_RIGHT),
    (20.4, "chin_up", Arrow.UP),
    (23.3, "close_mouth", None),
    (26.4, "open_eyes", None),
]
"""What was said: ten mistakes, ten hints, no other."""


def test_ten_mistakes_in_turn_ten_hints_and_the_shot() -> None:
    sitter = Sitter(Pose(distance=1.9), seed=3, mistakes=[dict(m) for m in MISTAKES])
    rings = [word.coaching.ring for _, _, word in sitter.coached(120.0)]
    assert [(line.hint, line.arrow) for line in sitter.log] == [line[1:] for line in LOG]
    assert [line.from_s for line in sitter.log] == pytest.approx([t for t, *_ in LOG], abs=0.1)
    assert sitter.shot_s is not None
    assert sitter.shot_s == pytest.approx(30.1, abs=0.1)
    assert rings[-1] == 1.0


def test_the_median_of_twenty_sitters_is_shot_within_twelve_seconds() -> None:
    sitters = [started_with(seed) for seed in range(20)]
    for sitter in sitters:
        for _ in sitter.coached(60.0):
            pass
    shots = [sitter.shot_s for sitter in sitters]
    assert None not in shots, "everybody is coached to a shot"
    assert statistics.median(shots) <= 12.0
    assert max(shots) <= 30.0


@pytest.mark.parametrize("seed", range(20))
def test_no_hint_is_wrong_torn_away_or_flickers(seed: int) -> None:
    sitter = started_with(seed)
    for _ in sitter.coached(60.0):
        pass
    for line in sitter.log:
        faults = {rule.hint for rule in assess(line.pose).rules.values() if rule.hint}
        assert line.hint in faults, "said while it is so"
        assert line.arrow == HINTS[line.hint].arrow
        assert line.until_s - line.from_s >= SETTINGS.hint_min_s - 1e-9
    for before, after in itertools.pairwise(sitter.log):
        again = after.hint == before.hint and after.from_s - before.until_s < 1.0
        assert not again, "gone and back at once"


def test_a_restless_sitter_is_told_to_keep_still_and_not_shot() -> None:
    sitter = Sitter(Pose(), mistakes=[])
    sitter.sway = 0.045
    for _ in sitter.coached(8.0):
        pass
    assert sitter.shot_s is None
    assert {line.hint for line in sitter.log} == {"hold_still"}


def test_who_does_not_understand_gets_pictures_then_staff() -> None:
    sitter = Sitter(Pose(roll_deg=12.0), answers=False)
    seen: dict[Support, float] = {}
    for now, _, word in sitter.coached(70.0):
        seen.setdefault(word.coaching.support, now)
        assert word.coaching.hint in (None, "level_head_right")
    appeared = sitter.log[0].from_s
    assert seen[Support.EXPLAIN] == pytest.approx(appeared + SETTINGS.explain_after_s, abs=0.1)
    assert seen[Support.STAFF] == pytest.approx(appeared + SETTINGS.staff_after_s, abs=0.1)

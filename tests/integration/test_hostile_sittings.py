"""Whole sittings in bad light, behind a bad camera, with something before the face.

Real models, drawn frames, a simulated clock. What is wrong is said, and nothing else; nobody is
shot who should not be. `tests/benchmarks/hostile.py` has more of them.
"""

from __future__ import annotations

import pytest
from hostile_frames import GOOD_ENOUGH, MASKS, TOO_BAD, jpeg, mask, noise, sit, stops, tilted
from scripted_sitter import Sitter

from hardware.sim.pose import Pose
from hardware.sim.sitter import sprites

PEOPLE = sorted(sprites.people())


def said(sitter: Sitter) -> list[str]:
    return [line.hint for line in sitter.log]


def person_for(name: str) -> str:
    """Somebody else for each alteration."""
    return PEOPLE[(2 + [*GOOD_ENOUGH, *TOO_BAD, *MASKS].index(name)) % len(PEOPLE)]


@pytest.mark.parametrize("name", GOOD_ENOUGH)
def test_who_sits_right_is_shot_without_a_word(name: str) -> None:
    sitter = sit(Pose(), 4.0, person_for(name), alter=GOOD_ENOUGH[name])
    assert said(sitter) == []
    assert sitter.shot_s is not None


@pytest.mark.parametrize("name", TOO_BAD)
def test_a_bad_picture_is_said_to_be_bad_and_not_shot(name: str) -> None:
    alter, hint = TOO_BAD[name]
    sitter = sit(Pose(), 2.5, person_for(name), alter=alter)
    assert said(sitter) == [hint]
    assert sitter.shot_s is None


@pytest.mark.parametrize(
    ("pose", "hint"),
    [
        (Pose(eye_left=0.0, eye_right=0.0), "open_eyes"),
        (Pose(yaw_deg=14.0), "turn_right"),
        (Pose(distance=1.7), "nearer"),
    ],
    ids=["eyes shut", "turned", "far"],
)
@pytest.mark.parametrize("name", ["overcast sky, 7500 K", "JPEG 40", "640 x 480"])
def test_what_is_wrong_is_still_seen_and_nothing_else(name: str, pose: Pose, hint: str) -> None:
    sitter = sit(pose, 2.5, person_for(name), alter=GOOD_ENOUGH[name])
    assert said(sitter) == [hint]
    assert sitter.shot_s is None


def test_whoever_shuts_the_eyes_in_bad_light_is_never_told_to_level_the_head() -> None:
    """The line through two pupils wavers when the lids hide them."""
    for alter in (stops(-1.5), noise(8.0), jpeg(20)):
        sitter = sit(Pose(eye_left=0.0, eye_right=0.0), 2.5, PEOPLE[0], alter=alter)
        assert set(said(sitter)) <= {"open_eyes", "too_dark"}
        assert sitter.shot_s is None


@pytest.mark.parametrize("colour", MASKS)
def test_whoever_wears_a_mask_hears_of_nothing_but_the_mask(colour: str) -> None:
    """The mesh guesses a chin under it: "lower your chin" would be a hint for nothing."""
    sitter = sit(Pose(), 2.0, person_for(colour), cover=mask(MASKS[colour]))
    assert said(sitter) == ["uncover_mouth"]
    assert sitter.shot_s is None


@pytest.mark.parametrize("name", ["640 x 480", "JPEG 40", "incandescent lamps, 2700 K"])
def test_a_mask_is_seen_in_bad_light_and_by_a_bad_camera(name: str) -> None:
    sitter = sit(Pose(), 2.0, PEOPLE[-1], alter=GOOD_ENOUGH[name], cover=mask(MASKS["blue"]))
    assert said(sitter) == ["uncover_mouth"]
    assert sitter.shot_s is None


def test_a_camera_that_leans_is_answered_by_leaning_and_the_photo_is_taken() -> None:
    """A picture is never turned, so the sitter has to be as level as the photo has to be."""
    sitter = sit(Pose(), 12.0, "clara", alter=tilted(-4.0), answers=True)
    assert set(said(sitter)) <= {"level_head_right", "level_shoulders_right"}
    assert sitter.shot_s is not None

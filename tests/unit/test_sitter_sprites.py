"""The simulated sitter's sprites: complete, well-formed, and true to what they claim."""

from __future__ import annotations

import numpy as np
import pytest

from hardware.errors import Misconfigured
from hardware.sim.sitter import sprites

PEOPLE = sprites.people()
EVERY = [(person, state) for person in PEOPLE for state in sprites.states(person)]
WANTED = {
    "neutral", "yaw_-10", "yaw_-5", "yaw_+5", "yaw_+10", "pitch_-10", "pitch_-5", "pitch_+5",
    "pitch_+10", "left_closed", "right_closed", "both_closed", "mouth_open", "smile",
    "gaze_aside", "glasses", "cap", "fringe",
}  # fmt: skip


def test_four_people_can_sit() -> None:
    assert len(PEOPLE) >= 4


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_has_every_state_and_a_description(person: str) -> None:
    assert set(sprites.states(person)) == WANTED
    assert sprites.states(person)[0] == "neutral"
    assert sprites.description(person)


@pytest.mark.parametrize(("person", "state"), EVERY)
def test_a_sprite_is_a_person_cut_out(person: str, state: str) -> None:
    sprite = sprites.load(person, state)
    height, width, channels = sprite.rgba.shape
    alpha = sprite.rgba[..., 3]
    assert (sprite.rgba.dtype, channels) == (np.uint8, 4)
    assert alpha[0].max() == 0  # nobody is cut off at the top or at the sides
    assert alpha[:, 0].max() == 0
    assert alpha[:, -1].max() == 0
    assert alpha[-1].max() == 255  # and the body goes on below
    for x, y in (sprite.truth.measured.eye_l, sprite.truth.measured.chin):
        assert alpha[round(y), round(x)] == 255
    for x, y in (sprite.truth.measured.shoulder_l, sprite.truth.measured.shoulder_r):
        assert 0 < x < width
        assert 0 < y < height


@pytest.mark.parametrize("person", PEOPLE)
def test_left_and_right_are_the_sitters_own(person: str) -> None:
    measured = sprites.load(person, "neutral").truth.measured
    assert measured.eye_l[0] > measured.eye_r[0]
    assert measured.shoulder_l[0] > measured.shoulder_r[0]
    assert measured.cheek_l_x > measured.cheek_r_x


@pytest.mark.parametrize("person", PEOPLE)
def test_the_head_is_upright_and_in_the_middle(person: str) -> None:
    sprite = sprites.load(person, "neutral")
    measured = sprite.truth.measured
    assert measured.eye_l[1] == pytest.approx(measured.eye_r[1], abs=1.0)
    middle = (measured.eye_l[0] + measured.eye_r[0]) / 2
    assert middle == pytest.approx(sprite.rgba.shape[1] / 2, abs=2.0)
    assert measured.crown[1] < measured.eye_l[1] < measured.chin[1] < measured.shoulder_l[1]


@pytest.mark.parametrize("person", PEOPLE)
def test_truth_follows_what_was_asked(person: str) -> None:
    neutral = sprites.load(person, "neutral").truth
    both = sprites.load(person, "both_closed").truth
    left = sprites.load(person, "left_closed").truth
    assert neutral.measured.lid_gap_l_mm > 4
    assert (both.measured.lid_gap_l_mm, both.measured.lid_gap_r_mm) == (0.0, 0.0)
    assert (left.asked.open_l, left.asked.open_r) == (0.0, 1.0)
    assert left.measured.lid_gap_r_mm == pytest.approx(neutral.measured.lid_gap_r_mm)
    assert neutral.measured.lip_gap_mm < 1.5
    assert sprites.load(person, "mouth_open").truth.measured.lip_gap_mm > 5
    turned = sprites.load(person, "yaw_+10").truth.measured
    assert turned.eye_l[0] > neutral.measured.eye_l[0]
    raised = sprites.load(person, "pitch_+10").truth.measured
    assert raised.chin[1] < neutral.measured.chin[1]
    assert sprites.load(person, "glasses").truth.asked.glasses


@pytest.mark.parametrize("person", PEOPLE)
def test_the_light_on_both_cheeks_is_alike(person: str) -> None:
    sprite = sprites.load(person, "neutral")
    measured = sprite.truth.measured
    row = round(0.45 * measured.eye_l[1] + 0.55 * measured.chin[1])
    means = []
    for x in (measured.eye_l[0], measured.eye_r[0]):
        patch = sprite.rgba[row - 10 : row + 10, round(x) - 10 : round(x) + 10, :3]
        means.append(float(((patch / 255.0) ** 2.2).mean()))
    assert means[0] == pytest.approx(means[1], rel=0.10)


@pytest.mark.parametrize("person", PEOPLE)
def test_the_torso_is_the_same_in_every_state(person: str) -> None:
    """So that going from state to state, only the head moves."""
    neutral = sprites.load(person, "neutral").rgba
    turned = sprites.load(person, "yaw_+10").rgba
    below = neutral.shape[0] * 9 // 10
    np.testing.assert_array_equal(neutral[below:, :, 3], turned[below:, :, 3])


def test_a_sprite_is_kept_and_cannot_be_painted_over() -> None:
    sprite = sprites.load(PEOPLE[0], "neutral")
    assert sprites.load(PEOPLE[0], "neutral") is sprite
    with pytest.raises(ValueError, match="read-only"):
        sprite.rgba[0, 0, 0] = 1


def test_an_unknown_person_or_state_is_answered_with_what_there_is() -> None:
    with pytest.raises(Misconfigured, match=PEOPLE[0]):
        sprites.states("nobody")
    with pytest.raises(Misconfigured, match="neutral"):
        sprites.load(PEOPLE[0], "asleep")


def test_sprites_stay_small_enough_to_ship() -> None:
    folder = sprites._folder()
    sizes = [len((folder / person / f"{state}.webp").read_bytes()) for person, state in EVERY]
    assert max(sizes) < 1_000_000
    assert sum(sizes) < 25_000_000

"""Hints in pictures: every one that a student can mend, drawn as the mirror shows it."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.guidance.hints import HINTS
from kiosk.guidance.model import Arrow
from kiosk.screens.drawn_pose import drawn_pose
from kiosk.screens.explanations import RIGHT, WRONG, explanation
from kiosk.screens.translations import LANGUAGES, table

SIZE = (90, 120)


def drawn(sketch) -> np.ndarray:
    return np.asarray(drawn_pose(sketch, *SIZE).convert("RGB")).astype(int)


def dark(sketch) -> np.ndarray:
    """Where the hair is: the darkest part of the upper two thirds."""
    return np.argwhere(drawn(sketch)[:80].sum(axis=2) < 170)


def test_every_hint_is_explained_or_for_staff():
    assert {key for key, hint in HINTS.items() if not hint.for_staff} == set(WRONG)
    assert all(explanation(key) is None for key, hint in HINTS.items() if hint.for_staff)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_has_its_sentence(language):
    assert [key for key in WRONG if f"explanations.{key}" not in table(language)] == []


@pytest.mark.parametrize("hint", sorted(WRONG))
def test_wrong_and_right_look_different(hint):
    wrong, right = explanation(hint)
    assert (np.abs(drawn(wrong) - drawn(right)).max(axis=2) > 40).sum() > 20, "seen at a glance"


@pytest.mark.parametrize(
    ("hint", "arrow"), [(k, h.arrow) for k, h in HINTS.items() if h.arrow and k in WRONG]
)
def test_from_wrong_to_right_is_the_way_the_arrow_points(hint, arrow):
    wrong, right = dark(WRONG[hint]), dark(RIGHT)
    down, across = right.mean(axis=0) - wrong.mean(axis=0)
    if arrow is Arrow.LEFT:
        assert across < -3
    elif arrow is Arrow.RIGHT:
        assert across > 3
    elif arrow is Arrow.UP and hint == "sit_higher":
        assert down < -3
    elif arrow is Arrow.DOWN and hint == "sit_lower":
        assert down > 3
    elif arrow is Arrow.NEARER:
        assert len(right) > 1.5 * len(wrong)
    elif arrow is Arrow.FARTHER:
        assert len(right) < len(wrong) / 1.5
    elif hint.startswith("level_head"):
        assert across < -3 if arrow is Arrow.TILT_LEFT else across > 3, "the top of the head moves"
    elif hint.startswith("turn"):
        yaw = WRONG[hint].yaw
        assert yaw > 0 if arrow is Arrow.TURN_LEFT else yaw < 0
    elif hint.startswith("level_shoulders"):
        tilt = WRONG[hint].shoulders_deg
        assert tilt > 0 if arrow is Arrow.TILT_LEFT else tilt < 0
    else:
        assert hint.startswith("chin")
        pitch = WRONG[hint].pitch
        assert pitch > 0 if arrow is Arrow.UP else pitch < 0


@pytest.mark.parametrize("size", [(1, 1), (8, 10), (300, 400)])
def test_any_size_is_drawn(size):
    assert drawn_pose(WRONG["hold_still"], *size).size == size

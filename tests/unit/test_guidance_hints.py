"""The table of hints."""

from __future__ import annotations

import re

from kiosk.guidance.hints import HINTS
from kiosk.guidance.model import Arrow


def test_keys_are_stable_names_in_order() -> None:
    assert all(re.fullmatch(r"[a-z_]+", key) for key in HINTS)
    priorities = [hint.priority for hint in HINTS.values()]
    assert priorities == sorted(set(priorities))


def test_left_and_right_are_the_mirror_s() -> None:
    for key, hint in HINTS.items():
        if key.endswith("_left"):
            other = HINTS[key.removesuffix("_left") + "_right"]
            assert hint.arrow is not None
            assert other.arrow is not None
            assert hint.arrow.value.endswith("left")
            assert other.arrow.value == hint.arrow.value.replace("left", "right")


def test_every_arrow_has_a_hint() -> None:
    assert {hint.arrow for hint in HINTS.values()} - {None} == set(Arrow)

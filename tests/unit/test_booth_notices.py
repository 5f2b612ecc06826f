"""Every sentence the booth can ask a screen for is there, in both languages.

The booth's own sources are walked, so that a new notice cannot be forgotten. What comes from
codes, portraits and the visit itself is held by test_screen_locale.py.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kiosk.booth
import kiosk.visit
from kiosk.guidance.rules import RULES
from kiosk.screens.translations import LANGUAGES, table
from kiosk.settings.visit import VisitSettings

ANSWERS = {
    "BatchRefused", "BatchUnavailable", "CodeRefused",
    "PaymentFailed", "PhotoFailed", "StoreFailed",
}  # fmt: skip
"""What carries a notice as its first argument."""


def notices_of(source: str) -> set[str]:
    """Return the notices a source names: handed to an answer, or put into a `notice` before."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            values = node.args[:1] if node.func.id in ANSWERS else []
            values += [k.value for k in node.keywords if k.arg == "notice"]
        elif isinstance(node, ast.Assign):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            values = [node.value] if "notice" in names else []
        else:
            continue
        for value in values:
            found |= {
                part.value
                for part in ast.walk(value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
    return found - {"portrait_", "reshoot_"}  # beginnings; the rest comes from other rooms


def in_rooms() -> set[str]:
    rooms = [Path(room.__file__).parent for room in (kiosk.booth, kiosk.visit)]
    sources = [path.read_text(encoding="utf-8") for room in rooms for path in room.glob("*.py")]
    return set().union(*map(notices_of, sources))


def test_walk_finds_notices_however_they_are_written():
    source = 'notice = "a" if x else "b"\nPhotoFailed("c", r)\nStoreFailed(notice="d")\nf("e")'
    assert notices_of(source) == {"a", "b", "c", "d"}
    assert {"payment_offline", "payment_refused", "outbox_full", "still_failed"} <= in_rooms()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_of_the_booth_has_its_sentence(language):
    assert sorted(n for n in in_rooms() if f"notices.{n}" not in table(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_a_photo_is_taken_again_for_have_their_sentence(language):
    # What one still may miss though the sitter was right a moment before.
    rules = {*VisitSettings().reshoot_rules, "gaze_forward", "mouth_closed", "sharp"}
    assert rules <= set(RULES)
    assert sorted(r for r in rules if f"notices.reshoot_{r}" not in table(language)) == []
    assert "notices.reshoot" in table(language), "for any other rule the settings may name"

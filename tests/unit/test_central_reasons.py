from __future__ import annotations

from kiosk.central.service import words
from kiosk.central.service.reasons import REASONS
from kiosk.guidance.hints import HINTS


def test_each_hint_is_one_the_coach_can_say() -> None:
    assert {r.hint for r in REASONS.values()} - {""} <= set(HINTS)


def test_the_digits_are_each_given_once() -> None:
    assert [r.key for r in REASONS.values() if r.key] == list("123456789")


def test_both_languages_say_something_of_their_own() -> None:
    for reason in REASONS.values():
        for text in (reason.zh, reason.advice_zh):
            assert any("\u4e00" <= c <= "\u9fff" for c in text), reason.code
        for text in (reason.en, reason.advice_en):
            assert text.isascii(), reason.code
    for key, (chinese, english) in words.WORDS.items():
        assert chinese, key
        assert english, key

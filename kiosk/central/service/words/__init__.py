"""The words of the pages, Chinese and English: one file a kind of reader."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from kiosk.central.service.words import (
    alerts,
    device_faults,
    letters,
    managers,
    operations,
    prints,
    refusals,
    rules,
    staff,
    student,
)

Language = Literal["zh", "en"]

_ALL = (
    student.WORDS, staff.WORDS, managers.WORDS, operations.WORDS, alerts.WORDS, refusals.WORDS,
    rules.WORDS, prints.WORDS, letters.WORDS, device_faults.WORDS,
)  # fmt: skip

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {key: words for part in _ALL for key, words in part.items()}
)


def say(key: str, language: Language) -> str:
    """Return the words of a key in a language."""
    return WORDS[key][0 if language == "zh" else 1]


def rule_name(rule: str, language: Language) -> str:
    """Return a rule's name in words; an unknown rule's own name."""
    key = f"rule_{rule}"
    return say(key, language) if key in WORDS else rule.replace("_", " ")

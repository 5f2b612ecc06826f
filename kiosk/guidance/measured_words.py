"""What the page of a checked picture says, in Chinese or English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

Language = Literal["zh", "en"]
_AT = MappingProxyType({"zh": 0, "en": 1})


@dataclass(frozen=True, slots=True)
class PageWords:
    """The page's words in one language.

    Attributes:
        language: which.
        rules: rule to its name.
        hints: key of a hint to its sentence.
    """

    language: Language
    rules: Mapping[str, str]
    hints: Mapping[str, str]

    def say(self, section: str, key: str) -> str:
        """Return the words of a key."""
        return str(_table()[section][key][_AT[self.language]])

    def rule(self, rule: str) -> str:
        """Return a rule's name; that of one without words is its key in words."""
        return self.rules.get(rule, rule.replace("_", " "))

    def figure(self, name: str) -> tuple[str, str]:
        """Return a measurement's name and its unit."""
        known = _table()["figures"].get(name)
        return (name, "") if known is None else (known[_AT[self.language]], known[2])


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Any]:
    file = resources.files("kiosk.guidance") / "measured_words.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))

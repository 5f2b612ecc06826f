"""Every sentence of the screens, in Chinese and English.

The sentences stand in ``locale/zh.toml`` and ``locale/en.toml``, nested tables of text; a key is
the dotted path. Values are filled in by name: ``{left}``.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

LANGUAGES = ("zh", "en")

_log = logging.getLogger(__name__)


@lru_cache(maxsize=len(LANGUAGES))
def table(language: str) -> Mapping[str, str]:
    """Return all sentences of a language, dotted key to text.

    Raises:
        KeyError: no such language.
    """
    if language not in LANGUAGES:
        raise KeyError(f"no language {language!r}; there are {', '.join(LANGUAGES)}")
    file = resources.files("kiosk.screens") / "locale" / f"{language}.toml"
    flat: dict[str, str] = {}
    _flatten(tomllib.loads(file.read_text(encoding="utf-8")), "", flat)
    return MappingProxyType(flat)


def _flatten(node: Mapping[str, object], prefix: str, into: dict[str, str]) -> None:
    for key, value in node.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{key}.", into)
        else:
            into[prefix + key] = str(value)


def has(key: str) -> bool:
    """Return whether there is a sentence of this key."""
    return key in table(LANGUAGES[0])


def tr(language: str, key: str, **values: object) -> str:
    """Return the sentence `key`, its named values filled in.

    Raises:
        KeyError: no such language, sentence or value.
    """
    sentence = table(language)[key]
    return sentence.format(**values) if values else sentence


def tr_or(language: str, key: str, other: str) -> str:
    """Return the sentence `key`, or `other` where another room sent a key that has none.

    A missing sentence is logged: the student is better served by a general one than by a halt.
    """
    sentences = table(language)
    if key not in sentences:
        _log.error("no sentence %r in %s; %r is shown instead", key, language, other)
    return sentences.get(key, sentences[other])

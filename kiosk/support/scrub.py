"""Takes out of texts what must not leave a booth: keys, numbers of people, names. Pure.

What is collected is chosen so that none of it is there; this is the second line. It rather takes
too much than too little: a long number that was a count of bytes is no loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_SHORTEST_SECRET = 4
"""A known secret shorter than this is no secret, and would tear words apart."""

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Keys of booths, secrets of webhooks.
    (re.compile(r"\b(?:ckb|whsec)_[\w+/=-]+"), "[key]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"), r"\1 [key]"),
    (
        re.compile(
            r"(?i)\b([\w-]*(?:password|passwd|secret|token|credential|api[_-]?key|pin)[\w-]*"
            r"[\"']?\s*[:=]\s*)[\"']?[^\s\"',;}]+"
        ),
        r"\1[key]",
    ),
    (re.compile(r"-----BEGIN [^-]+-----.*?(?:-----END [^-]+-----|\Z)", re.DOTALL), "[key]"),
    # Addresses: who signs in, what is asked for, and receipts, whose path is their key.
    (re.compile(r"(?i)([a-z][a-z0-9+.-]*://)[^/\s@]+@"), r"\1[user]@"),
    (re.compile(r"(/r/)[\w-]+"), r"\1[receipt]"),
    (re.compile(r"(\w)\?[^\s\"'<>]*=[^\s\"'<>]*"), r"\1?[query]"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[address]"),
    # Hashes of photos and codes: enough is left to tell one from another.
    (re.compile(r"\b([0-9a-fA-F]{8})[0-9a-fA-F]{24,}\b"), r"\1…"),
    # Numbers of identity cards and passports, telephones, capture codes.
    (re.compile(r"(?<![\w.])[A-Za-z]{0,2}\d{7,}[\dXx]?(?![\w…])"), "[number]"),
    (re.compile(r"(?<![\w/.-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[A-Za-z0-9+=_-]{24,}"), "[long]"),
    # Names: the booth writes its journal in English.
    (re.compile(r"[㐀-䶿一-鿿豈-﫿]+\**"), "[han]"),
)


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without what must not leave the booth.

    Args:
        text: any.
        secrets: further texts to take out wherever they stand: the booth's own keys.
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "[key]")
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return text


def scrubbed(value: Any, secrets: Iterable[str] = ()) -> Any:
    """Return a value of JSON with all its texts scrubbed, keys and numbers as they are."""
    known = tuple(secrets)
    if isinstance(value, str):
        return scrub(value, known)
    if isinstance(value, Mapping):
        return {key: scrubbed(each, known) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed(each, known) for each in value]
    return value

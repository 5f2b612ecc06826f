"""Numbers to a camera's words and back: ``1/60`` is 0.0167 s, ``f/5.6`` is 5.6.

A camera takes only words of its own list, and setting another may crash libgphoto2. So the
nearest word is looked up first. Functions of their arguments only; no camera needed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Final

from hardware.errors import Misconfigured

TOLERANCE_STOPS: Final = 1 / 6
"""A word this near is the value asked for: cameras step by thirds of a stop and round them."""
KELVIN_TOLERANCE_STOPS: Final = 0.03
"""About 110 K at 5300 K: cameras step by 100 K."""
_SAME_STOPS: Final = 0.001

_NUMBER = r"\d+(?:\.\d+)?"
_FRACTION: Final = re.compile(rf"({_NUMBER})/({_NUMBER})\s*s?")
_SECONDS: Final = re.compile(rf"({_NUMBER})\s*(s|m|\"|'')?")
_APERTURE: Final = re.compile(rf"(?:[fF]/?\s*)?({_NUMBER})")
_ISO: Final = re.compile(r"(?:ISO\s*)?(\d+)", re.IGNORECASE)
_KELVIN: Final = re.compile(r"(\d{4,5})\s*K?", re.IGNORECASE)
_PERCENT: Final = re.compile(r"(\d{1,3})\s*%?")
_SECONDS_A_MINUTE: Final = 60.0
_FULL_PERCENT: Final = 100


def exposure_seconds(word: str) -> float | None:
    """Read an exposure time such as ``1/60``, ``0.0167s``, ``1.3`` or ``2m``; None for others.

    ``auto``, ``bulb`` and ``time`` are no exposure times.

    Returns:
        Seconds.
    """
    word = word.strip()
    if found := _FRACTION.fullmatch(word):
        below = float(found[2])
        value = float(found[1]) / below if below else 0.0
    elif found := _SECONDS.fullmatch(word):
        value = float(found[1]) * (_SECONDS_A_MINUTE if found[2] == "m" else 1.0)
    else:
        return None
    return value if value > 0.0 else None


def f_number(word: str) -> float | None:
    """Read an aperture such as ``5.6`` or ``f/5.6``; None for others."""
    found = _APERTURE.fullmatch(word.strip())
    return float(found[1]) if found and float(found[1]) > 0.0 else None


def iso_speed(word: str) -> float | None:
    """Read a sensitivity such as ``400``; None for ``Auto`` and Fuji's ``-1``."""
    found = _ISO.fullmatch(word.strip())
    return float(found[1]) if found and int(found[1]) > 0 else None


def kelvin(word: str) -> float | None:
    """Read a colour temperature such as ``5300`` or ``5300 K``; None for others."""
    found = _KELVIN.fullmatch(word.strip())
    return float(found[1]) if found else None


def battery_percent(word: str) -> int | None:
    """Read a battery's level such as ``50%``; None for ``Low``, ``AC power`` and nonsense."""
    found = _PERCENT.fullmatch(word.strip())
    return int(found[1]) if found and int(found[1]) <= _FULL_PERCENT else None


def stops_apart(value: float, other: float) -> float:
    """Return how far two positive numbers are apart, in powers of two."""
    return abs(math.log2(value / other))


def nearest_word(
    what: str,
    wanted: float,
    choices: Iterable[str],
    read: Callable[[str], float | None],
    now: str,
    tolerance_stops: float = TOLERANCE_STOPS,
) -> str:
    """Return the camera's word for a number.

    Args:
        what: the setting's name in words, for the message.
        wanted: above 0.
        choices: the camera's words; none where it takes any number.
        read: reads such a word.
        now: the word it stands at; used for how a number is written where there are no choices.
        tolerance_stops: how far off the word may be.

    Raises:
        Misconfigured: no word is near enough, or `wanted` is not above 0.
    """
    if not wanted > 0.0:
        raise Misconfigured(f"{what}: {wanted:g} is not above 0. Correct the camera's settings.")
    offered = list(choices)
    if not offered:
        return f"{wanted:.0f}" if now.isdigit() else f"{wanted:g}"
    numbers = [(value, word) for word in offered if (value := read(word)) is not None]
    if numbers:
        value, word = min(numbers, key=lambda pair: stops_apart(pair[0], wanted))
        if stops_apart(value, wanted) <= tolerance_stops:
            return word
    few = ", ".join(word for _, word in numbers) or ", ".join(offered)
    raise Misconfigured(
        f"{what}: the camera does not offer {wanted:g}, only {few}. Turn its mode dial to M "
        "(manual), or choose one of these."
    )


def same_number(word: str, other: str, read: Callable[[str], float | None]) -> bool:
    """Whether two of a camera's words say the same number, such as ``0.5`` and ``1/2``."""
    value, other_value = read(word), read(other)
    if value is None or other_value is None:
        return word == other
    return stops_apart(value, other_value) <= _SAME_STOPS


def first_offered(words: Iterable[str], choices: Iterable[str]) -> str | None:
    """Return the first of `words` that is a choice, whatever its capitals; None if none is."""
    offered = {choice.casefold(): choice for choice in choices}
    return next((offered[w.casefold()] for w in words if w.casefold() in offered), None)

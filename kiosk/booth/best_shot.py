"""Which of several stills becomes the photo: the one the rules have least against."""

from __future__ import annotations

from collections.abc import Collection

from kiosk.guidance.model import Verdict
from kiosk.portrait.make import Portrait

Standing = tuple[int, bool, int, int]
"""How a photo stands, the smaller the better: rules failed that call for another still; whether
it does not conform; rules failed; rules with a hint."""


def standing(portrait: Portrait, reshoot_rules: Collection[str]) -> Standing:
    """Return how a finished photo stands before the rules it was judged by."""
    results = portrait.report.rules
    failed = [name for name, result in results.items() if result.verdict is Verdict.FAIL]
    hints = sum(result.verdict is Verdict.HINT for result in results.values())
    spoilt = sum(name in reshoot_rules for name in failed)
    return spoilt, not portrait.passed, len(failed), hints


def is_clean(standing_: Standing) -> bool:
    """Return whether no other still could stand better."""
    return standing_ == (0, False, 0, 0)

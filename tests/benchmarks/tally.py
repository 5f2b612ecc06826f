"""Counting right and wrong verdicts, and saying how sure the counts are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt

from kiosk.guidance.model import Verdict

ALARMS = (Verdict.FAIL, Verdict.HINT)
"""Either keeps the shot from being taken."""
_Z = 1.96
"""95 %, two-sided."""


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, JASA 22, 1927)."""
    if count == 0:
        return 0.0, 1.0
    p, z2 = hits / count, _Z * _Z
    middle = p + z2 / (2 * count)
    spread = _Z * sqrt(p * (1 - p) / count + z2 / (4 * count * count))
    whole = 1 + z2 / count
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


@dataclass(slots=True)
class Count:
    """Verdicts of one rule on pictures of one kind.

    Attributes:
        pictures: how many were judged, the unknown ones included.
        alarms: of them, hint or fail.
        unknown: of them, without a verdict.
    """

    pictures: int = 0
    alarms: int = 0
    unknown: int = 0

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        self.pictures += 1
        self.alarms += verdict in ALARMS
        self.unknown += verdict is Verdict.UNKNOWN


class Tally:
    """Verdicts by rule, by source of the pictures, by whether the picture breaks the rule."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, bool], Count] = defaultdict(Count)
        self.mistaken: dict[str, list[str]] = defaultdict(list)

    def add(self, rule: str, source: str, name: str, *, wrong: bool, verdict: Verdict) -> None:
        """Count one verdict on a picture that breaks the rule, or does not."""
        self._counts[rule, source, wrong].add(verdict)
        if (verdict in ALARMS) != wrong:
            self.mistaken[rule].append(f"{source}: {name}")

    def rows(self, rules: Iterable[str]) -> Iterator[dict[str, object]]:
        """Return a line for each rule and source, in the order of the rules."""
        sources = list(dict.fromkeys(source for _, source, _ in self._counts))
        for rule in rules:
            for source in sources:
                good = self._counts.get((rule, source, False), Count())
                bad = self._counts.get((rule, source, True), Count())
                if good.pictures or bad.pictures:
                    yield {
                        "rule": rule,
                        "source": source,
                        "right": good.pictures,
                        "false_alarms": good.alarms,
                        "false_alarm_interval": _rounded(wilson(good.alarms, good.pictures)),
                        "wrong": bad.pictures,
                        "found": bad.alarms,
                        "found_interval": _rounded(wilson(bad.alarms, bad.pictures)),
                        "unknown": good.unknown + bad.unknown,
                    }


def _rounded(pair: tuple[float, float]) -> list[float]:
    return [round(pair[0], 4), round(pair[1], 4)]


def as_markdown(rows: Iterable[dict[str, object]]) -> str:
    """Return the rows as the table of docs/accuracy.md."""
    lines = [
        "| rule | pictures | right | false alarms | 95 % | wrong | found | 95 % | unknown |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        alarms = _share(row["false_alarms"], row["right"], row["false_alarm_interval"])
        found = _share(row["found"], row["wrong"], row["found_interval"])
        lines.append(
            f"| `{row['rule']}` | {row['source']} | {row['right'] or ''} | {alarms} "
            f"| {row['wrong'] or ''} | {found} | {row['unknown'] or ''} |"
        )
    return "\n".join(lines)


def _share(hits: int, count: int, interval: list[float]) -> str:
    if not count:
        return "| "
    low, high = (100 * v for v in interval)
    return f"{hits} ({100 * hits / count:.1f} %) | {low:.1f}–{high:.1f} %"

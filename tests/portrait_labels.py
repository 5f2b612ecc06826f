"""What the real portraits of ../shared/data show, set by eye; for evaluation only."""

from __future__ import annotations

from pathlib import Path


def _numbers(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEETH = {
    "neutral": _numbers("103 113"),
    "smiling": _numbers(
        "010 016 018 021 024 025 030 032 036 037 038 041 063 064 066 083 091 096 100 102 103 105"
        " 113 117 118 121 126 127 128 129 132 134 137"
    ),
}
"""Teeth to be seen between the lips, however little."""

PARTED = {
    "neutral": _numbers("103 113"),
    "smiling": TEETH["smiling"] | {"039"},
}
"""Lips apart."""

NOT_JUDGED = frozenset({"yaw", "pitch", "roll", "shoulders_level", "hair_off_brows"})
"""What nobody measured when the portraits were taken: people do lean and turn a little."""


def is_wrong(path: Path, rule: str) -> bool | None:
    """Return whether a portrait breaks a rule; None where that is not known.

    The set is described as frontal, with eyes open, without glasses or hats, evenly lit before a
    plain wall; all wear the same kind of white shirt, and "neutral" or "smiling" is the task.
    """
    folder, number = path.parent.name, path.stem[:3]
    if rule in NOT_JUDGED:
        return None
    if rule == "no_teeth":
        return number in TEETH[folder]
    if rule == "mouth_closed":
        return number in PARTED[folder]
    if rule == "neutral_expression":
        return False if folder == "neutral" else None  # how broad a smile is, nobody measured
    return False

"""What is worn in the real pictures of ../shared/data, set by eye; for evaluation only.

Yes, no, or None where people would not agree: a blurred rim, a strand at a brow's end.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Worn(NamedTuple):
    """Labels of one picture; None where it cannot be said."""

    glasses: bool | None
    hair_over_brows: bool | None
    head_cover: bool | None


def _numbers(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NONE: frozenset[str] = frozenset()

GLASSES = {"closed": _numbers("014 021 023 024 041 047 073 083 097 099")}
GLASSES_UNSURE = {"closed": _numbers("013 054 058")}

OVER_BROWS = {
    "closed": _numbers("007 012 016 039 045 110 111 130 142"),
    "crops_without": _numbers("001 007"),
    "neutral": _numbers("003"),
    "smiling": _numbers("003"),
}
OVER_BROWS_UNSURE = {
    "closed": _numbers(
        "002 009 010 013 014 015 017 018 019 020 023 025 027 030 031 033 040 046 049 055 059 066"
        " 067 071 072 074 076 079 081 085 088 095 097 103 112 113 115 117 118 119 127 134 145 147"
        " 148"
    ),
    "with": _numbers("002 005 009 012 015 016"),
    "without": _numbers("003 005 006 008"),
    "crops_with": _numbers("007 008 011 012"),
    "crops_without": _numbers("002 003 010 011 012 014"),
    "neutral": _numbers("067 081 101 103 112 128 129 136"),
    "smiling": _numbers("067 081 101 103 112 128 129 136"),
}

HEAD_COVER = {
    "closed": _numbers("019 074 081"),
    "with": _numbers("005 015"),
    "crops_with": _numbers("011 012"),
}


def worn(path: Path) -> Worn:
    """Return the labels of a picture of the folders glasses, eyes or portraits."""
    folder, number = path.parent.name, path.stem.split("_")[0]

    def label(
        yes: dict[str, frozenset[str]], unsure: dict[str, frozenset[str]] | None = None
    ) -> bool | None:
        if number in (unsure or {}).get(folder, _NONE):
            return None
        return number in yes.get(folder, _NONE)

    glasses = True if folder in ("with", "crops_with") else label(GLASSES, GLASSES_UNSURE)
    return Worn(glasses, label(OVER_BROWS, OVER_BROWS_UNSURE), label(HEAD_COVER))

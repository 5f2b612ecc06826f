"""Break lines as Chinese typesetting wants them: none begins with a comma or ends with a bracket.

The rules are those of "Requirements for Chinese Text Layout" (W3C), prohibition of certain marks
at the beginning and the end of a line. Kivy breaks anywhere between two ideographs.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_NOT_FIRST = "，。、；：？！）】」』”’》…·,.;:?!)]}%"
_SHORT_LAST_LINE = 0.3
_NOT_LAST = "（【「『“‘《([{¥"

# A run of Latin letters, digits and their marks stays together; every other character is alone.
_UNITS = re.compile(r"[A-Za-z0-9*_'’+/@&#.,:;?!%()\[\]¥×-]+|\s+|.", re.DOTALL)


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> str:
    """Return `text` with a line break wherever a line would be wider than `width`.

    A last line of hardly anything is avoided: the lines above it are made shorter then.

    Args:
        text: may hold line breaks of its own.
        width: of a line, pixels.
        measure: gives the width of a text, pixels.
    """
    return "\n".join("\n".join(_break_paragraph(line, width, measure)) for line in text.split("\n"))


def _break_paragraph(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    if measure(text) <= width:
        return [text]
    units = _inseparable(text)
    lines = _fill(units, width, measure)
    shorter = width
    while measure(lines[-1]) < _SHORT_LAST_LINE * width and shorter > width / 2:
        shorter -= width / 20
        other = _fill(units, shorter, measure)
        if len(other) > len(lines):
            break
        lines = other
    return lines


def _fill(units: list[str], width: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    line = ""
    for unit in units:
        if line and measure((line + unit).rstrip()) > width:
            lines.append(line.rstrip())
            line = unit.lstrip()
        else:
            line += unit
    lines.append(line.rstrip())
    return lines


def _inseparable(text: str) -> list[str]:
    """Return the pieces of `text` that no line break may come between the parts of."""
    pieces: list[str] = []
    for unit in _UNITS.findall(text):
        follows = bool(pieces) and (unit[0] in _NOT_FIRST or pieces[-1][-1] in _NOT_LAST)
        if follows and not unit.isspace():
            pieces[-1] += unit
        else:
            pieces.append(unit)
    return pieces

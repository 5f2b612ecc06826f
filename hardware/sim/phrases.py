"""The words of a script: what each phrase makes the sitter do.

Left and right are the sitter's own; numbers are optional.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

Fields = dict[str, Any]

_NUMBER: Final = r"(?: (?P<number>\d+(?:\.\d+)?))?"
_SIDE: Final = r"(?P<side>left|right)"
# The picture's right, where the sitter's own left is, counts positive.
_SIGN: Final = {"left": 1.0, "right": -1.0}


def _signed(field: str, usual: float) -> Callable[[re.Match[str]], Fields]:
    def fields(match: re.Match[str]) -> Fields:
        side = match.groupdict().get("side") or "left"
        return {field: _SIGN[side] * float(match["number"] or usual)}

    return fields


def _scaled(field: str, usual: float, sign: float = 1.0) -> Callable[[re.Match[str]], Fields]:
    return lambda match: {field: sign * float(match["number"] or usual)}


def _fixed(**values: Any) -> Callable[[re.Match[str]], Fields]:
    return lambda _: values


_RIGHT: Final[Fields] = {
    "x": 0.0, "y": 0.0, "distance": 1.0, "roll_deg": 0.0, "shoulder_tilt_deg": 0.0,
    "lean_deg": 0.0, "yaw_deg": 0.0, "pitch_deg": 0.0, "eye_left": 1.0, "eye_right": 1.0,
    "mouth_open": 0.0, "smile": 0.0, "gaze_deg": 0.0, "wearing": "",
}  # fmt: skip

# (how it is documented, what it matches, what it does)
_TABLE: Final[tuple[tuple[str, str, Callable[[re.Match[str]], Fields]], ...]] = (
    ("off-centre [left|right] [N]", rf"off-centre(?: {_SIDE})?{_NUMBER}", _signed("x", 0.3)),
    ("too far [N]", rf"too far{_NUMBER}", _scaled("distance", 1.65)),
    ("too near [N]", rf"too near{_NUMBER}", _scaled("distance", 0.8)),
    ("too high [N]", rf"too high{_NUMBER}", _scaled("y", 0.13, -1.0)),
    ("too low [N]", rf"too low{_NUMBER}", _scaled("y", 0.13)),
    ("tilt head left|right [N]", rf"tilt head {_SIDE}{_NUMBER}", _signed("roll_deg", 10.0)),
    ("turn head left|right [N]", rf"turn head {_SIDE}{_NUMBER}", _signed("yaw_deg", 10.0)),
    ("raise chin [N]", rf"raise chin{_NUMBER}", _scaled("pitch_deg", 10.0)),
    ("lower chin [N]", rf"lower chin{_NUMBER}", _scaled("pitch_deg", 10.0, -1.0)),
    ("drop left|right shoulder [N]", rf"drop {_SIDE} shoulder{_NUMBER}",
     _signed("shoulder_tilt_deg", 8.0)),
    ("close eyes", r"close eyes", _fixed(eye_left=0.0, eye_right=0.0)),
    ("close left|right eye", rf"close {_SIDE} eye", lambda m: {f"eye_{m['side']}": 0.0}),
    ("open mouth", r"open mouth", _fixed(mouth_open=0.45)),
    ("smile", r"smile", _fixed(smile=0.7)),
    ("look aside", r"look aside", _fixed(gaze_deg=22.0)),
    ("wear glasses|cap|fringe", r"wear (?P<worn>glasses|cap|fringe)",
     lambda m: {"wearing": m["worn"]}),
    ("centre", r"centre", _fixed(x=0.0)),
    ("come to right distance", r"come to right distance", _fixed(distance=1.0)),
    ("sit at right height", r"sit at right height", _fixed(y=0.0)),
    ("level head", r"level head", _fixed(roll_deg=0.0, lean_deg=0.0)),
    ("face forward", r"face forward", _fixed(yaw_deg=0.0)),
    ("level chin", r"level chin", _fixed(pitch_deg=0.0)),
    ("level shoulders", r"level shoulders", _fixed(shoulder_tilt_deg=0.0)),
    ("open eyes", r"open eyes", _fixed(eye_left=1.0, eye_right=1.0)),
    ("close mouth", r"close mouth", _fixed(mouth_open=0.0)),
    ("stop smiling", r"stop smiling", _fixed(smile=0.0)),
    ("look at camera", r"look at camera", _fixed(gaze_deg=0.0)),
    ("take it off", r"take it off", _fixed(wearing="")),
    ("hold still", r"hold still", _fixed(blinking=False)),
    ("put everything right", r"put everything right", _fixed(**_RIGHT)),
)  # fmt: skip

PHRASES: Final[tuple[str, ...]] = tuple(usage for usage, _, _ in _TABLE)
"""Every phrase, as it is documented."""


def fields_of(phrase: str) -> Fields | None:
    """Return the fields of `Pose` that a phrase sets; None when it is not a phrase.

    Args:
        phrase: in lower case, single spaces, without articles.
    """
    for _, pattern, make in _TABLE:
        match = re.fullmatch(pattern, phrase)
        if match is not None:
            return make(match)
    return None

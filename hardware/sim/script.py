"""Scripts: what happens in the simulated booth, as text that people read and write.

One step a line, or several with ``;`` between them. ``#`` starts a remark. A step is an action,
with or without a word on when:

    sit off-centre, too far, tilt the head left
    after 2 s level the head
    when put right close the eyes
    when told open_eyes open the eyes
    at 20 s leave

Without a word on when, a step follows the one before at once. `docs/hardware.md` lists it all.
"""

from __future__ import annotations

import difflib
import enum
import re
from dataclasses import dataclass
from typing import Any, Final

from hardware.sim.phrases import PHRASES, fields_of
from hardware.sim.script_calls import BREAKS, Call, parse_call


class ScriptError(ValueError):
    """A script that cannot be understood; the message names the line and what would be right."""


class When(enum.StrEnum):
    """What a step waits for."""

    AFTER = "after"
    """So many seconds after the step before."""
    AT = "at"
    """So many seconds after the script began."""
    TOLD = "told"
    """The coach gives a certain hint. Such a step stands ready the whole time."""
    PUT_RIGHT = "put right"
    """Nothing about the pose is wrong any more."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        when: what it waits for.
        seconds: of AFTER and AT.
        hint: of TOLD.
        sits: whether the sitter takes the seat anew, in the good pose but for `fields`.
        fields: what changes of the pose.
        call: what else is to be done.
        line: where it stands in the text, from 1.
    """

    when: When = When.AFTER
    seconds: float = 0.0
    hint: str = ""
    sits: bool = False
    fields: tuple[tuple[str, Any], ...] = ()
    call: Call | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """A script, understood.

    Attributes:
        steps: in order.
        answer_s: the sitter answers the coach's hints after so long, seconds; None: does not.
        patience_s: a mistake no hint came for is put right after so long, seconds; None: never.
    """

    steps: tuple[Step, ...]
    answer_s: float | None = None
    patience_s: float | None = None


DEFAULT_SCRIPT: Final = """\
# A student who does everything wrong first, and listens.
answer hints after 1 s
lose patience after 12 s
sit off-centre left, too far, tilt the head right, open the mouth
when put right close the eyes
when put right turn the head left
when put right hold still
"""

_DIGITS: Final = r"(\d+(?:\.\d+)?)"


def parse(text: str) -> Script:
    """Understand a script.

    Raises:
        ScriptError: a step that is none.
    """
    steps: list[Step] = []
    answer_s: float | None = None
    patience_s: float | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        for part in _parts(line):
            words = re.sub(r"\s+", " ", part).strip()
            if not words:
                continue
            if match := re.fullmatch(
                rf"answer hints(?: after {_DIGITS} ?s)?", words, re.IGNORECASE
            ):
                answer_s = float(match[1] or 1.0)
            elif match := re.fullmatch(rf"lose patience after {_DIGITS} ?s", words, re.IGNORECASE):
                patience_s = float(match[1])
            else:
                steps.append(_step(words, number))
    if not steps:
        raise ScriptError("The script has no step. Write at least 'sit'.")
    return Script(tuple(steps), answer_s, patience_s)


def _parts(line: str) -> list[str]:
    """Split at ``;``, and cut off a remark; neither inside a quoted text."""
    pieces = re.findall(r'"[^"]*"|[;#]|[^";#]+|"', line)
    parts = [""]
    for piece in pieces:
        if piece == "#":
            break
        if piece == ";":
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _step(words: str, line: int) -> Step:
    when, rest = _when(words, line)
    call = parse_call(rest)
    if call is not None:
        return Step(**when, call=call, line=line)
    plain = re.sub(r"\b(?:the|a|an|with|and|his|her|their) ", "", rest.lower() + " ").strip()
    sits = re.match(r"sit(?!\S)(?! at)", plain) is not None
    if sits:
        plain = plain.removeprefix("sit").removeprefix(" down").strip()
    fields: dict[str, Any] = {}
    for phrase in re.split(r" ?, ?", plain) if plain else ():
        found = fields_of(phrase)
        if found is None:
            raise ScriptError(_not_understood(phrase, line))
        fields.update(found)
    if not sits and not fields:
        raise ScriptError(f"Line {line}: {words!r} says when, but not what. {_advice()}")
    return Step(**when, sits=sits, fields=tuple(fields.items()), line=line)


def _when(words: str, line: int) -> tuple[dict[str, Any], str]:
    if match := re.match(rf"(after|at) {_DIGITS} ?s(?:econds?)?\b[,:]? ?", words, re.IGNORECASE):
        kind = When(match[1].lower())
        return {"when": kind, "seconds": float(match[2])}, words[match.end() :]
    if match := re.match(r"when put right[,:]? ?", words, re.IGNORECASE):
        return {"when": When.PUT_RIGHT}, words[match.end() :]
    if match := re.match(r"when told (\w+)[,:]? ?", words, re.IGNORECASE):
        return {"when": When.TOLD, "hint": match[1].lower()}, words[match.end() :]
    if re.match(r"(after|at|when)\b", words, re.IGNORECASE):
        raise ScriptError(
            f"Line {line}: {words!r} begins with a word on when that is none. Write "
            "'after 2 s …', 'at 10 s …', 'when put right …' or 'when told open_eyes …'."
        )
    return {}, words


def _not_understood(phrase: str, line: int) -> str:
    known = [re.sub(r"\[.*?\]", "", usage).strip() for usage in PHRASES]
    near = difflib.get_close_matches(phrase, known, 1, 0.5)
    advice = f"Did you mean {near[0]!r}?" if near else _advice()
    return f"Line {line}: {phrase!r} is nothing the sitter can do. {advice}"


def _advice() -> str:
    return "The sitter can: " + "; ".join((*PHRASES, "sit …", "leave", *BREAKS)) + "."

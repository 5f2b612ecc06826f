"""The visit's diagram, drawn from its table: ``python -m kiosk.visit.diagram``.

`docs/visit.md` holds exactly this text; a test says so.
"""

from __future__ import annotations

import re
import sys

from kiosk.visit.anywhere import WARNED
from kiosk.visit.events import Button
from kiosk.visit.faults import NEEDS
from kiosk.visit.rows import RETURN, Row, TimedOut, Trigger
from kiosk.visit.state import State
from kiosk.visit.table import TABLE


def mermaid() -> str:
    """Return the way of a visit as a Mermaid state diagram, without what is the same anywhere."""
    labels: dict[tuple[State, State], list[str]] = {}
    for row in TABLE:
        if isinstance(row.target, State) and row.target is not row.source and not _anywhere(row):
            labels.setdefault((row.source, row.target), []).append(_label(row))
    lines = ["stateDiagram-v2", "    [*] --> idle"]
    for (source, target), words in labels.items():
        lines.append(f"    {source} --> {target}: {', or '.join(dict.fromkeys(words))}")
    return "\n".join(lines) + "\n"


def anywhere_table() -> str:
    """Return, as a Markdown table, what is the same on many screens."""
    cancel = _sources(Button.CANCEL)
    help_ = _sources(Button.HELP)
    timed_out = [row.source for row in TABLE if row.trigger is TimedOut and row.source in WARNED]
    returning = [row for row in TABLE if row.target == RETURN]
    lines = ["| from | on | to |", "|---|---|---|"]
    lines.append(f"| {_names(cancel)} | Cancel | ended |")
    lines.append(f"| {_names(timed_out)} | TimedOut, announced by a warning | ended |")
    lines.append(f"| {_names(help_)} | Help | help |")
    for state, needs in NEEDS.items():
        faults = " or ".join(sorted(needs))
        lines.append(f"| {state} | FaultRaised, or entered while there is one: {faults} | fault |")
    lines += [f"| {row.source} | {_label(row)} | where it was before |" for row in returning]
    return "\n".join(lines) + "\n"


def markdown() -> str:
    """Return both, as they stand in the documentation."""
    return f"```mermaid\n{mermaid()}```\n\n{anywhere_table()}"


def _anywhere(row: Row) -> bool:
    if row.trigger in (Button.CANCEL, Button.HELP):
        return True
    return row.trigger is TimedOut and row.source in WARNED


def _sources(button: Button) -> list[State]:
    return [row.source for row in TABLE if row.trigger is button]


def _names(states: list[State]) -> str:
    return ", ".join(states)


def _label(row: Row) -> str:
    return _words(row.trigger) + (f" ({row.when})" if row.when else "")


def _words(trigger: Trigger) -> str:
    if isinstance(trigger, Button):
        return trigger.replace("_", " ").capitalize()
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", trigger.__name__).capitalize()


if __name__ == "__main__":
    sys.stdout.write(markdown())

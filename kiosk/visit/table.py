"""The table of transitions: every row, found by state and trigger."""

from __future__ import annotations

from kiosk.visit import agree, anywhere, calibrate, identify, photograph, staff, submit
from kiosk.visit.events import Button, Touched
from kiosk.visit.rows import Row, Trigger
from kiosk.visit.state import State, Visit, VisitRules

TABLE: tuple[Row, ...] = (
    *identify.ROWS,
    *agree.ROWS,
    *photograph.ROWS,
    *submit.ROWS,
    *anywhere.ROWS,
    *staff.ROWS,
    *calibrate.ROWS,
)

_INDEX: dict[tuple[State, Trigger], list[Row]] = {}
for _row in TABLE:
    _INDEX.setdefault((_row.source, _row.trigger), []).append(_row)

_ANY_RULES = VisitRules(time_out_s={})


def find(source: State, event: object, visit: Visit, rules: VisitRules) -> Row | None:
    """Return the first row of `source` for this event whose guard holds."""
    trigger: Trigger = event.button if isinstance(event, Touched) else type(event)
    rows = _INDEX.get((source, trigger), ())
    return next((row for row in rows if row.guard(visit, event, rules)), None)


def buttons(visit: Visit) -> tuple[Button, ...]:
    """Return the buttons that do something now: what a screen may offer, in no special order."""
    return tuple(
        button
        for button in Button
        if find(visit.state, Touched(button), visit, _ANY_RULES) is not None
    )

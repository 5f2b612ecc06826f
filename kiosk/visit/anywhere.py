"""What is the same on many screens: cancel, help, "still there?", time-outs, faults."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.events import Button, FaultCleared, Touched
from kiosk.visit.faults import stops_later
from kiosk.visit.rows import RETURN, Row, Step, TimedOut, on, touch, touch_in
from kiosk.visit.state import EndReason, State, Visit, VisitRules

WARNED = (
    State.BATCH,
    State.CODE,
    State.LAST_FOUR,
    State.CONFIRM,
    State.CONSENT,
    State.PAY,
    State.POSE,
    State.LOOK,
    State.FAULT,
)
"""The states whose time-out ends the visit, and so is announced."""


def _cancel(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, end_reason=EndReason.CANCELLED), ()


def _time_out(visit: Visit, event: TimedOut, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, end_reason=EndReason.TIMED_OUT), ()


def _may_cancel(visit: Visit) -> bool:
    return visit.place not in (State.IDLE, State.SUBMIT, State.RECEIPT)


def _works_again(visit: Visit, event: FaultCleared, rules: VisitRules) -> bool:
    del event, rules
    return not stops_later(visit, visit.place)


ROWS: tuple[Row, ...] = (
    *touch_in((*WARNED, State.SHOOT), Button.CANCEL, State.ENDED, act=_cancel),
    touch(State.HELP, Button.CANCEL, State.ENDED, act=_cancel, guard=_may_cancel),
    *(on(state, TimedOut, State.ENDED, act=_time_out) for state in WARNED),
    *touch_in(WARNED, Button.STAY, None, guard=lambda visit: visit.warning_s is not None),
    *touch_in(
        (*WARNED, State.IDLE, State.SHOOT, State.SUBMIT, State.RECEIPT), Button.HELP, State.HELP
    ),
    on(State.FAULT, FaultCleared, RETURN, guard=_works_again, when="everything works again"),
)

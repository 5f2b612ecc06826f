"""Calibration at the screen: staff begins it between two visits, and ends it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.effects import Calibrate, Note
from kiosk.visit.events import Button, Touched
from kiosk.visit.rows import RETURN, Row, Step, TimedOut, on, touch
from kiosk.visit.state import State, Visit, VisitRules


def _between_visits(visit: Visit) -> bool:
    return visit.place is State.IDLE


def _waits(visit: Visit) -> bool:
    return visit.calibration.phase != "busy"


def _begin(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return visit, (Calibrate("begin"), Note("staff calibrates the booth"))


def _go(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return _busy(visit), (Calibrate("go"),)


def _again(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return _busy(visit), (Calibrate("again"),)


def _skip(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return _busy(visit), (Calibrate("skip"),)


def _end(visit: Visit, event: object, rules: VisitRules) -> Step:
    del event, rules
    return visit, (Calibrate("end"),)


def _busy(visit: Visit) -> Visit:
    """Take no second touch for the same thing: the desk says when it waits again."""
    return replace(visit, calibration=replace(visit.calibration, phase="busy"))


def _placing(visit: Visit) -> bool:
    return visit.calibration.phase == "place"


def _judged(visit: Visit) -> bool:
    return visit.calibration.phase == "result"


def _goes_on(visit: Visit) -> bool:
    return _waits(visit) and visit.calibration.phase != "done"


ROWS: tuple[Row, ...] = (
    touch(
        State.STAFF,
        Button.STAFF_CALIBRATE,
        State.CALIBRATE,
        act=_begin,
        guard=_between_visits,
        when="nobody is served",
    ),
    touch(State.CALIBRATE, Button.NEXT, None, act=_go, guard=_goes_on),
    touch(State.CALIBRATE, Button.AGAIN, None, act=_again, guard=_judged),
    touch(State.CALIBRATE, Button.STAFF_SKIP, None, act=_skip, guard=_placing),
    touch(State.CALIBRATE, Button.STAFF_CLOSE, RETURN, act=_end),
    on(State.CALIBRATE, TimedOut, RETURN, act=_end),
)

"""What the passing of time does: time-outs, the warning before them, answers that do not come."""

from __future__ import annotations

import math
from dataclasses import replace

from kiosk.visit.anywhere import WARNED
from kiosk.visit.rows import NoAnswer, TimedOut
from kiosk.visit.state import State, Visit, VisitRules


def advance(
    visit: Visit, now: float, rules: VisitRules
) -> tuple[Visit, NoAnswer | TimedOut | None]:
    """Return the visit at `now`, and what has run out."""
    visit = replace(visit, now=max(now, visit.now))
    awaits = visit.busy or (visit.state is State.SUBMIT and bool(visit.waiting))
    if awaits and visit.now - visit.asked_at >= rules.process_time_out_s:
        return visit, NoAnswer()
    left = seconds_left(visit, rules)
    if left is not None and left <= 0:
        return visit, TimedOut()
    warns = left is not None and visit.state in WARNED and left <= rules.warn_s
    warning_s = math.ceil(left) if left is not None and warns else None
    stale = visit.state is State.POSE and visit.now - visit.notice_at >= rules.notice_s
    return replace(visit, warning_s=warning_s, notice=None if stale else visit.notice), None


def seconds_left(visit: Visit, rules: VisitRules) -> float | None:
    """Return the seconds until this state ends without a sign of the student; None for never."""
    time_out = rules.time_out_s.get(visit.state)
    if time_out is None:
        return None
    return time_out - (visit.now - max(visit.entered_at, visit.touched_at))

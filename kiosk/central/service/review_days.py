"""Each reviewer's figures of each day, kept with every decision, so that nobody adds them up later.

Times are kept as a histogram: steps of a tenth of a decade (the preferred numbers R10 of ISO 3:
1, 1.25, 1.6, 2 … 316 s), each around its own value. A median of it is within 12 %, the half width
of a step; usually far nearer, because it is interpolated.

A photo that is erased takes its decisions with it, but nothing from these figures.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, insert, update
from sqlalchemy.orm import Session

from kiosk.central.service.china_time import day_of
from kiosk.central.service.tables import Decision, SecondLook, review_days
from kiosk.central.service.tables.reviews import SPENT_STEPS

_STEPS_A_DECADE = 10
_BOUNDS_S = [10 ** ((step + 0.5) / _STEPS_A_DECADE) for step in range(SPENT_STEPS - 1)]


def note_decision(session: Session, decision: Decision) -> None:
    """Count a decision that was just made."""
    _add(session, decision.staff_id, decision.at, _standing(decision, +1))


def note_undo(session: Session, decision: Decision) -> None:
    """Count a decision as taken back that was counted as made."""
    _add(session, decision.staff_id, decision.at, _standing(decision, -1) | {"undone": 1})


def note_second_look(session: Session, look: SecondLook, at: datetime) -> None:
    """Count a second look for the reviewer whose decision was looked at."""
    differs = look.first_approved != look.second_approved
    _add(session, look.first_by, at, {"seen_twice": 1, "differing": int(differs)})


def step_of(spent_s: float) -> int:
    """Return the step of the histogram that a time belongs to; the outermost take all beyond."""
    return bisect.bisect_right(_BOUNDS_S, spent_s)


def median_s(numbers: Sequence[int]) -> float | None:
    """Return the median of a histogram, seconds; None when it holds nothing.

    Interpolated within the step by the logarithm, as the steps are spaced.
    """
    half = sum(numbers) / 2
    if not half:
        return None
    totals = itertools.accumulate(numbers)
    step = next(step for step, total in enumerate(totals) if total >= half)
    below = sum(numbers[:step])
    return float(10 ** ((step - 0.5 + (half - below) / numbers[step]) / _STEPS_A_DECADE))


def _standing(decision: Decision, sign: int) -> dict[str, int]:
    changes = {"decided": sign, "approved": sign * decision.is_approved}
    if decision.spent_s is not None:
        changes[f"spent_{step_of(decision.spent_s)}"] = sign
    return changes


def _add(session: Session, staff_id: int, at: datetime, changes: dict[str, int]) -> None:
    """Add to a reviewer's day. Of two that begin the same day at once one is done again."""
    table, day = review_days, day_of(at)
    changed = {name: table.c[name] + number for name, number in changes.items()}
    mine = (table.c.staff_id == staff_id, table.c.day == day)
    done = session.execute(update(table).where(*mine).values(changed))
    if isinstance(done, CursorResult) and done.rowcount == 0:
        session.execute(insert(table).values(staff_id=staff_id, day=day, **changes))

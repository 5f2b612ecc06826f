"""Submit: the photo is kept before the student is told so, and is never let go of on the way."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.effects import Note, StorePhoto
from kiosk.visit.events import Button, Delivered, Stored, StoreFailed, Touched
from kiosk.visit.rows import NoAnswer, Row, Step, TimedOut, on, touch
from kiosk.visit.state import Notice, State, Visit, VisitRules


def store(visit: Visit, request: str) -> Step:
    """Have the photo written to the outbox, under `request`."""
    if not (visit.photo and visit.batch and visit.student and visit.consent and visit.payment):
        return visit, ()
    effect = StorePhoto(
        visit.photo,
        visit.batch,
        visit.student,
        visit.consent,
        visit.payment,
        request,
        last_four=visit.last_four,
        staff_passed=visit.staff_passed,
        declared=visit.declared,
    )
    return replace(visit, waiting=request, busy=True, asked_at=visit.now), (effect,)


def _stored(visit: Visit, event: Stored, rules: VisitRules) -> Step:
    del rules
    delivered = event.receipt.delivered or visit.delivered
    return replace(visit, receipt=replace(event.receipt, delivered=delivered)), ()


def _store_failed(visit: Visit, event: StoreFailed, rules: VisitRules) -> Step:
    del rules
    # The request stays the one awaited: whichever attempt succeeds, the photo is kept.
    visit = replace(visit, waiting=event.request, asked_at=visit.now, notice=event.notice)
    return visit, (Note(f"photo not stored: {event.notice}"),)


def _store_slow(visit: Visit, event: NoAnswer, rules: VisitRules) -> Step:
    del event, rules
    visit = replace(visit, busy=False, asked_at=visit.now, notice=Notice.STORE_SLOW)
    return visit, (Note("photo not stored in time"),)


def _in_flight(visit: Visit, event: NoAnswer, rules: VisitRules) -> bool:
    del event, rules
    return visit.busy


def _store_again(visit: Visit, event: Touched | NoAnswer, rules: VisitRules) -> Step:
    del event, rules
    return store(visit, visit.waiting)


def delivered(visit: Visit, event: Delivered) -> Visit:
    """Note that the central backend has this visit's photo; another visit's is no news."""
    if visit.photo is None or visit.photo.photo_id != event.photo_id:
        return visit
    if visit.receipt is not None:
        return replace(visit, receipt=replace(visit.receipt, delivered=True))
    return replace(visit, delivered=True)


ROWS: tuple[Row, ...] = (
    on(State.SUBMIT, Stored, State.RECEIPT, act=_stored),
    on(State.SUBMIT, StoreFailed, None, act=_store_failed),
    on(State.SUBMIT, NoAnswer, None, act=_store_slow, guard=_in_flight, when="not answered"),
    on(State.SUBMIT, NoAnswer, None, act=_store_again, when="failed, or slow: try again"),
    touch(
        State.SUBMIT,
        Button.NEXT,
        None,
        act=_store_again,
        guard=lambda visit: not visit.busy,
    ),
    touch(State.RECEIPT, Button.DONE, State.IDLE),
    on(State.RECEIPT, TimedOut, State.IDLE),
    touch(State.ENDED, Button.DONE, State.IDLE),
    on(State.ENDED, TimedOut, State.IDLE),
)

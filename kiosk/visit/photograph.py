"""Photograph: pose, shoot, look."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.effects import Note, TakePhoto
from kiosk.visit.events import Button, Coached, Declared, PhotoFailed, PhotoReady, Touched
from kiosk.visit.moves import ask
from kiosk.visit.rows import NoAnswer, Row, Step, on, touch
from kiosk.visit.state import Notice, State, Visit, VisitRules
from kiosk.visit.submit import store


def take_photo(visit: Visit) -> Step:
    """Have the still taken."""
    batch = visit.batch
    if batch is None:
        return visit, ()
    visit, request = ask(visit, "photo")
    return visit, (TakePhoto(batch, request),)


def may_shoot(visit: Visit) -> bool:
    """Return whether everything is there that a photo may not be taken without."""
    paid = visit.payment is not None and visit.payment.settled
    return visit.consent is not None and paid and visit.takes_left > 0


def _shoots(visit: Visit, event: Coached, rules: VisitRules) -> bool:
    del rules
    return event.shoot and may_shoot(visit)


def _coached(visit: Visit, event: Coached, rules: VisitRules) -> Step:
    del rules
    visit = replace(visit, coaching=event.coaching)
    if event.face_seen:
        visit = replace(visit, touched_at=visit.now, warning_s=None)
    return visit, ()


def _shoot(visit: Visit, event: Coached, rules: VisitRules) -> Step:
    del event, rules
    return take_photo(visit)


def _photo_ready(visit: Visit, event: PhotoReady, rules: VisitRules) -> Step:
    del rules
    visit = replace(
        visit,
        photo=event.photo,
        staff_passed=False,
        takes_left=max(0, visit.takes_left - 1),
        takes_used=visit.takes_used + 1,
    )
    return visit, (Note("photo passed" if event.photo.passed else "photo did not pass"),)


def _photo_failed(visit: Visit, event: PhotoFailed, rules: VisitRules) -> Step:
    del rules
    return replace(visit, notice=event.notice), (Note(f"no photo: {event.notice}"),)


def _photo_slow(visit: Visit, event: NoAnswer, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, notice=Notice.PHOTO_SLOW), (Note("no photo in time"),)


def _may_take(visit: Visit) -> bool:
    return visit.photo is not None and (visit.photo.passed or visit.staff_passed)


def _take(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    visit, request = ask(visit, "store")
    return store(visit, request)


def _again(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, photo=None, staff_passed=False, declared=()), ()


def _declared(visit: Visit, event: Declared, rules: VisitRules) -> Step:
    del rules
    others = tuple(what for what in visit.declared if what is not event.what)
    said = others if event.what in visit.declared else (*others, event.what)
    return replace(visit, declared=said), ()


ROWS: tuple[Row, ...] = (
    on(
        State.POSE,
        Coached,
        State.SHOOT,
        act=_shoot,
        guard=_shoots,
        when="everything holds",
    ),
    on(State.POSE, Coached, None, act=_coached, keeps_notice=True),
    on(State.SHOOT, PhotoReady, State.LOOK, act=_photo_ready),
    on(State.SHOOT, PhotoFailed, State.POSE, act=_photo_failed),
    on(State.SHOOT, NoAnswer, State.POSE, act=_photo_slow),
    on(State.LOOK, Declared, None, act=_declared, keeps_notice=True),
    touch(
        State.LOOK,
        Button.TAKE,
        State.SUBMIT,
        act=_take,
        guard=_may_take,
        when="the photo passed, or staff lets it pass",
    ),
    touch(
        State.LOOK,
        Button.AGAIN,
        State.POSE,
        act=_again,
        guard=lambda visit: visit.takes_left > 0,
        when="takes are left",
    ),
)

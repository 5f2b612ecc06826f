"""Staff help: the PIN, and what staff may do for a student."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.effects import CheckPin, Note, VouchPayment
from kiosk.visit.events import Button, KeyTouched, PinChecked, Scanned, Touched
from kiosk.visit.faults import stops
from kiosk.visit.identify import decode, erase
from kiosk.visit.moves import close_payment, open_payment
from kiosk.visit.photograph import may_shoot, take_photo
from kiosk.visit.rows import RETURN, NoAnswer, Row, Step, TimedOut, on, touch
from kiosk.visit.state import (
    EndReason,
    Notice,
    Payment,
    PaymentMethod,
    State,
    Visit,
    VisitRules,
)

PIN_MAX_LENGTH = 12
CODE_MAX_LENGTH = 512
"""A capture code typed by staff; the longest seen is a third of that."""


def _open_to_pin(visit: Visit) -> bool:
    return visit.now >= visit.pin_locked_until and not visit.busy


def _takes_pin(visit: Visit, event: KeyTouched, rules: VisitRules) -> bool:
    del event, rules
    return _open_to_pin(visit)


def _type_pin(visit: Visit, event: KeyTouched, rules: VisitRules) -> Step:
    del rules
    good = len(event.key) == 1 and event.key.isascii() and event.key.isdigit()
    if not good or len(visit.typed) >= PIN_MAX_LENGTH:
        return visit, ()
    return replace(visit, typed=visit.typed + event.key), ()


def _locked(visit: Visit, event: KeyTouched, rules: VisitRules) -> Step:
    del event, rules
    notice = Notice.PIN_LOCKED if visit.now < visit.pin_locked_until else None
    return replace(visit, notice=notice), ()


def _check_pin(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    request = f"pin:{visit.serial + 1}"
    effect = CheckPin(visit.typed, request)
    visit = replace(visit, serial=visit.serial + 1, pin_request=request, typed="")
    return replace(visit, busy=True, asked_at=visit.now), (effect,)


def _right(visit: Visit, event: PinChecked, rules: VisitRules) -> bool:
    del visit, rules
    return event.right


def _staff_came(visit: Visit, event: PinChecked, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, pin_attempts=0), (Note(f"staff at {visit.place}"),)


def _pin_wrong(visit: Visit, event: PinChecked, rules: VisitRules) -> Step:
    del event
    attempts = visit.pin_attempts + 1
    if attempts < rules.max_attempts:
        return replace(visit, pin_attempts=attempts, notice=Notice.PIN_WRONG), ()
    # The student is not punished for it: the visit goes on, and the lock outlives it.
    until = visit.now + rules.pin_lock_s
    visit = replace(visit, pin_attempts=0, pin_locked_until=until, notice=Notice.PIN_LOCKED)
    return visit, (Note("staff PIN locked after too many wrong ones"),)


def _no_pin_answer(visit: Visit, event: NoAnswer, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, pin_request="", busy=False, notice=Notice.NO_ANSWER), ()


def _at_code(visit: Visit, *_: object) -> bool:
    return visit.place is State.CODE


def _type_code(visit: Visit, event: KeyTouched, rules: VisitRules) -> Step:
    del rules
    good = len(event.key) == 1 and event.key.isascii() and event.key.isprintable()
    if not good or len(visit.typed) >= CODE_MAX_LENGTH:
        return visit, ()
    return replace(visit, typed=visit.typed + event.key), ()


def _decode_typed(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event
    return decode(visit, Scanned(visit.typed), rules)


def _photographing(visit: Visit) -> bool:
    return visit.place in (State.POSE, State.SHOOT, State.LOOK)


def _another_take(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    visit = replace(visit, takes_left=visit.takes_left + 1, notice=Notice.TAKE_ADDED)
    return visit, (Note("staff allowed another take"),)


def _at_counter(visit: Visit) -> bool:
    counter = visit.batch is not None and PaymentMethod.COUNTER in visit.batch.methods
    return counter and visit.place is State.PAY


def _paid_at_counter(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    """Settle at once: the money is in the till, whatever the network says."""
    del event, rules
    batch = visit.batch
    if batch is None:
        return visit, ()
    note, known = Note("staff took the fee"), visit.payment
    if known is not None and known.method is PaymentMethod.COUNTER and known.reference:
        payment = replace(known, settled=True)
        vouch = VouchPayment(payment, visit.payment_request)
        return replace(visit, payment=payment), (vouch, note)
    # Another payment was open, or none: a counter payment is opened, and vouched for by
    # `payment_changed` once it has a name. Nobody waits for that.
    closing = close_payment(visit)
    visit, opening = open_payment(visit, PaymentMethod.COUNTER)
    payment = Payment(PaymentMethod.COUNTER, batch.fee_fen, settled=True)
    return replace(visit, payment=payment), (*closing, *opening, note)


def _can_shoot(visit: Visit) -> bool:
    return visit.place is State.POSE and may_shoot(visit) and not stops(visit, State.SHOOT)


def _shoot(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    visit, effects = take_photo(visit)
    return visit, (*effects, Note("staff had the photo taken"))


def _can_let_pass(visit: Visit) -> bool:
    failed = visit.photo is not None and not visit.photo.passed
    return visit.place is State.LOOK and failed and not visit.staff_passed


def _let_pass(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    visit = replace(visit, staff_passed=True, notice=Notice.PHOTO_LET_PASS)
    return visit, (Note("staff let a photo pass"),)


def _visit_runs(visit: Visit) -> bool:
    return visit.place not in (State.IDLE, State.RECEIPT)


def _end(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, end_reason=EndReason.STAFF), ()


def _typed_pin(visit: Visit) -> bool:
    return bool(visit.typed) and _open_to_pin(visit)


def _typed_code(visit: Visit) -> bool:
    return _at_code(visit) and bool(visit.typed)


ROWS: tuple[Row, ...] = (
    on(State.HELP, KeyTouched, None, act=_type_pin, guard=_takes_pin, when="not locked"),
    on(State.HELP, KeyTouched, None, act=_locked, when="locked"),
    touch(State.HELP, Button.ERASE, None, act=erase, guard=_typed_pin),
    touch(State.HELP, Button.NEXT, None, act=_check_pin, guard=_typed_pin),
    on(State.HELP, PinChecked, State.STAFF, act=_staff_came, guard=_right, when="right"),
    on(State.HELP, PinChecked, None, act=_pin_wrong),
    on(State.HELP, NoAnswer, None, act=_no_pin_answer),
    on(State.HELP, TimedOut, RETURN),
    touch(State.HELP, Button.BACK, RETURN),
    on(State.STAFF, KeyTouched, None, act=_type_code, guard=_at_code, when="at the code"),
    touch(State.STAFF, Button.ERASE, None, act=erase, guard=_typed_code),
    touch(
        State.STAFF,
        Button.NEXT,
        State.CODE,
        act=_decode_typed,
        guard=_typed_code,
        when="a capture code is typed",
    ),
    touch(State.STAFF, Button.STAFF_ANOTHER_TAKE, None, act=_another_take, guard=_photographing),
    touch(
        State.STAFF,
        Button.STAFF_PAID,
        State.POSE,
        act=_paid_at_counter,
        guard=_at_counter,
        when="the batch takes money at the counter",
    ),
    touch(
        State.STAFF,
        Button.STAFF_SHOOT,
        State.SHOOT,
        act=_shoot,
        guard=_can_shoot,
        when="posing",
    ),
    touch(State.STAFF, Button.STAFF_PASS, None, act=_let_pass, guard=_can_let_pass),
    touch(State.STAFF, Button.STAFF_CLOSE, RETURN),
    touch(State.STAFF, Button.STAFF_END, State.ENDED, act=_end, guard=_visit_runs),
    on(State.STAFF, TimedOut, RETURN),
)

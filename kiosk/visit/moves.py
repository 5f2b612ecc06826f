"""What happens whenever a state is entered, whatever led there."""

from __future__ import annotations

from dataclasses import replace

from kiosk.guidance.model import Coaching
from kiosk.visit.effects import ClosePayment, Effect, Forget, Guide, Note, OpenPayment, ScanCodes
from kiosk.visit.faults import stops
from kiosk.visit.rows import Step
from kiosk.visit.state import (
    Batch,
    Calibration,
    Notice,
    Payment,
    PaymentMethod,
    State,
    Visit,
    VisitRules,
)

OVER = (State.HELP, State.STAFF, State.CALIBRATE, State.FAULT)
"""The states that cover another one and go back to it."""


def ask(visit: Visit, kind: str) -> tuple[Visit, str]:
    """Return the visit awaiting an answer, and the new request's name."""
    request = f"{kind}:{visit.serial + 1}"
    visit = replace(visit, serial=visit.serial + 1, waiting=request, busy=True, asked_at=visit.now)
    return visit, request


def try_again(visit: Visit, event: object, rules: VisitRules) -> Step:
    """Await the answer no longer, and say that it may be tried again."""
    del event, rules
    return replace(visit, waiting="", busy=False, notice=Notice.NO_ANSWER), ()


def enter(visit: Visit, target: State) -> Step:
    """Move to `target`, or to FAULT before it when something it needs does not work."""
    if target in (State.IDLE, State.ENDED):
        return _leave(visit, target)
    returns_to = visit.place if target in OVER else None
    if stops(visit, target):
        target, returns_to = State.FAULT, target
    visit = replace(
        visit,
        state=target,
        returns_to=returns_to,
        calibration=Calibration(),
        entered_at=visit.now,
        touched_at=visit.now,
        typed="",
        warning_s=None,
        coaching=Coaching(),
        pin_request="",
        busy=bool(visit.waiting) and target not in OVER,
    )
    if target is State.POSE:
        # Ordered anew even from SHOOT, so that the coach starts afresh.
        return replace(visit, guiding=False), ()
    if target is State.PAY:
        if visit.payment is None and not visit.payment_request:
            return open_payment(visit)
        return replace(visit, busy=visit.payment is None), ()
    return visit, ()


def relocate(visit: Visit, target: State) -> Step:
    """Move on beneath HELP or STAFF without taking the screen from them; leave FAULT if it can."""
    if visit.state is State.FAULT or target in (State.IDLE, State.ENDED):
        return enter(visit, target)
    return replace(visit, returns_to=target), ()


def must_pay(batch: Batch) -> bool:
    """Return whether this batch's students are asked for money."""
    return batch.fee_fen > 0 and PaymentMethod.WAIVED not in batch.methods


def open_payment(visit: Visit, method: PaymentMethod | None = None) -> Step:
    """Ask for the fee by `method`, or by the batch's preferred one."""
    batch, student = visit.batch, visit.student
    if batch is None or student is None:
        return visit, ()
    visit, request = ask(visit, "payment")
    visit = replace(visit, waiting="", payment_request=request)
    effect = OpenPayment(method or _method(batch), batch.fee_fen, batch, student, request)
    return visit, (effect,)


def close_payment(visit: Visit) -> tuple[Effect, ...]:
    """Return what closes a payment that is followed and not settled."""
    if not visit.payment_request or (visit.payment and visit.payment.settled):
        return ()
    payment = visit.payment
    if payment is None and visit.batch is not None:
        payment = Payment(_method(visit.batch), visit.batch.fee_fen)
    return (ClosePayment(payment, visit.payment_request),) if payment else ()


def _method(batch: Batch) -> PaymentMethod:
    return batch.methods[0] if batch.methods else PaymentMethod.COUNTER


def _leave(visit: Visit, target: State) -> Step:
    """Close what is open, forget the student, and keep only what belongs to the booth."""
    effects = close_payment(visit)
    notice = None
    payment = visit.payment
    if payment and payment.settled and payment.amount_fen > 0 and visit.receipt is None:
        effects += (Note(f"payment kept without a photo: {payment.reference or 'counter'}"),)
        notice = Notice.PAYMENT_KEPT
    if target is State.ENDED:
        effects += (Note(f"visit ended: {visit.end_reason or 'unknown'}"),)
    ended = target is State.ENDED
    fresh = Visit(
        state=target,
        language=visit.language if ended else visit.booth_language,
        now=visit.now,
        entered_at=visit.now,
        touched_at=visit.now,
        notice=notice if ended else None,
        end_reason=visit.end_reason if ended else None,
        booth_batch=visit.booth_batch,
        booth_language=visit.booth_language,
        faults=visit.faults,
        pin_attempts=visit.pin_attempts,
        pin_locked_until=visit.pin_locked_until,
        serial=visit.serial,
        scanning=visit.scanning,
        guiding=visit.guiding,
    )
    return fresh, (*effects, Forget())


def switch(visit: Visit) -> Step:
    """Order scanning and guidance on or off, where that differs from the last order.

    In FAULT they stay as the covered state has them: that is how a returning device is noticed.
    """
    shown = visit.place if visit.state is State.FAULT else visit.state
    scanning = shown in (State.IDLE, State.BATCH, State.CODE)
    guiding = shown in (State.POSE, State.SHOOT)
    effects: tuple[Effect, ...] = ()
    if guiding != visit.guiding:
        effects += (Guide(guiding),)
    if scanning != visit.scanning:
        effects += (ScanCodes(scanning),)
    return replace(visit, scanning=scanning, guiding=guiding), effects

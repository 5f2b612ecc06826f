"""One step of a visit: an event comes in, a new visit and the effects to carry out go out.

`step` is pure: the same visit, event and rules give the same answer, on any machine and at any
time. What happens where stands in `kiosk.visit.table`; here is how a row is applied.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit import events as ev
from kiosk.visit.agree import payment_changed
from kiosk.visit.clock import advance
from kiosk.visit.effects import ClosePayment, Effect, Note
from kiosk.visit.faults import stops
from kiosk.visit.moves import OVER, enter, relocate, switch
from kiosk.visit.rows import RETURN, Row, Step
from kiosk.visit.state import Batch, Fault, Language, State, Visit, VisitRules
from kiosk.visit.submit import delivered
from kiosk.visit.table import find


def start(
    rules: VisitRules,
    *,
    language: Language = Language.CHINESE,
    booth_batch: Batch | None = None,
    now: float = 0.0,
) -> Visit:
    """Return the idle booth. The first `step` switches on what the idle screen needs."""
    del rules
    return Visit(
        language=language,
        booth_language=language,
        booth_batch=booth_batch,
        now=now,
        entered_at=now,
        touched_at=now,
    )


def step(visit: Visit, event: ev.Event, rules: VisitRules) -> tuple[Visit, tuple[Effect, ...]]:
    """Return the visit after `event`, and the effects to carry out, in this order."""
    visit, effects = _handle(visit, event, rules)
    visit, switches = switch(visit)
    return visit, (*switches, *effects)


def _handle(visit: Visit, event: ev.Event, rules: VisitRules) -> Step:
    match event:
        case ev.Tick():
            visit, due = advance(visit, event.now, rules)
            return _dispatch(visit, due, rules) if due is not None else (visit, ())
        case ev.Touched() | ev.KeyTouched() | ev.Declared():
            return _dispatch(_touched(visit), event, rules)
        case ev.Scanned():
            return _scanned(visit, event, rules)
        case ev.Coached():
            return _dispatch(visit, event, rules)
        case ev.FaultRaised() | ev.FaultCleared():
            return _fault(visit, event, rules)
        case ev.LanguageTouched() | ev.BoothBatchChanged() | ev.Delivered() | ev.Calibrated():
            return _learnt(visit, event), ()
    return _answer(visit, event, rules)


def _learnt(
    visit: Visit,
    event: ev.LanguageTouched | ev.BoothBatchChanged | ev.Delivered | ev.Calibrated,
) -> Visit:
    """Take in what changes no state, whichever it is."""
    if isinstance(event, ev.LanguageTouched):
        return replace(_touched(visit), language=event.language)
    if isinstance(event, ev.BoothBatchChanged):
        return replace(visit, booth_batch=event.batch)
    if isinstance(event, ev.Calibrated):
        here = visit.state is State.CALIBRATE
        return replace(visit, calibration=event.calibration) if here else visit
    return delivered(visit, event)


def _answer(visit: Visit, event: ev.Answer, rules: VisitRules) -> Step:
    """Let an answer in only where its request is still awaited."""
    if isinstance(event, ev.PaymentChanged | ev.PaymentFailed):
        return _payment(visit, event, rules)
    awaited = visit.pin_request if isinstance(event, ev.PinChecked) else visit.waiting
    if not event.request or event.request != awaited:
        return _late(visit, event)
    if isinstance(event, ev.PinChecked):
        return _dispatch(replace(visit, pin_request="", busy=False), event, rules)
    return _answered(replace(visit, waiting=""), event, rules)


def _touched(visit: Visit) -> Visit:
    return replace(visit, touched_at=visit.now, warning_s=None)


def _late(visit: Visit, event: ev.Event) -> Step:
    return visit, (Note(f"ignored an answer nobody awaits: {type(event).__name__}"),)


def _scanned(visit: Visit, event: ev.Scanned, rules: VisitRules) -> Step:
    """Act on a text once; on the same one, held up still, only after a while."""
    new = event.text != visit.scanned
    again = visit.now - visit.scanned_at >= rules.scan_repeat_s
    if not event.text.strip() or visit.busy or not (new or again):
        return visit, ()
    if find(visit.state, event, visit, rules) is None:
        return visit, ()
    if new:
        visit = _touched(visit)
    visit = replace(visit, scanned=event.text, scanned_at=visit.now)
    return _dispatch(visit, event, rules)


def _fault(visit: Visit, event: ev.FaultRaised | ev.FaultCleared, rules: VisitRules) -> Step:
    others = tuple(fault for fault in visit.faults if fault != event.fault)
    if isinstance(event, ev.FaultCleared):
        return _dispatch(replace(visit, faults=others), event, rules)
    known = event.fault in tuple(Fault)
    notes = (Note(f"fault: {event.fault}" + ("" if known else " (no state needs it)")),)
    visit = replace(visit, faults=(*others, event.fault))
    if not stops(visit, visit.state):
        return visit, notes
    visit, effects = enter(visit, visit.state)
    return visit, (*notes, *effects)


def _payment(visit: Visit, event: ev.PaymentChanged | ev.PaymentFailed, rules: VisitRules) -> Step:
    """Follow this visit's payment; see to it that none of an earlier one is lost."""
    if not event.request or event.request != visit.payment_request:
        if isinstance(event, ev.PaymentFailed):
            return _late(visit, event)
        if event.payment.settled:
            return visit, (Note(f"payment kept without a photo: {event.payment.reference}"),)
        return visit, (ClosePayment(event.payment, event.request),)
    if visit.place is State.PAY:
        return _answered(visit, event, rules)
    if isinstance(event, ev.PaymentChanged):
        return payment_changed(visit, event, rules)
    return _late(visit, event)


def _dispatch(visit: Visit, event: object, rules: VisitRules) -> Step:
    """Apply the row of the state that is shown."""
    row = find(visit.state, event, visit, rules)
    return _apply(visit, row, event, rules) if row is not None else (visit, ())


def _answered(visit: Visit, event: ev.Event, rules: VisitRules) -> Step:
    """Apply the row of the state that asked, though another may cover it now."""
    row = find(visit.place, event, visit, rules)
    if row is None:
        return _late(visit, event)
    if visit.state not in OVER:
        return _apply(replace(visit, busy=False), row, event, rules)
    after, effects = row.act(visit, event, rules)
    # The covering screen keeps what it shows.
    after = replace(
        after, typed=visit.typed, notice=visit.notice, notice_at=visit.notice_at, busy=visit.busy
    )
    if not isinstance(row.target, State):
        return after, effects
    after, more = relocate(after, row.target)
    return after, (*effects, *more)


def _apply(visit: Visit, row: Row, event: object, rules: VisitRules) -> Step:
    if not row.keeps_notice:
        visit = replace(visit, notice=None)
    if isinstance(row.target, State) and row.target not in OVER:
        # Nothing the old screen asked for is awaited on the new one.
        visit = replace(visit, waiting="")
    visit, effects = row.act(visit, event, rules)
    if visit.notice is not None and not row.keeps_notice:
        visit = replace(visit, notice_at=visit.now)
    if row.target is None:
        return visit, effects
    target = visit.place if row.target == RETURN else row.target
    visit, more = enter(visit, target)
    return visit, (*effects, *more)

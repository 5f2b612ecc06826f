"""Agree and pay."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.effects import RecordConsent, VouchPayment
from kiosk.visit.events import (
    Button,
    ConsentRecorded,
    PaymentChanged,
    PaymentFailed,
    Touched,
)
from kiosk.visit.moves import ask, close_payment, must_pay, open_payment, try_again
from kiosk.visit.rows import NoAnswer, Row, Step, on, touch
from kiosk.visit.state import (
    EndReason,
    Notice,
    Payment,
    PaymentMethod,
    State,
    Visit,
    VisitRules,
)


def _agree(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event
    visit, request = ask(visit, "consent")
    return visit, (RecordConsent(rules.consent_version, request),)


def _refuse(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, end_reason=EndReason.CONSENT_REFUSED), ()


def _still_to_pay(visit: Visit, event: ConsentRecorded, rules: VisitRules) -> bool:
    del event, rules
    settled = visit.payment is not None and visit.payment.settled
    return visit.batch is not None and must_pay(visit.batch) and not settled


def _consented(visit: Visit, event: ConsentRecorded, rules: VisitRules) -> Step:
    del rules
    return replace(visit, consent=event.consent), ()


def _consented_free(visit: Visit, event: ConsentRecorded, rules: VisitRules) -> Step:
    visit, effects = _consented(visit, event, rules)
    free = Payment(PaymentMethod.WAIVED, 0, settled=True)
    return replace(visit, payment=visit.payment or free), effects


def _settled(visit: Visit, event: PaymentChanged, rules: VisitRules) -> bool:
    del visit, rules
    return event.payment.settled


def payment_changed(visit: Visit, event: PaymentChanged, rules: VisitRules) -> Step:
    """Keep what is newly known of the payment that is followed; once settled it stays so.

    A fee that staff took before the payment had its name is vouched for as soon as it has.
    """
    del rules
    known, payment = visit.payment, event.payment
    if known is None or not known.settled:
        return replace(visit, payment=payment), ()
    if known.method is not payment.method:
        return visit, ()
    took = not payment.settled and not known.reference
    payment = replace(payment, settled=True)
    effects = (VouchPayment(payment, event.request),) if took and payment.reference else ()
    return replace(visit, payment=payment), effects


def _payment_failed(visit: Visit, event: PaymentFailed, rules: VisitRules) -> Step:
    del rules
    return replace(visit, payment=None, payment_request="", notice=event.notice), ()


def _payment_slow(visit: Visit, event: NoAnswer, rules: VisitRules) -> Step:
    del event, rules
    effects = close_payment(visit)
    visit = replace(visit, payment=None, payment_request="", busy=False)
    return replace(visit, notice=Notice.NO_ANSWER), effects


def _open_again(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return open_payment(visit)


def _not_busy(visit: Visit) -> bool:
    return not visit.busy


def _not_open(visit: Visit) -> bool:
    return visit.payment is None and not visit.payment_request


ROWS: tuple[Row, ...] = (
    touch(State.CONSENT, Button.AGREE, None, act=_agree, guard=_not_busy),
    touch(State.CONSENT, Button.REFUSE, State.ENDED, act=_refuse),
    touch(State.CONSENT, Button.BACK, State.CONFIRM),
    on(
        State.CONSENT,
        ConsentRecorded,
        State.PAY,
        act=_consented,
        guard=_still_to_pay,
        when="there is a fee",
    ),
    on(State.CONSENT, ConsentRecorded, State.POSE, act=_consented_free, when="else"),
    on(State.CONSENT, NoAnswer, None, act=try_again),
    on(
        State.PAY,
        PaymentChanged,
        State.POSE,
        act=payment_changed,
        guard=_settled,
        when="settled",
    ),
    on(State.PAY, PaymentChanged, None, act=payment_changed),
    on(State.PAY, PaymentFailed, None, act=_payment_failed),
    on(State.PAY, NoAnswer, None, act=_payment_slow),
    touch(State.PAY, Button.NEXT, None, act=_open_again, guard=_not_open),
)

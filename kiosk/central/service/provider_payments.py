"""Payments at a provider: opened, followed, closed, paid back.

The provider is asked outside of transactions; what it says is applied in one. It may say the same
twice, too late, or at the same time by a notice and by an answer: booked is once.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.contract import PaymentState
from kiosk.central.service import history, jobs, ledger, payments, print_changes
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.gateways.base import (
    Gateway,
    GatewayError,
    Payer,
    RefundStanding,
    Reported,
    Standing,
)
from kiosk.central.service.jobs import JobFailed
from kiosk.central.service.money_tables import ProviderPayment, Refund
from kiosk.central.service.tables import Payment

_log = logging.getLogger(__name__)

# What WeChat Pay leads a phone to is good for five minutes: "H5下单", h5_url.
_ON_PHONE = timedelta(minutes=5)
_ASK_EVERY = timedelta(seconds=2)
_REFUND_AGAIN = timedelta(minutes=1)
_NUMBER_BYTES = 12
REQUESTED, ACCEPTED, DONE, FAILED = "requested", "accepted", "done", "failed"


def ensure_open(service: Service, reference: str, payer: str = "") -> None:
    """Open a payment at its provider, unless it is there already or has another method.

    Args:
        service: the running service.
        reference: the payment's.
        payer: IP address of the phone it is paid on; empty: another device scans its code.

    Raises:
        ServiceError: 503, the provider does not answer; the payment stays and may be asked again.
    """

    def work(session: Session) -> tuple[Payment, str] | None:
        payment = payments.find(session, reference)
        known = session.get(ProviderPayment, reference)
        if payment.state != PaymentState.OPEN or known is not None:
            return None
        batch = payments.batch_of(session, payment)
        return payment, f"{batch.school} {batch.title}"

    found = service.database.read(work)
    if found is None or (gateway := service.gateways.get(found[0].method)) is None:
        return
    payment, title = found
    now = service.clock()
    on_phone = bool(payer) and gateway.takes_phones
    lifetime = timedelta(minutes=gateway.minutes)
    expires_at = now + (min(lifetime, _ON_PHONE) if on_phone else lifetime)
    qr_text = phone_url = ""
    try:
        if on_phone:
            who = Payer(payer, f"{service.settings.public_base}/pay/back/{reference}")
            phone_url = gateway.open_on_phone(reference, payment.amount_fen, title, expires_at, who)
        else:
            qr_text = gateway.open(reference, payment.amount_fen, title, expires_at)
    except GatewayError as error:
        _log.warning("A payment cannot be opened: %s", error)
        raise ServiceError(
            503, "payment_provider", "The payment provider does not answer now.",
            "Try again, or pay another way.", retry_after_s=5,
        ) from error  # fmt: skip

    def keep(session: Session) -> None:
        if session.get(ProviderPayment, reference) is None:
            session.add(
                ProviderPayment(
                    reference=reference, qr_text=qr_text[:500], phone_url=phone_url,
                    transaction="",
                    expires_at=expires_at, asked_at=now,
                )
            )  # fmt: skip

    service.database.write(keep)


def is_there(session: Session, payment: Payment) -> bool:
    """Whether a provider knows of a payment."""
    return session.get(ProviderPayment, payment.reference) is not None


def follow(service: Service, reference: str, *, closing: bool = False) -> bool:
    """Ask the provider how an open payment stands, and close it when its time is over.

    Args:
        service: the running service.
        reference: the payment's.
        closing: close it now, unless it was paid.

    Returns:
        False when the provider does not answer; True also when there was nothing to ask.
    """
    now = service.clock()

    def look(session: Session) -> tuple[Gateway, ProviderPayment] | None:
        payment, known = session.get(Payment, reference), session.get(ProviderPayment, reference)
        if payment is None or known is None or payment.state != PaymentState.OPEN:
            return None
        gateway = service.gateways.get(payment.method)
        if gateway is None or (not closing and now - known.asked_at < _ASK_EVERY):
            return None
        known.asked_at = now
        return gateway, known

    found = service.database.write(look)
    if found is None:
        return True
    gateway, known = found
    try:
        reported = gateway.query(reference)
        if reported.standing is not Standing.PAID and (closing or known.expires_at <= now):
            gateway.close(reference, on_phone=bool(known.phone_url))
            # Paid between the question and the closing: then it is paid.
            reported = gateway.query(reference)
            if reported.standing is not Standing.PAID:
                reported = Reported(reference, Standing.CLOSED)
    except GatewayError as error:
        _log.warning("A payment cannot be followed now: %s", error)
        return False
    take_in(service, reported, gateway_name(gateway), now)
    return True


def gateway_name(gateway: Gateway) -> str:
    """Return a provider's name, as actors are named in the log."""
    return type(gateway).__name__.lower()


def take_in(service: Service, reported: Reported, actor: str, at: datetime) -> None:
    """Do what follows from what a provider says of a payment. Twice the same is once.

    Of two payments of the same fee that are told of at once one is booked, the other goes back.

    Args:
        service: the running service.
        reported: what it says.
        actor: the provider's name, as actors are named in the log.
        at: now, UTC.
    """
    service.database.write(lambda session: _apply(session, reported, actor, at), serialised=True)


def _apply(session: Session, reported: Reported, actor: str, at: datetime) -> None:
    payment = session.get(Payment, reported.reference)
    if payment is None or payment.method != actor:
        _log.warning("The provider %s speaks of a payment that is not known.", actor)
        return
    if reported.standing is Standing.CLOSED and payment.state == PaymentState.OPEN:
        payments.mark_closed(session, payment, actor, at)
    if reported.standing is not Standing.PAID or payment.state == PaymentState.SETTLED:
        return
    known = session.get(ProviderPayment, payment.reference)
    if known is not None:
        if known.transaction:
            return
        known.transaction = reported.transaction or "paid"
    if reported.amount_fen != payment.amount_fen:
        detail = {"reference": payment.reference, "fen": reported.amount_fen}
        history.note(session, actor, "payment_amount_wrong", at, detail)
        _in_vain(session, payment, reported.amount_fen, "金额不符", at)
        return
    if payment.state == PaymentState.CLOSED or not payments.is_wanted(session, payment):
        _in_vain(session, payment, reported.amount_fen, "重复或超时支付", at)
        return
    payments.settle(session, payment, actor, at)


def _in_vain(session: Session, payment: Payment, fen: int, why: str, at: datetime) -> None:
    """Money came that must not stay: it goes back by itself, however often it is told."""
    told = session.scalar(select(Refund.number).where(Refund.reference == payment.reference))
    if told is not None:
        return
    if payment.state == PaymentState.OPEN:
        payments.mark_closed(session, payment, payment.method, at)
    if fen > 0:
        ledger.paid_in_vain(session, payment.method, payment.reference, fen, at)
        _request(session, payment, fen, why, at)


def give_back(service: Service, reference: str, reason: str, by: str, at: datetime) -> Refund:
    """Give settled money back, whole; see `request_refund`."""
    return service.database.write(
        lambda session: request_refund(session, reference, reason, by, at), serialised=True
    )


def request_refund(session: Session, reference: str, reason: str, by: str, at: datetime) -> Refund:
    """Give settled money back, whole.

    Raises:
        ServiceError: it is not settled, or goes back already.
    """
    payment = payments.find(session, reference)
    if payment.state != PaymentState.SETTLED or payments.goes_back(session, reference):
        raise ServiceError(
            409, "refund_not_now", "This payment is not settled, or goes back already.",
            "Look at it with 'kiosk central reconcile'.",
        )  # fmt: skip
    if payment.print_order_id and print_changes.is_under_way(session, payment.print_order_id):
        raise ServiceError(
            409, "refund_prints", "The prints that this paid are under way.",
            "Refuse them on the print shop's page: then the money goes back by itself.",
        )  # fmt: skip
    refund = _request(session, payment, payment.amount_fen, reason, at)
    income = payments.income_of(payment)
    ledger.promised(session, refund.number, reference, payment.amount_fen, at, income)
    detail = {"reference": reference, "number": refund.number, "why": reason}
    history.note(session, by, "refund_request", at, detail)
    return refund


def _request(session: Session, payment: Payment, fen: int, reason: str, at: datetime) -> Refund:
    refund = Refund(
        number=secrets.token_hex(_NUMBER_BYTES), reference=payment.reference, amount_fen=fen,
        reason=reason[:80], state=REQUESTED, requested_at=at, error="",
    )  # fmt: skip
    session.add(refund)
    jobs.put(session, "refund", {"number": refund.number}, at)
    return refund


def refund_job(service: Service, detail: Mapping[str, Any]) -> None:
    """Take a refund further: asked for, asked about, until it is done or has failed."""
    number = str(detail["number"])

    def look(session: Session) -> tuple[Refund, Payment] | None:
        refund = session.get(Refund, number)
        if refund is None or refund.state in (DONE, FAILED):
            return None
        return refund, payments.find(session, refund.reference)

    found = service.database.read(look)
    if found is None:
        return
    refund, payment = found
    gateway = service.gateways.get(payment.method)
    standing = RefundStanding.DONE  # counter and play money are handed back by people
    if gateway is not None:
        try:
            standing = RefundStanding.UNKNOWN
            if refund.state == ACCEPTED:
                standing = gateway.query_refund(refund.reference, number)
            if standing is RefundStanding.UNKNOWN:
                # The same number again is the same refund: it can't go back twice.
                standing = gateway.refund(
                    refund.reference, number, refund.amount_fen, refund.amount_fen, refund.reason
                )
        except GatewayError as error:
            raise JobFailed(str(error)) from error
    now = service.clock()
    service.database.write(lambda session: note_refund(session, number, standing, now))


def note_refund(session: Session, number: str, standing: RefundStanding, at: datetime) -> None:
    """Do what follows from what a provider says of a refund. Twice the same is once."""
    refund = session.get(Refund, number)
    if refund is None or refund.state in (DONE, FAILED):
        return
    payment = payments.find(session, refund.reference)
    detail = {"number": number, "fen": refund.amount_fen}
    if standing is RefundStanding.DONE:
        refund.state, refund.done_at = DONE, at
        ledger.refunded(session, payment.method, number, refund.reference, refund.amount_fen, at)
        history.note(session, payment.method, "refund_done", at, detail)
    elif standing is RefundStanding.FAILED:
        refund.state, refund.error = FAILED, "the provider could not pay it back"
        history.note(session, payment.method, "refund_failed", at, detail)
    else:
        refund.state = ACCEPTED
        jobs.put(session, "refund", {"number": number}, at + _REFUND_AGAIN)


def follow_job(service: Service, _detail: Mapping[str, Any]) -> None:
    """Follow all payments that are open at a provider.

    One that does not answer is not asked for the others: each would be waited for.
    """
    open_ones = select(Payment.reference, Payment.method).join(ProviderPayment)
    rows = service.database.read(
        lambda session: session.execute(
            open_ones.where(Payment.state == PaymentState.OPEN).order_by(ProviderPayment.asked_at)
        ).all()
    )
    away: set[str] = set()
    for reference, method in rows:
        if method not in away and not follow(service, reference):
            away.add(method)

"""Payments that students make on their page: one way at a time, changed as long as it is open."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kiosk.central.contract import OrderState, PaymentInfo, PaymentState
from kiosk.central.service import payments, print_orders, print_terms, provider_payments, receipts
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.money_tables import ProviderPayment
from kiosk.central.service.phone_booth import phone_booth
from kiosk.central.service.print_states import PrintState
from kiosk.central.service.print_tables import PrintOrder
from kiosk.central.service.tables import Order, Payment

_REFERENCE_BYTES = 16
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be paid.

    Attributes:
        order: whose.
        prints: for which prints; None: the photo's fee.
        amount_fen: how much.
        ways: how it can be paid.
    """

    order: Order
    prints: PrintOrder | None
    amount_fen: int
    ways: tuple[str, ...]


def due(
    service: Service,
    session: Session,
    order: Order,
    prints_id: str | None,
    *,
    is_settled: bool | None = None,
) -> Due | None:
    """Return what an order has to pay, for its prints or the photo; None for nothing.

    A fee that can be paid at a booth only is not due here: reviewers see that it is open.

    Args:
        service: the running service.
        session: the transaction.
        order: whose.
        prints_id: for which prints; None: the photo's fee.
        is_settled: whether the photo's fee is, when that is known already.

    Raises:
        ServiceError: 404, there are no such prints.
    """
    if prints_id is not None:
        prints = print_orders.find(session, order, prints_id)
        if prints.state != PrintState.ORDERED:
            return None
        terms = print_terms.of(session, order.batch)
        ways = print_terms.ways_to_pay(service, terms, prints.amount_fen)
        return Due(order, prints, prints.amount_fen, ways)
    batch = order.batch
    if not batch.fee_fen or "waived" in batch.payment_methods:
        return None
    if is_settled is None:
        is_settled = payments.is_settled(session, batch.id, order.code_hash)
    if is_settled:
        return None
    # Staff at a booth takes money for photos that are taken there.
    can = [m for m in batch.payment_methods if payments.is_set_up(service.settings, m)]
    ways = tuple(method for method in can if method != "counter")
    return Due(order, None, batch.fee_fen, ways) if ways else None


def is_fee_first(service: Service, session: Session, order: Order) -> bool:
    """Whether the fee has to be paid before a photo is sent, as it is at a booth."""
    return order.state == OrderState.STARTED and due(service, session, order, None) is not None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The payment that a student has chosen.

    Attributes:
        info: how it stands.
        phone_url: what opens the provider on this phone; empty: another device scans the code.
    """

    info: PaymentInfo
    phone_url: str


def choose(
    service: Service, token: str, prints_id: str | None, method: str, payer: str = ""
) -> str:
    """Open a payment by this method; one that is open by another is closed before.

    Args:
        service: the running service.
        token: of the student's link.
        prints_id: for which prints; None: the photo's fee.
        method: how it is paid.
        payer: IP address of the phone it is paid on; empty: another device scans its code.

    Returns:
        The payment's reference.

    Raises:
        ServiceError: nothing is due, the method is none of the ways, the provider is away, or
            429: too many were begun.
    """
    now = service.clock()
    gateway = service.gateways.get(method)
    on_phone = bool(payer) and gateway is not None and gateway.takes_phones

    def before(session: Session) -> list[Payment]:
        wanted = _wanted(service, session, token, prints_id, method, now)
        return [
            payment
            for payment in _open(session, wanted)
            if payment.method != method or _is_other_device(session, payment, on_phone=on_phone)
        ]

    for other in service.database.read(before):
        _give_up(service, other.reference)

    def work(session: Session) -> str:
        wanted = _wanted(service, session, token, prints_id, method, now)
        known = _open(session, wanted)
        if known:
            return known[0].reference
        _refuse_many(session, wanted.order, service.settings.payments_per_hour, now)
        payment = Payment(
            reference=secrets.token_hex(_REFERENCE_BYTES), batch_id=wanted.order.batch_id,
            booth_id=phone_booth(session, now).id, code_hash=wanted.order.code_hash,
            method=method, state=PaymentState.OPEN, amount_fen=wanted.amount_fen, created_at=now,
            print_order_id=prints_id,
        )  # fmt: skip
        session.add(payment)
        session.flush()
        if wanted.prints is not None:
            wanted.prints.payment_reference = payment.reference
        payments.note_opened(session, payment, "student", now)
        if method == "waived":
            payments.settle(session, payment, "student", now)
        return payment.reference

    # Two tabs at once: each would find no payment and open its own.
    reference = service.database.write(work, serialised=True)
    provider_payments.ensure_open(service, reference, payer if on_phone else "")
    return reference


def standing(
    service: Service, session: Session, order: Order, prints_id: str | None
) -> Chosen | None:
    """Return the payment that is open or has settled what was due; None for none yet."""
    chosen = _of(order, prints_id).where(Payment.state != PaymentState.CLOSED)
    payment = session.scalar(chosen.order_by(Payment.settled_at.desc(), Payment.created_at.desc()))
    if payment is None:
        return None
    info = payments.info(session, payment, service.clock(), service.settings)
    known = session.get(ProviderPayment, payment.reference)
    return Chosen(info, known.phone_url if known else "")


def follow(service: Service, order: Order, prints_id: str | None) -> None:
    """Ask the provider how an open payment stands."""
    chosen = _of(order, prints_id).where(Payment.state == PaymentState.OPEN)
    for payment in service.database.read(lambda session: session.scalars(chosen).all()):
        provider_payments.follow(service, payment.reference)


def close_open(service: Service, prints_id: str) -> None:
    """Close at the provider what is open for prints that were called off."""
    chosen = select(Payment.reference).where(
        Payment.print_order_id == prints_id, Payment.state == PaymentState.OPEN
    )
    for reference in service.database.read(lambda session: session.scalars(chosen).all()):
        provider_payments.follow(service, reference, closing=True)


def _wanted(
    service: Service, session: Session, token: str, prints_id: str | None, method: str, at: datetime
) -> Due:
    order = receipts.order_of(session, token, at)
    found = due(service, session, order, prints_id)
    if found is None:
        raise ServiceError(409, "nothing_due", "Nothing is to be paid.", "Look at the page again.")
    if method not in found.ways:
        raise ServiceError(422, "payment_method", "It is not paid in this way.", "Choose another.")
    return found


def _open(session: Session, wanted: Due) -> list[Payment]:
    prints_id = wanted.prints.id if wanted.prints else None
    chosen = _of(wanted.order, prints_id).where(Payment.state == PaymentState.OPEN)
    return list(session.scalars(chosen.order_by(Payment.created_at)))


def _is_other_device(session: Session, payment: Payment, *, on_phone: bool) -> bool:
    """Whether a payment was opened for the other kind of device: providers keep them apart."""
    known = session.get(ProviderPayment, payment.reference)
    return known is not None and bool(known.phone_url) != on_phone


def _refuse_many(session: Session, order: Order, most: int, at: datetime) -> None:
    """Each is an order at the provider: nobody needs dozens of them."""
    mine = Payment.batch_id == order.batch_id, Payment.code_hash == order.code_hash
    begun = select(func.count()).where(*mine, Payment.created_at > at - _HOUR)
    if (session.scalar(begun) or 0) >= most:
        raise ServiceError(
            429, "payments_many", "Too many payments were begun.", "Wait an hour.",
            retry_after_s=int(_HOUR.total_seconds()),
        )  # fmt: skip


def _of(order: Order, prints_id: str | None) -> Select[Payment]:
    chosen = select(Payment).where(
        Payment.batch_id == order.batch_id, Payment.code_hash == order.code_hash
    )
    if prints_id is None:
        return chosen.where(Payment.print_order_id.is_(None))
    return chosen.where(Payment.print_order_id == prints_id)


def _give_up(service: Service, reference: str) -> None:
    provider_payments.follow(service, reference, closing=True)
    now = service.clock()

    def work(session: Session) -> bool:
        payment = payments.find(session, reference)
        if payment.state == PaymentState.OPEN and not provider_payments.is_there(session, payment):
            payments.mark_closed(session, payment, "student", now)
        return payment.state == PaymentState.OPEN

    if service.database.write(work):
        raise ServiceError(
            503, "payment_provider", "The payment provider does not answer now.",
            "Pay as you began to, or try again in a minute.", retry_after_s=60,
        )  # fmt: skip

"""Payments: waived, at the counter, at a provider, and play money for demo and tests.

open → settled or closed, and no way back from either. What was paid in vain goes back by itself;
see `provider_payments`.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kiosk.central.contract import (
    PaymentInfo,
    PaymentRequest,
    PaymentState,
    Submission,
    Vouch,
)
from kiosk.central.service import batches, history, ledger, print_changes
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.money_tables import ProviderPayment, Refund
from kiosk.central.service.settings import CentralServiceSettings
from kiosk.central.service.tables import Batch, Booth, Payment

REFERENCE_PATTERN = r"^[0-9A-Za-z_\-*]{8,32}$"


def open_payment(
    session: Session,
    request: PaymentRequest,
    booth: Booth,
    at: datetime,
    settings: CentralServiceSettings,
) -> PaymentInfo:
    """Open a payment; the same request again answers with it as it stands.

    Raises:
        ServiceError: the batch, method or amount is wrong, or the reference is another's.
    """
    batch = batches.find(session, request.batch)
    known = session.get(Payment, request.reference)
    if known is not None:
        # Not the booth: a student who walks over to the next one has paid already.
        same = (known.batch_id, known.code_hash, known.method, known.amount_fen)
        if same != (batch.id, request.code_hash, request.method, request.amount_fen):
            raise ServiceError(
                409, "reference_used", "This reference names another payment.",
                "Open the payment with a new reference.",
            )  # fmt: skip
        return info(session, known, at, settings)
    paid = settled(session, batch.id, request.code_hash)
    if paid is not None and (paid.method != "waived" or "waived" in batch.payment_methods):
        # Another way to pay was chosen, but the fee is paid: nobody is asked twice.
        return info(session, paid, at, settings)
    _check(batch, request, at, settings)
    payment = _new(
        request.reference, batch, booth, request.code_hash, request.method, request.amount_fen, at
    )
    session.add(payment)
    note_opened(session, payment, f"booth:{booth.name}", at)
    if request.method == "waived":
        settle(session, payment, f"booth:{booth.name}", at)
    return info(session, payment, at, settings)


def is_settled(session: Session, batch_id: int, code_hash: str) -> bool:
    """Whether a student's fee for a batch is settled, by whatever method."""
    return settled(session, batch_id, code_hash) is not None


def settled(session: Session, batch_id: int, code_hash: str) -> Payment | None:
    """Return the payment that settled a student's fee for a batch, None when none has."""
    return session.scalar(
        select(Payment)
        .where(
            Payment.batch_id == batch_id,
            Payment.code_hash == code_hash,
            Payment.state == PaymentState.SETTLED,
            Payment.print_order_id.is_(None),
            ~_goes_back(Payment.reference),
        )
        .order_by(Payment.settled_at)
        .limit(1)
    )


def is_wanted(session: Session, payment: Payment) -> bool:
    """Whether what a payment is for has not been paid by another one, nor been called off."""
    if payment.print_order_id is not None:
        return print_changes.is_unpaid(session, payment.print_order_id)
    return settled(session, payment.batch_id, payment.code_hash) is None


def income_of(payment: Payment) -> str:
    """Return the ledger's account that a payment earns for."""
    return ledger.FEES if payment.print_order_id is None else ledger.PRINTS


def goes_back(session: Session, reference: str) -> bool:
    """Whether a payment was paid back, or is about to be."""
    return (
        session.scalar(
            select(Payment.reference).where(
                Payment.reference == reference, _goes_back(Payment.reference)
            )
        )
        is not None
    )


def batch_of(session: Session, payment: Payment) -> Batch:
    """Return the batch a payment is for."""
    return session.get_one(Batch, payment.batch_id)


def find(session: Session, reference: str) -> Payment:
    """Return a payment. Its reference is made from the student's code, so no one guesses it.

    Raises:
        ServiceError: 404, there is none.
    """
    payment = session.get(Payment, reference)
    if payment is None:
        raise ServiceError(
            404, "payment_unknown", "No payment has this reference.", "Open the payment again."
        )
    return payment


def vouch(session: Session, payment: Payment, message: Vouch, booth: Booth, at: datetime) -> None:
    """Booth staff took the money.

    Raises:
        ServiceError: 409, it is not a counter payment or was given up.
    """
    if payment.method != "counter":
        raise ServiceError(
            409, "payment_method", "Only counter payments are vouched for.",
            "Open a payment of the method 'counter'.",
        )  # fmt: skip
    if payment.state == PaymentState.SETTLED:
        return
    payment.vouched_by = message.staff[:100]
    settle(session, payment, f"booth:{booth.name}/{message.staff[:40]}", at)


def record_with_photo(
    session: Session, message: Submission, batch: Batch, booth: Booth, at: datetime
) -> None:
    """Record a counter payment that staff vouched for while the network was away.

    What was not so (another method, another amount, a payment given up) is left as it is: the
    reviewer sees that the fee is not settled.
    """
    reference = message.payment_reference
    if message.payment_method != "counter" or not re.fullmatch(REFERENCE_PATTERN, reference):
        return
    payment = session.get(Payment, reference)
    if payment is None:
        if message.payment_amount_fen != batch.fee_fen or "counter" not in batch.payment_methods:
            return
        payment = _new(reference, batch, booth, message.code_hash, "counter", batch.fee_fen, at)
        session.add(payment)
        session.flush()
    if payment.state == PaymentState.OPEN and payment.method == "counter":
        payment.vouched_by = f"booth {booth.name}, told with the photo"
        settle(session, payment, f"booth:{booth.name}", at)


def settle(session: Session, payment: Payment, actor: str, at: datetime) -> None:
    """Settle a payment, and book it.

    Raises:
        ServiceError: 409, it was given up, or the prints it is for were called off.
    """
    if payment.state == PaymentState.CLOSED:
        raise ServiceError(409, "payment_closed", "This payment was given up.", "Open a new one.")
    if payment.print_order_id is not None:
        print_changes.paid(session, payment.print_order_id, payment.reference, actor, at)
    payment.state, payment.settled_at = PaymentState.SETTLED, at
    if payment.method != "waived":
        amount, income = payment.amount_fen, income_of(payment)
        ledger.paid(session, payment.method, payment.reference, amount, at, income)
    _log(session, payment, "payment_settle", actor, at)


def pay_sandbox(session: Session, payment: Payment, at: datetime) -> None:
    """Pay with play money.

    Raises:
        ServiceError: 409, it is not a sandbox payment or was given up.
    """
    if payment.method != "sandbox":
        raise ServiceError(409, "payment_method", "This payment is not of the sandbox.")
    if payment.state != PaymentState.SETTLED:
        settle(session, payment, "sandbox", at)


def close(session: Session, payment: Payment, booth: Booth, at: datetime) -> None:
    """Give a payment up; a settled one stays settled, a closed one closed."""
    if payment.state == PaymentState.OPEN:
        mark_closed(session, payment, f"booth:{booth.name}", at)


def mark_closed(session: Session, payment: Payment, actor: str, at: datetime) -> None:
    """Close an open payment."""
    payment.state, payment.closed_at = PaymentState.CLOSED, at
    _log(session, payment, "payment_close", actor, at)


def info(
    session: Session, payment: Payment, at: datetime, settings: CentralServiceSettings
) -> PaymentInfo:
    """Return a payment as it stands at this moment.

    A sandbox payment that settles by itself does so here, when it is looked at: that needs no
    timer, and holds with any number of servers.
    """
    delay = settings.sandbox_settles_after_s
    if (
        delay is not None
        and payment.method == "sandbox"
        and payment.state == PaymentState.OPEN
        and at - payment.created_at >= timedelta(seconds=delay)
        and is_wanted(session, payment)
    ):
        settle(session, payment, "sandbox", at)
    qr_text = ""
    if payment.method == "sandbox" and payment.state == PaymentState.OPEN:
        qr_text = f"{settings.public_base}/sandbox/pay/{payment.reference}"
    at_provider = session.get(ProviderPayment, payment.reference)
    if at_provider is not None and payment.state == PaymentState.OPEN:
        qr_text = at_provider.qr_text
    return PaymentInfo(
        reference=payment.reference,
        state=PaymentState(payment.state),
        amount_fen=payment.amount_fen,
        method=payment.method,
        qr_text=qr_text,
    )


def _new(
    reference: str,
    batch: Batch,
    booth: Booth,
    code_hash: str,
    method: str,
    amount_fen: int,
    at: datetime,
) -> Payment:
    return Payment(
        reference=reference,
        batch_id=batch.id,
        booth_id=booth.id,
        code_hash=code_hash,
        method=method,
        state=PaymentState.OPEN,
        amount_fen=amount_fen,
        created_at=at,
    )


def is_set_up(settings: CentralServiceSettings, method: str) -> bool:
    """Whether a way to pay can be used here."""
    return {
        "sandbox": settings.sandbox,
        "wechat": settings.wechat is not None,
        "alipay": settings.alipay is not None,
    }.get(method, True)


def note_opened(session: Session, payment: Payment, actor: str, at: datetime) -> None:
    """Add to the audit log that a payment was opened."""
    _log(session, payment, "payment_open", actor, at)


def _check(
    batch: Batch, request: PaymentRequest, at: datetime, settings: CentralServiceSettings
) -> None:
    if not batch.is_open(at):
        raise ServiceError(409, "batch_closed", "The batch is closed.", "Ask the school.")
    if request.method not in batch.payment_methods or not is_set_up(settings, request.method):
        raise ServiceError(
            422, "payment_method", f"This batch is not paid by {request.method!r}.",
            f"Use one of: {', '.join(batch.payment_methods)}.",
        )  # fmt: skip
    # Who waives a fee may say so, or say what is waived.
    amounts = {batch.fee_fen, 0} if request.method == "waived" else {batch.fee_fen}
    if request.amount_fen not in amounts:
        raise ServiceError(
            422, "payment_amount",
            f"The amount is {request.amount_fen} fen; the batch asks {batch.fee_fen}.",
            "Look the batch up again: its fee may have changed.",
        )  # fmt: skip


def _log(session: Session, payment: Payment, action: str, actor: str, at: datetime) -> None:
    detail = {"reference": payment.reference, "fen": payment.amount_fen, "by": payment.method}
    history.note(session, actor, action, at, detail)


def _goes_back(reference: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return exists().where(Refund.reference == reference, Refund.state != "failed")

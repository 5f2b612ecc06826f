"""Orders of prints: ordered and called off by students, made and sent by the print shop."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.central.contract import PaymentState
from kiosk.central.service import (
    addresses,
    history,
    notices,
    payments,
    print_changes,
    print_terms,
    provider_payments,
)
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.print_products import products
from kiosk.central.service.print_states import ENDED, PrintAction, PrintState, next_state
from kiosk.central.service.print_tables import Address, PrintOrder
from kiosk.central.service.tables import Order, Payment

_ID_BYTES = 8
SHIP, PICK_UP = "ship", "pick_up"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a student orders.

    Attributes:
        lines: size to number of sheets.
        delivery: `SHIP` or `PICK_UP`.
        address: name of one of the student's addresses, for `SHIP`.
        repeats: the earlier order of prints it repeats, None for a first one.
    """

    lines: Mapping[str, int]
    delivery: str
    address: str = ""
    repeats: str | None = None


def order(service: Service, session: Session, owner: Order, wish: Wish, at: datetime) -> PrintOrder:
    """Order prints of the approved photo; they are made once they are paid.

    Raises:
        ServiceError: prints are not offered, the photo is not approved, or the wish cannot be.
    """
    terms = print_terms.of(session, owner.batch)
    if not terms.is_offered:
        raise ServiceError(409, "prints_not_offered", "Prints are not offered.", "Ask the school.")
    if owner.state not in notices.HAS_PHOTO:
        raise ServiceError(409, "not_approved", "The photo is not approved yet.", "Wait for it.")
    lines = _lines(wish.lines, service.settings.prints.sheets_most)
    _refuse_many(session, owner, service.settings.prints.open_most)
    price, shipping = sum(lines.values()) * terms.price_fen, 0
    sealed = pickup = ""
    if wish.delivery == PICK_UP and terms.pickup:
        pickup = terms.pickup
    elif wish.delivery == SHIP:
        if not wish.address:
            raise ServiceError(422, "address_missing", "Where to is missing.", "Add an address.")
        sealed, shipping = addresses.find(session, owner, wish.address).sealed, terms.shipping_fen
    else:
        raise ServiceError(422, "prints_delivery", "They cannot be had so.", "Choose again.")
    if not print_terms.ways_to_pay(service, terms, price + shipping):
        raise ServiceError(409, "prints_payment", "There is no way to pay.", "Ask the school.")
    prints = PrintOrder(
        id=secrets.token_hex(_ID_BYTES), order_id=owner.id, batch_id=owner.batch_id,
        state=next_state(None, PrintAction.ORDER), lines=dict(lines),
        delivery=wish.delivery, address_sealed=sealed, pickup=pickup,
        price_fen=price, shipping_fen=shipping, payment_reference="",
        carrier="", tracking="", reason="", created_at=at, changed_at=at,
        repeats=find(session, owner, wish.repeats).id if wish.repeats else None,
    )  # fmt: skip
    session.add(prints)
    history.note(
        session, "student", "prints_order", at,
        {"prints": prints.id, "lines": prints.lines, "fen": prints.amount_fen},
        order_id=owner.id, after=PrintState.ORDERED,
    )  # fmt: skip
    session.flush()
    return prints


def find(session: Session, owner: Order, name: str) -> PrintOrder:
    """Return an order of prints of this student.

    Raises:
        ServiceError: 404, there is none.
    """
    prints = session.get(PrintOrder, name)
    if prints is None or prints.order_id != owner.id:
        raise ServiceError(404, "prints_unknown", "There are no such prints.", "Go back.")
    return prints


def of(session: Session, owner: Order) -> list[PrintOrder]:
    """Return a student's orders of prints, the newest first."""
    return list(
        session.scalars(
            select(PrintOrder)
            .where(PrintOrder.order_id == owner.id)
            .order_by(PrintOrder.created_at.desc(), PrintOrder.id)
        )
    )


def call_off(
    session: Session, prints: PrintOrder, action: PrintAction, actor: str, at: datetime,
    reason: str = "",
) -> None:  # fmt: skip
    """Cancel or refuse an order of prints; what was paid goes back, an open payment is closed.

    One that is open at a provider is closed there by who follows it; paid nevertheless it goes
    back by itself.

    Raises:
        ServiceError: 409, it is made already.
    """
    print_changes.change(session, prints, action, actor, at, {"why": reason})
    prints.reason = reason[:200]
    for payment in session.scalars(select(Payment).where(Payment.print_order_id == prints.id)):
        if payment.state == PaymentState.OPEN and not provider_payments.is_there(session, payment):
            payments.mark_closed(session, payment, actor, at)
        elif payment.state == PaymentState.SETTLED and payment.method != "waived":
            provider_payments.request_refund(
                session, payment.reference, reason or "取消冲印", actor, at
            )


def erase(session: Session, owner_id: str) -> None:
    """Remove where a student's prints went; counts and money stay."""
    for address in session.scalars(select(Address).where(Address.order_id == owner_id)):
        session.delete(address)
    for prints in session.scalars(select(PrintOrder).where(PrintOrder.order_id == owner_id)):
        forget(prints)


def forget(prints: PrintOrder) -> None:
    """Remove from an order of prints what tells where its student lives."""
    prints.address_sealed = prints.tracking = prints.reason = ""


def _lines(wished: Mapping[str, int], most: int) -> dict[str, int]:
    lines = {size: sheets for size, sheets in wished.items() if sheets}
    sheets = list(lines.values())
    if not lines or any(size not in products().product for size in lines):
        raise ServiceError(422, "prints_lines", "No sheet was chosen.", "Choose at least one.")
    if min(sheets) < 1 or sum(sheets) > most:
        raise ServiceError(
            422, "prints_many", f"{most} sheets are the most of one order.", "Order fewer."
        )
    return lines


def _refuse_many(session: Session, owner: Order, most: int) -> None:
    open_ones = PrintOrder.order_id == owner.id, PrintOrder.state.not_in(ENDED)
    if (session.scalar(select(func.count()).where(*open_ones)) or 0) >= most:
        raise ServiceError(
            409, "prints_open", "Too many of your prints are on their way already.",
            "Wait for them, or cancel one.",
        )  # fmt: skip

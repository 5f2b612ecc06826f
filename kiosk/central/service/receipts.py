"""The student's link: which order it opens, until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, joinedload

from kiosk.central.service import history
from kiosk.central.service.booths import digest
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import Action
from kiosk.central.service.tables import Order, Receipt


def order_of(session: Session, token: str, at: datetime) -> Order:
    """Return the order a receipt token opens.

    Raises:
        ServiceError: 404 for an unknown token, 410 for one that has expired.
    """
    whole = joinedload(Receipt.order).joinedload(Order.batch)
    receipt = session.get(Receipt, digest(token), options=(whole,))
    if receipt is None:
        raise ServiceError(
            404, "receipt_unknown", "This link opens no order.",
            "Scan the receipt's QR code again. A photo just taken may need a minute to arrive.",
        )  # fmt: skip
    if receipt.expires_at <= at:
        raise ServiceError(
            410, "receipt_expired", "This link has expired.", "Ask the school about your photo."
        )
    return receipt.order


def withdraw(session: Session, token: str, at: datetime) -> None:
    """The student takes the photo back.

    Raises:
        ServiceError: the link is not good, or the photo is no longer pending.
    """
    order = order_of(session, token, at)
    history.change(session, order, Action.WITHDRAW, "student", at, {"version": order.version})

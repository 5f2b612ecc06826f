"""What a batch offers of prints: whether, the prices, picking up, the ways to pay."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from kiosk.central.contract import MAX_FEN, PaymentMethod
from kiosk.central.service import history
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.print_tables import BatchPrints
from kiosk.central.service.tables import Batch


class PrintTerms(BaseModel):
    """What a batch's students may order.

    Attributes:
        is_offered: whether they may at all.
        price_fen: of a sheet.
        shipping_fen: of a parcel, whatever is in it.
        pickup: where prints may be picked up; empty: nowhere, they are sent.
        payment_methods: ways to pay them; the fee of the photo has its own.
    """

    model_config = ConfigDict(frozen=True)

    is_offered: bool = False
    price_fen: int = Field(0, ge=0, le=MAX_FEN)
    shipping_fen: int = Field(0, ge=0, le=MAX_FEN)
    pickup: str = Field("", max_length=200)
    payment_methods: tuple[PaymentMethod, ...] = ()


def of(session: Session, batch: Batch) -> PrintTerms:
    """Return what a batch offers."""
    row = session.get(BatchPrints, batch.id)
    if row is None:
        return PrintTerms()
    return PrintTerms.model_validate({name: getattr(row, name) for name in PrintTerms.model_fields})


def change(session: Session, batch: Batch, terms: PrintTerms, at: datetime, by: str) -> None:
    """Set what a batch offers; prints that are ordered already keep their prices.

    Raises:
        ServiceError: 422, money is asked but no way to pay it.
    """
    asks = terms.price_fen or terms.shipping_fen
    if terms.is_offered and asks and not terms.payment_methods:
        raise ServiceError(
            422, "prints_payment", "Money is asked but no way to pay it.", "Choose one."
        )
    values = terms.model_dump() | {"payment_methods": list(terms.payment_methods)}
    row = session.get(BatchPrints, batch.id)
    if row is None:
        session.add(BatchPrints(batch_id=batch.id, **values))
    else:
        for name, value in values.items():
            setattr(row, name, value)
    history.note(session, by, "prints_terms", at, {"code": batch.code} | values)


def ways_to_pay(service: Service, terms: PrintTerms, amount_fen: int) -> tuple[str, ...]:
    """Return the ways an amount can be paid here and now; nothing to pay is waived."""
    if not amount_fen:
        return ("waived",)
    set_up = {"waived", "counter", *service.gateways} | (
        {"sandbox"} if service.settings.sandbox else set()
    )
    return tuple(method for method in terms.payment_methods if method in set_up)

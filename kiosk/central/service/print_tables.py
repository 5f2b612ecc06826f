"""Tables of prints: what a batch asks for them, students' addresses, orders of prints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kiosk.central.service.tables import Base, Order, Word


class BatchPrints(Base):
    """What a batch's students may order; without a row nothing."""

    __tablename__ = "batch_prints"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    is_offered: Mapped[bool]
    price_fen: Mapped[int]
    shipping_fen: Mapped[int]
    pickup: Mapped[str] = mapped_column(String(200))
    payment_methods: Mapped[list[str]]


class Address(Base):
    """Where a student has things sent; sealed with the service's own key."""

    __tablename__ = "addresses"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    sealed: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime]


class PrintOrder(Base):
    """An order of prints of an order's photo; `revision` guards against lost updates.

    `lines` is size to sheets. The address is a copy, sealed: what is on its way does not change
    with the student's own list. `batch_id` is its order's, so that a batch's queue is an index.
    """

    __tablename__ = "print_orders"
    __table_args__ = (
        Index("print_orders_queue", "state", "changed_at", "id"),
        Index("print_orders_queue_of_batch", "batch_id", "state", "changed_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    batch_id: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[str] = mapped_column(Word)
    revision: Mapped[int] = mapped_column()
    lines: Mapped[dict[str, Any]]
    delivery: Mapped[str] = mapped_column(Word)
    address_sealed: Mapped[str] = mapped_column(String(2000))
    pickup: Mapped[str] = mapped_column(String(200))
    price_fen: Mapped[int]
    shipping_fen: Mapped[int]
    payment_reference: Mapped[str] = mapped_column(String(32))
    carrier: Mapped[str] = mapped_column(String(40))
    tracking: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(200))
    repeats: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    order: Mapped[Order] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def amount_fen(self) -> int:
        """What is paid: sheets and shipping."""
        return self.price_fen + self.shipping_fen

    @property
    def number(self) -> str:
        """How people name it."""
        return f"{self.id[:4]}-{self.id[4:8]}".upper()

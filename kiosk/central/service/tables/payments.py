"""Payments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables.base import Base, Word


class Payment(Base):
    """Money on its way, for the photo or for prints; named by a booth's reference, or our own."""

    __tablename__ = "payments"
    __table_args__ = (Index("payments_of", "batch_id", "code_hash"),)

    reference: Mapped[str] = mapped_column(String(32), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    booth_id: Mapped[int] = mapped_column(ForeignKey("booths.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(Word)
    state: Mapped[str] = mapped_column(Word)
    amount_fen: Mapped[int]
    vouched_by: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    print_order_id: Mapped[str | None] = mapped_column(String(16), index=True)

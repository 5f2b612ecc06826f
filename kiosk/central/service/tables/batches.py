"""Collection batches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, true
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables.base import Base, Word

EXPORT_TEMPLATE = "{batch}_{seq:04d}_{code_hash8}"
"""A delivered photo's name, unless the batch says another."""


class Batch(Base):
    """One collection batch of one school; `code_key` is the code without regard to case."""

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8))
    code_key: Mapped[str] = mapped_column(String(8), unique=True)
    school: Mapped[str] = mapped_column(String(200), index=True)
    title: Mapped[str] = mapped_column(String(200))
    standard: Mapped[str] = mapped_column(String(40))
    background: Mapped[str] = mapped_column(String(10))
    glasses: Mapped[str] = mapped_column(String(20))
    bracket_policy: Mapped[str] = mapped_column(String(10))
    fee_fen: Mapped[int]
    payment_methods: Mapped[list[str]]
    min_bytes: Mapped[int | None]
    max_bytes: Mapped[int | None]
    takes: Mapped[int]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    payer: Mapped[str] = mapped_column(Word, default="student", server_default="student")
    export_template: Mapped[str] = mapped_column(
        String(100), default=EXPORT_TEMPLATE, server_default=EXPORT_TEMPLATE
    )
    retention_days: Mapped[int] = mapped_column(default=180, server_default="180")

    phone_start: Mapped[bool] = mapped_column(default=True, server_default=true())

    def is_open(self, at: datetime) -> bool:
        """Whether photos may be taken for it at this moment."""
        begun = self.opens_at is None or self.opens_at <= at
        return begun and (self.closes_at is None or at < self.closes_at)

"""Orders, their photos, the links to them, and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kiosk.central.service.tables.base import Base, Word, partial_index
from kiosk.central.service.tables.batches import Batch
from kiosk.central.service.tables.booths import Booth


class Order(Base):
    """What one student has going in one batch; `revision` guards against lost updates."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("batch_id", "code_hash"),
        Index("orders_queue", "state", "pending_since", "id"),
        Index("orders_progress", "batch_id", "class_name", "state"),
        # Few: those that a reviewer has, or had when they went away.
        partial_index("orders_leased", "leased_until", where="leased_until IS NOT NULL"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    code_hash: Mapped[str] = mapped_column(String(64), index=True)
    # What it was before is always known, for `order_counts`.
    state: Mapped[str] = mapped_column(Word, active_history=True)
    version: Mapped[int]
    revision: Mapped[int] = mapped_column()
    masked_name: Mapped[str] = mapped_column(String(100))
    masked_number: Mapped[str] = mapped_column(String(100))
    last_four: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    pending_since: Mapped[datetime]
    leased_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    leased_until: Mapped[datetime | None]
    roster_key: Mapped[str] = mapped_column(String(32), default="", server_default="")
    class_name: Mapped[str] = mapped_column(String(60), default="", server_default="")

    batch: Mapped[Batch] = relationship()
    photos: Mapped[list[Photo]] = relationship(
        back_populates="order", order_by="Photo.version", cascade="all"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def photo(self) -> Photo:
        """The newest version: the one that counts."""
        return self.photos[-1]


class Photo(Base):
    """One version of an order's photo, with all that came with it."""

    __tablename__ = "photos"
    __table_args__ = (UniqueConstraint("order_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    version: Mapped[int]
    photo_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    photo_bytes: Mapped[int]
    original_sha256: Mapped[str] = mapped_column(String(64), index=True)
    original_bytes: Mapped[int]
    original_media_type: Mapped[str] = mapped_column(String(40))
    booth_id: Mapped[int] = mapped_column(ForeignKey("booths.id"))
    decoder: Mapped[str] = mapped_column(String(40))
    shot_at: Mapped[datetime]
    received_at: Mapped[datetime]
    consent_version: Mapped[str] = mapped_column(String(40))
    consent_at: Mapped[datetime]
    payment_reference: Mapped[str] = mapped_column(String(32))
    staff_passed: Mapped[bool]
    receipt_number: Mapped[str] = mapped_column(String(40))
    report: Mapped[dict[str, Any]]
    signature: Mapped[str] = mapped_column(String(128))
    signature_valid: Mapped[bool | None]
    report_signature: Mapped[str] = mapped_column(Word, default="", server_default="")
    reasons: Mapped[list[str]]
    is_compared: Mapped[bool] = mapped_column(default=False, server_default=false())

    order: Mapped[Order] = relationship(back_populates="photos")
    booth: Mapped[Booth] = relationship()


class Receipt(Base):
    """A student's link to an order. Of its token only the SHA-256 is kept."""

    __tablename__ = "receipts"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    expires_at: Mapped[datetime]

    order: Mapped[Order] = relationship()


class Event(Base):
    """A line of the audit log: who did what when, and why. Never changed, never removed."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(Word)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"), index=True)
    state_before: Mapped[str | None] = mapped_column(Word)
    state_after: Mapped[str | None] = mapped_column(Word)
    detail: Mapped[dict[str, Any]]

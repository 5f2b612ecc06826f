"""Tables of the student's page: where mail goes, and originals sent from a phone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kiosk.central.service.tables import Base, Order, Word


class Contact(Base):
    """Where a student wants to be told; removed with the order's other data."""

    __tablename__ = "contacts"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime]


class PhoneUpload(Base):
    """An original sent from a phone, until a photo was made of it.

    `state` is waiting, done or refused; `findings` are codes of `originals.FINDINGS` or of the
    program that makes the photo.
    """

    __tablename__ = "phone_uploads"
    __table_args__ = (Index("phone_uploads_of", "order_id", "received_at"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    original_sha256: Mapped[str] = mapped_column(String(64), index=True)
    original_bytes: Mapped[int]
    consent_version: Mapped[str] = mapped_column(String(40))
    shot_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Word)
    findings: Mapped[list[str]]
    photo_version: Mapped[int | None]
    done_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()

"""Tables of money: payments at a provider, refunds, and the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables import Base, Word


class ProviderPayment(Base):
    """What a provider such as WeChat Pay knows of a payment.

    `qr_text` is scanned by another device; `phone_url` opens the provider on the very phone that
    shows the page. One of the two is empty.
    """

    __tablename__ = "provider_payments"

    reference: Mapped[str] = mapped_column(ForeignKey("payments.reference"), primary_key=True)
    qr_text: Mapped[str] = mapped_column(String(500))
    phone_url: Mapped[str] = mapped_column(String(4000), default="", server_default="")
    transaction: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    asked_at: Mapped[datetime]


class Refund(Base):
    """Money on its way back; named by our own number, which is repeated until it is done.

    `state` is requested, accepted (the provider's word for "later"), done or failed.
    """

    __tablename__ = "refunds"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    reference: Mapped[str] = mapped_column(ForeignKey("payments.reference"), index=True)
    amount_fen: Mapped[int]
    reason: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(Word, index=True)
    requested_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(200))


class LedgerEntry(Base):
    """One side of a posting. The sides of a posting add up to nothing; none is ever changed."""

    __tablename__ = "ledger"
    __table_args__ = (Index("ledger_by_day", "at", "account"),)

    posting: Mapped[str] = mapped_column(String(48), primary_key=True)
    account: Mapped[str] = mapped_column(String(40), primary_key=True)
    amount_fen: Mapped[int]
    reference: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime]

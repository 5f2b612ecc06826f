"""Tables of deliveries: exports as they were made, and what came of the students' proofs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kiosk.central.service.tables import Base, Batch, Word


class Export(Base):
    """A delivery. `rows` is its manifest, fixed when it was made: it gives the same ZIP for ever.

    Each row: order, seq, file, sha256, size, code_hash, shot_at, booth, checks.
    """

    __tablename__ = "exports"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(60))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str] = mapped_column(String(60))

    batch: Mapped[Batch] = relationship()


class Proof(Base):
    """What came of the student's look at the delivered photo: passed or failed."""

    __tablename__ = "proofs"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    result: Mapped[str] = mapped_column(Word)
    detail: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    imported_by: Mapped[str] = mapped_column(String(60))

"""Tables of the numbers of orders; see `order_counts`."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables import Base, Word


class OrderCount(Base):
    """How many orders of a batch are in a state, but for the changes below."""

    __tablename__ = "order_counts"

    state: Mapped[str] = mapped_column(Word, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), primary_key=True, index=True)
    orders: Mapped[int]


class OrderCountChange(Base):
    """So many more orders of a batch in a state, since `OrderCount` was written."""

    __tablename__ = "order_count_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(Word)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    orders: Mapped[int]

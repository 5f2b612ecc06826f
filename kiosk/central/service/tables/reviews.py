"""What reviewers decided, and their figures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kiosk.central.service.tables.base import Base, partial_index
from kiosk.central.service.tables.orders import Photo

REVIEW_NUMBERS = ("decided", "approved", "undone", "seen_twice", "differing")
SPENT_STEPS = 26
SPENT_NAMES = tuple(f"spent_{step}" for step in range(SPENT_STEPS))


class Decision(Base):
    """What a reviewer decided on a photo; `undone_at` when it was taken back."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("decisions_of", "staff_id", "at"),
        Index("decisions_since", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    is_approved: Mapped[bool]
    is_second_look: Mapped[bool]
    spent_s: Mapped[float | None]
    undone_at: Mapped[datetime | None]


class SecondLook(Base):
    """A decided photo that another reviewer judges too, without seeing the first decision."""

    __tablename__ = "second_looks"
    __table_args__ = (
        Index("second_looks_done", "done_at"),
        partial_index("second_looks_open", "id", where="done_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), unique=True)
    first_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    first_approved: Mapped[bool]
    second_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    second_approved: Mapped[bool | None]
    leased_by: Mapped[int | None]
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    photo: Mapped[Photo] = relationship()


review_days = Table(
    "review_days",
    Base.metadata,
    Column("day", Date, primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), primary_key=True),
    *(
        Column(name, Integer, nullable=False, server_default="0")
        for name in (*REVIEW_NUMBERS, *SPENT_NAMES)
    ),
    Index("review_days_of", "staff_id", "day"),
)
"""A reviewer's figures of a day in China; `review_days.py` says what the columns hold."""

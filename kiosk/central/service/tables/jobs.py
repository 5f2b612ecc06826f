"""Background jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables.base import Base, Word, partial_index


class Job(Base):
    """Something to be done in the background; removed when it is done."""

    __tablename__ = "jobs"
    # Those given up are not in it: they are neither passed over nor sorted at each look.
    __table_args__ = (partial_index("jobs_due", "due_at", "id", where="failed_at IS NULL"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Word)
    detail: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    taken_by: Mapped[str | None] = mapped_column(String(16))
    taken_until: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500))

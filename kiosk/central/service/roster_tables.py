"""Tables of rosters: what a school's list says, as hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables import Base


class RosterEntry(Base):
    """A student of a school's list: a hash and a class, nothing else."""

    __tablename__ = "roster_entries"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    class_name: Mapped[str] = mapped_column(String(60))


class RosterDraft(Base):
    """A list that was uploaded and is looked at before it counts."""

    __tablename__ = "roster_drafts"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    entries: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

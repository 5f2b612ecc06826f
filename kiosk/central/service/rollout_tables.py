"""Tables of versions on their way out to the booths."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kiosk.central.service.tables import Base, Booth


class RolloutRow(Base):
    """A version being rolled out; see `rollout.Rollout`. `stages`: groups and percent of each."""

    __tablename__ = "rollouts"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(40), unique=True)
    stages: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    stage: Mapped[int]
    halted: Mapped[str] = mapped_column(String(300))
    is_finished: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(60))


class BoothRelease(Base):
    """What a booth said last of the versions it has: committed, on trial, refused and why."""

    __tablename__ = "booth_releases"

    booth_id: Mapped[int] = mapped_column(ForeignKey("booths.id"), primary_key=True)
    committed: Mapped[str] = mapped_column(String(40))
    on_trial: Mapped[str] = mapped_column(String(40))
    refused: Mapped[dict[str, Any]]
    offered: Mapped[str] = mapped_column(String(40))
    told_at: Mapped[datetime]

    booth: Mapped[Booth] = relationship()

"""Table of support bundles that were asked for, and of those that came."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kiosk.central.service.tables import Base, Booth


class SupportBundle(Base):
    """One that was asked of a booth; `sha256` names the file in the storage once it came."""

    __tablename__ = "support_bundles"

    id: Mapped[int] = mapped_column(primary_key=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booths.id"), index=True)
    request: Mapped[str] = mapped_column(String(32), unique=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(60))
    received_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]

    booth: Mapped[Booth] = relationship()

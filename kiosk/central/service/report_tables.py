"""The public keys that booths sign their reports with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables import Base


class ReportKey(Base):
    """A booth's key, Ed25519 as base64; `retired_at` once the booth has another."""

    __tablename__ = "report_keys"

    key: Mapped[str] = mapped_column(String(44), primary_key=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booths.id"), index=True)
    known_since: Mapped[datetime]
    retired_at: Mapped[datetime | None]

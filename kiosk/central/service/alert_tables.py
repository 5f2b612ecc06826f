"""Table of alerts, those that stand and those that are over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables import Base


class AlertRow(Base):
    """One alert; see `alert_rules.Alert`.

    `subject` names a booth and a device, or a version; `what` is a device's fault as one word.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("alerts_by_thing", "kind", "subject", "cleared_at"),
        Index("alerts_standing", "cleared_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
    detail: Mapped[str] = mapped_column(String(300))
    what: Mapped[str] = mapped_column(String(40), default="", server_default="")
    bad_since: Mapped[datetime]
    raised_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    good_since: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(60))

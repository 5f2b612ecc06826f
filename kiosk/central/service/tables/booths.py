"""Booths, and the settings that are pushed to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables.base import Base


class Booth(Base):
    """An enrolled booth. Of its key only the SHA-256 is kept."""

    __tablename__ = "booths"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    group_name: Mapped[str] = mapped_column(String(40), default="", server_default="")
    enrol_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    enrol_until: Mapped[datetime | None]
    heartbeat: Mapped[dict[str, Any] | None]
    heartbeat_at: Mapped[datetime | None]
    heartbeat_number: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class BoothSettings(Base):
    """Settings for booths; `scope` is ``all``, ``group NAME`` or ``booth NAME``."""

    __tablename__ = "booth_settings"

    scope: Mapped[str] = mapped_column(String(60), primary_key=True)
    settings: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(60))

"""Staff accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables.base import Base, Word


class Staff(Base):
    """A staff account. Raising `epoch` ends all of its sessions.

    `school` limits a manager to the batches of this name; None for all. The second factor's secret
    is sealed by the service's own key; `totp_step` is the newest time step a code was accepted for.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(Word)
    school: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool]
    epoch: Mapped[int]
    created_at: Mapped[datetime]
    totp_sealed: Mapped[str | None] = mapped_column(String(300))
    totp_step: Mapped[int | None]


class LoginFailure(Base):
    """A wrong password, for the rate limit; removed when it no longer counts."""

    __tablename__ = "login_failures"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(100), index=True)
    at: Mapped[datetime] = mapped_column(index=True)

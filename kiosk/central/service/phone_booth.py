"""The booth that what comes from phones is booked under: photos and payments."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.service.booths import digest
from kiosk.central.service.tables import Booth

NAME = "phone-upload"
"""Nobody has its key."""


def phone_booth(session: Session, at: datetime) -> Booth:
    """Return it; made when it is not there."""
    booth = session.scalar(select(Booth).where(Booth.name == NAME))
    if booth is None:
        # Of a key that is thrown away; and revoked besides.
        nobody = digest(secrets.token_urlsafe(32))
        booth = Booth(name=NAME, token_hash=nobody, created_at=at, revoked_at=at)
        session.add(booth)
        session.flush()
    return booth

"""The booth that what comes from phones is booked under: photos and payments."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.service.booths import PHONES, digest
from kiosk.central.service.tables import Booth


def phone_booth(session: Session, at: datetime) -> Booth:
    """Return it; made when it is not there."""
    booth = session.scalar(select(Booth).where(Booth.name == PHONES))
    if booth is None:
        # Of a key that is thrown away; and revoked besides.
        nobody = digest(secrets.token_urlsafe(32))
        booth = Booth(name=PHONES, token_hash=nobody, created_at=at, revoked_at=at)
        session.add(booth)
        session.flush()
    return booth

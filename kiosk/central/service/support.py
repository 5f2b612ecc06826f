"""Support bundles: asked of a booth, taken in at its next heartbeats, kept for a while.

A bundle is a ZIP that `kiosk support bundle` makes. It is never opened here.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.contract import SUPPORT_REQUEST_PATTERN
from kiosk.central.service import history
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.support_tables import SupportBundle
from kiosk.central.service.tables import Booth

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""How a ZIP file begins: with a file, or empty. PKWARE's APPNOTE 4.3.7 and 4.3.16."""


def ask(session: Session, name: str, by: str, at: datetime) -> None:
    """Ask a booth for a bundle; asked twice before it came is asked once.

    Raises:
        ServiceError: there is no such booth, or it is revoked.
    """
    booth = session.scalar(select(Booth).where(Booth.name == name, Booth.revoked_at.is_(None)))
    if booth is None:
        raise ServiceError(404, "booth_missing", f"There is no booth {name}.")
    if wanted(session, booth, at, days=0) == "":
        row = SupportBundle(
            booth_id=booth.id, request=secrets.token_hex(16), asked_at=at, asked_by=by
        )
        session.add(row)
        history.note(session, by, "support_ask", at, {"booth": name})


def wanted(session: Session, booth: Booth, at: datetime, *, days: float) -> str:
    """Return the request a booth is to answer, empty for none.

    Args:
        session: the transaction.
        booth: which.
        at: now, UTC.
        days: a request older than this is given up; 0: never.
    """
    row = session.scalar(
        select(SupportBundle)
        .where(SupportBundle.booth_id == booth.id, SupportBundle.received_at.is_(None))
        .order_by(SupportBundle.id.desc())
        .limit(1)
    )
    given_up = row is not None and days and row.asked_at < at - timedelta(days=days)
    return "" if row is None or given_up else row.request


def take(service: Service, booth: Booth, request: str, content: bytes, at: datetime) -> str:
    """Take a bundle in and return the SHA-256 of what is kept.

    The same request answered again changes nothing.

    Raises:
        ServiceError: nobody asked this booth for it, it is no ZIP, too large, or cannot be kept.
    """
    if len(content) > service.settings.support_max_bytes:
        raise ServiceError(
            413, "too_large", "The support bundle is too large.",
            "Lower support.max_bytes of the booth.",
        )  # fmt: skip
    if not content.startswith(_ZIP):
        raise ServiceError(422, "support_bundle", "This is no support bundle.")
    sha256 = hashlib.sha256(content).hexdigest()

    def find(session: Session) -> SupportBundle | None:
        if not re.fullmatch(SUPPORT_REQUEST_PATTERN, request):
            return None
        return session.scalar(
            select(SupportBundle).where(
                SupportBundle.request == request, SupportBundle.booth_id == booth.id
            )
        )

    def keep(session: Session) -> str:
        row = find(session)
        if row is not None and row.received_at is None:
            row.received_at, row.sha256, row.size = at, sha256, len(content)
            detail = {"booth": booth.name, "bytes": len(content), "sha256": sha256}
            history.note(session, f"booth:{booth.name}", "support_bundle", at, detail)
        return sha256 if row is None or row.sha256 is None else row.sha256

    row = service.database.read(find)
    if row is None:
        raise ServiceError(404, "support_unknown", "Nobody asked this booth for that bundle.")
    if row.sha256 is not None:
        return row.sha256
    # The file before its row: a row never names a file that is not there.
    service.storage.put(sha256, io.BytesIO(content))
    return service.database.write(keep)


def fetch(service: Service, number: int, by: str, at: datetime) -> tuple[str, bytes]:
    """Return a bundle's file name and content, for a person.

    Raises:
        ServiceError: 404, there is none.
    """

    def work(session: Session) -> tuple[str, str]:
        row = session.get(SupportBundle, number)
        if row is None or row.sha256 is None or row.received_at is None:
            raise ServiceError(404, "support_unknown", "This support bundle is not kept any more.")
        history.note(session, by, "support_fetch", at, {"booth": row.booth.name, "id": row.id})
        return f"{row.booth.name}-{row.received_at:%Y%m%d-%H%M}.zip", row.sha256

    name, sha256 = service.database.write(work)
    with service.storage.open(sha256) as file:
        return name, file.read()


def newest(session: Session) -> Mapping[int, Sequence[SupportBundle]]:
    """Return each booth's requests, the newest first, at most three."""
    found: dict[int, list[SupportBundle]] = {}
    for row in session.scalars(select(SupportBundle).order_by(SupportBundle.id.desc()).limit(500)):
        rows = found.setdefault(row.booth_id, [])
        if len(rows) < 3:  # noqa: PLR2004 - as the docstring says
            rows.append(row)
    return found


def expire_job(service: Service, _detail: Mapping[str, Any]) -> None:
    """Forget requests and bundles that are too old; the files go with them."""
    now = service.clock()
    before = now - timedelta(days=service.settings.support_keep_days)

    def work(session: Session) -> list[str]:
        rows = session.scalars(select(SupportBundle).where(SupportBundle.asked_at < before)).all()
        for row in rows:
            session.delete(row)
        session.flush()
        files = {row.sha256 for row in rows if row.sha256 is not None}
        still = session.scalars(select(SupportBundle.sha256).where(SupportBundle.sha256.in_(files)))
        return sorted(files - set(still))

    for sha256 in service.database.write(work):
        service.storage.remove(sha256, before)

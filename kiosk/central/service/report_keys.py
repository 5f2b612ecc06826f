"""Whose report is it? Booths' public keys, and what a signature under a report is worth.

A booth's key becomes known when it is enrolled, or by its first heartbeat, and counts from then on;
another one counts only after the booth was enrolled anew. What no honest booth sends is refused: a
report that was changed, or is of another photo. What an honest one may send is marked for the
reviewer: one not signed, by a key not known yet, by an earlier one, or by another booth's (a copied
disk has that booth's key).
"""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.contract import Submission
from kiosk.central.service import history
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.report_tables import ReportKey
from kiosk.central.service.tables import Booth
from kiosk.central.signature import FIELD, Verified, verify


class Mark(enum.StrEnum):
    """What the reviewer is told of a report's signature."""

    VALID = "valid"
    EARLIER_KEY = "earlier_key"
    """Of a key that the booth had when the photo was shot."""
    UNKNOWN_KEY = "unknown_key"
    OTHER_BOOTH = "other_booth"
    UNSIGNED = "unsigned"


def judge(session: Session, booth: Booth, message: Submission) -> Mark:
    """Return what the signature under a submission's report is worth.

    Raises:
        ServiceError: 422, the report was changed, or is of another photo.
    """
    verified = verify(message.report)
    if verified is Verified.UNSIGNED:
        return Mark.UNSIGNED
    if verified is not Verified.VALID:
        raise ServiceError(
            422, "report_signature",
            "The photo's report was changed after the booth had signed it.",
            "Update the booth's software and check its disk; the photo stays in its outbox.",
        )  # fmt: skip
    if _hashes_of(message) != (message.photo_sha256, message.original_sha256):
        raise ServiceError(
            422, "report_mismatch", "The signed report is of another photo.",
            "Update the booth's software; the photo stays in its outbox.",
        )  # fmt: skip
    row = session.get(ReportKey, message.report[FIELD]["key"])
    if row is None:
        return Mark.UNKNOWN_KEY
    if row.booth_id != booth.id:
        return Mark.OTHER_BOOTH
    if row.retired_at is None:
        return Mark.VALID
    return Mark.EARLIER_KEY if message.shot_at <= row.retired_at else Mark.UNKNOWN_KEY


def note_first(session: Session, booth: Booth, key: str, at: datetime) -> None:
    """Take a key that a heartbeat tells, when none of this booth is known."""
    if not key or session.get(ReportKey, key) is not None or _current(session, booth):
        return
    session.add(ReportKey(key=key, booth_id=booth.id, known_since=at))
    _note(session, booth, key, at)


def replace(session: Session, booth: Booth, key: str, at: datetime) -> None:
    """Take the key of an enrolment; the booth's others are retired.

    Raises:
        ServiceError: 409, it is another booth's.
    """
    row = session.get(ReportKey, key)
    if row is not None and row.booth_id != booth.id:
        raise ServiceError(
            409, "report_key_used", "This booth signs its reports with another booth's key.",
            "Its disk is a copy: remove report.key from its data folder and enrol it again.",
        )  # fmt: skip
    retire(session, booth, at, but=key)
    if row is None:
        session.add(ReportKey(key=key, booth_id=booth.id, known_since=at))
        _note(session, booth, key, at)
    else:
        row.retired_at = None


def retire(session: Session, booth: Booth, at: datetime, *, but: str = "") -> None:
    """Let a booth's keys count no more for photos shot from now on."""
    for row in _current(session, booth):
        if row.key != but:
            row.retired_at = at


def _current(session: Session, booth: Booth) -> list[ReportKey]:
    mine = ReportKey.booth_id == booth.id, ReportKey.retired_at.is_(None)
    return list(session.scalars(select(ReportKey).where(*mine)))


def _hashes_of(message: Submission) -> tuple[object, object]:
    file, source = message.report.get("file"), message.report.get("provenance")
    return (
        file.get("sha256") if isinstance(file, dict) else None,
        source.get("original_sha256") if isinstance(source, dict) else None,
    )


def _note(session: Session, booth: Booth, key: str, at: datetime) -> None:
    detail = {"booth": booth.name, "key": key}
    history.note(session, f"booth:{booth.name}", "booth_report_key", at, detail)

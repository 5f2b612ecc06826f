"""Whose report is it? Booths' public keys, and what a signature under a report is worth.

A booth's key becomes known when it is enrolled, or by its first heartbeat, and counts from then on;
another one counts only after the booth was enrolled anew. What no honest booth sends is refused: a
report that was changed, or is of another photo. What an honest one may send is marked for the
reviewer: one not signed, by a key not known yet, by an earlier one, or by another booth's (a copied
disk has that booth's key).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.contract import Submission
from kiosk.central.service import history
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.report_tables import ReportKey
from kiosk.central.service.tables import Booth
from kiosk.central.signature import FIELD, Verified, verify

# Of a key's 44 characters, enough to tell it from others by eye.
_SHOWN = 12


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


class KeyFault(enum.StrEnum):
    """What is wrong with the key that a booth tells: words of the fleet page and of alerts."""

    UNKNOWN = "key_unknown"
    """It is not the one the booth was enrolled with."""
    OF_ANOTHER = "key_of_another"
    """It is another booth's: one of the disks is a copy."""


@dataclass(frozen=True, slots=True)
class KeysThatCount:
    """The keys that count now.

    Attributes:
        owners: key to the name of its booth.
        since: number of a booth to since when its newest key counts.
    """

    owners: Mapping[str, str]
    since: Mapping[int, datetime]

    def fault(self, booth: Booth) -> tuple[KeyFault, str] | None:
        """Return what is wrong with the key of a booth's last heartbeat, and what to say of it.

        None for nothing: the key is right, none was told (older versions tell none), or the
        heartbeat is older than the booth's enrolment.
        """
        key = str((booth.heartbeat or {}).get("report_key") or "")
        since = self.since.get(booth.id)
        is_older = (
            since is not None and booth.heartbeat_at is not None and (booth.heartbeat_at < since)
        )
        owner = self.owners.get(key)
        if not key or is_older or owner == booth.name:
            return None
        if owner is not None:
            return KeyFault.OF_ANOTHER, owner
        return KeyFault.UNKNOWN, key[:_SHOWN]


def that_count(session: Session) -> KeysThatCount:
    """Return the keys of all booths that count now."""
    rows = session.execute(
        select(ReportKey.key, ReportKey.known_since, Booth.id, Booth.name)
        .join(Booth, Booth.id == ReportKey.booth_id)
        .where(ReportKey.retired_at.is_(None))
    ).all()
    since: dict[int, datetime] = {}
    for _, known, number, _ in rows:
        since[number] = max(known, since.get(number, known))
    return KeysThatCount({key: name for key, _, _, name in rows}, since)


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

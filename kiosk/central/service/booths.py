"""Booths: enrolling, and knowing one by its key."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk.central.service import history, report_keys
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Booth

NAME_PATTERN = r"^[a-z0-9-]{1,40}$"
PHONES = "phone-upload"
"""The booth that what comes from phones is booked under. It is no machine: nobody has its key."""
_TOKEN_PREFIX = "ckb_"  # noqa: S105 - lets a leaked key be recognised as one
_TOKEN_BYTES = 32
# Without those that are read for one another (Crockford's base 32): 60 bits.
_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LIFETIME = timedelta(hours=24)
_SEEN_EVERY = timedelta(seconds=60)


def digest(token: str) -> str:
    """Return what is kept of a key or receipt token.

    They are long and random, so a plain hash cannot be searched; passwords get argon2.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def enrol(session: Session, name: str, at: datetime, group: str = "", by: str = "operator") -> str:
    """Enrol a booth and return its key, which is not kept and cannot be shown again.

    Raises:
        ServiceError: the name or the group is not one, or the name is taken.
    """
    if group and not re.fullmatch(NAME_PATTERN, group):
        raise ServiceError(
            422, "booth_group", f"{group!r} is not a group's name.",
            "Use small letters, digits and hyphens, at most 40.",
        )  # fmt: skip
    if not re.fullmatch(NAME_PATTERN, name) or name == PHONES:
        raise ServiceError(
            422, "booth_name", f"{name!r} is not a booth's name.",
            "Use small letters, digits and hyphens, at most 40.",
        )  # fmt: skip
    if session.scalar(select(Booth.id).where(Booth.name == name)) is not None:
        raise ServiceError(
            409, "booth_exists", f"There is a booth {name} already.",
            "Take another name, or give this one a new key with 'booth rekey'.",
        )  # fmt: skip
    token = _new_token()
    session.add(Booth(name=name, token_hash=digest(token), created_at=at, group_name=group))
    history.note(session, by, "booth_add", at, {"booth": name})
    return token


def rekey(session: Session, name: str, at: datetime) -> str:
    """Give a booth a new key and return it; the old one is refused from now on."""
    booth = _named(session, name)
    token = _new_token()
    booth.token_hash, booth.revoked_at = digest(token), None
    report_keys.retire(session, booth, at)
    history.note(session, "operator", "booth_rekey", at, {"booth": name})
    return token


def offer_code(session: Session, name: str, at: datetime, by: str = "operator") -> str:
    """Return a one-time code by which the booth makes its own key known within a day."""
    booth = _named(session, name)
    letters = [secrets.choice(_CODE_LETTERS) for _ in range(12)]
    code = "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))
    booth.enrol_hash, booth.enrol_until = digest(code), at + _CODE_LIFETIME
    history.note(session, by, "booth_code", at, {"booth": name})
    return code


def enrol_by_code(
    session: Session, code: str, key_hash: str, at: datetime, report_key: str = ""
) -> Booth | None:
    """Make a booth's key known and return the booth; None for a code that is not good.

    The same code with the same key again answers alike, in case the first answer was lost; with
    another key it is used up. The key of its reports replaces an earlier one; without one the
    next heartbeat tells it.

    Raises:
        ServiceError: 409, it signs its reports with another booth's key.
    """
    booth = session.scalar(select(Booth).where(Booth.enrol_hash == digest(code)))
    if booth is None:
        return None
    if booth.token_hash == key_hash and booth.revoked_at is None:
        return booth
    if booth.enrol_until is None or booth.enrol_until <= at:
        return None
    taken = session.scalar(select(Booth.id).where(Booth.token_hash == key_hash))
    if taken is not None:
        return None  # a booth makes a new key for each enrolment
    if report_key:
        report_keys.replace(session, booth, report_key, at)
    else:
        report_keys.retire(session, booth, at)
    booth.token_hash, booth.revoked_at = key_hash, None
    booth.enrol_until = None
    history.note(session, f"booth:{booth.name}", "booth_enrol", at, {"booth": booth.name})
    return booth


def revoke(session: Session, name: str, at: datetime, by: str = "operator") -> None:
    """Refuse a booth from now on. What it has sent stays."""
    booth = _named(session, name)
    booth.revoked_at, booth.enrol_hash, booth.enrol_until = at, None, None
    history.note(session, by, "booth_revoke", at, {"booth": name})


def authenticate(session: Session, authorization: str | None) -> Booth:
    """Return the booth whose key the ``Authorization`` header holds.

    Raises:
        ServiceError: 401, it holds none that is known and not revoked.
    """
    scheme, _, token = (authorization or "").partition(" ")
    booth = None
    if scheme.lower() == "bearer" and token:
        booth = session.scalar(select(Booth).where(Booth.token_hash == digest(token.strip())))
    if booth is None or booth.revoked_at is not None:
        raise ServiceError(
            401, "booth_unknown", "This booth's key is missing, unknown or revoked.",
            "Take a new code from the fleet page. At the booth: sudo kiosk enrol CODE --config …",
        )  # fmt: skip
    return booth


def is_stale(booth: Booth, at: datetime) -> bool:
    """Whether it is time again to note that the booth was seen."""
    return booth.seen_at is None or at - booth.seen_at > _SEEN_EVERY


def note_seen(session: Session, booth_id: int, at: datetime) -> None:
    """Note that a booth was heard of."""
    session.execute(update(Booth).where(Booth.id == booth_id).values(seen_at=at))


def _named(session: Session, name: str) -> Booth:
    booth = session.scalar(select(Booth).where(Booth.name == name, Booth.name != PHONES))
    if booth is None:
        raise ServiceError(404, "booth_missing", f"There is no booth {name}.")
    return booth


def _new_token() -> str:
    return _TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)

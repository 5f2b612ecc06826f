"""Booths: enrolling, and knowing one by its key."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk.central.service import history
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Booth

NAME_PATTERN = r"^[a-z0-9-]{1,40}$"
_TOKEN_PREFIX = "ckb_"  # noqa: S105 - lets a leaked key be recognised as one
_TOKEN_BYTES = 32
_SEEN_EVERY = timedelta(seconds=60)


def digest(token: str) -> str:
    """Return what is kept of a key or receipt token.

    They are long and random, so a plain hash cannot be searched; passwords get argon2.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def enrol(session: Session, name: str, at: datetime) -> str:
    """Enrol a booth and return its key, which is not kept and cannot be shown again.

    Raises:
        ServiceError: the name is taken or not one.
    """
    if not re.fullmatch(NAME_PATTERN, name):
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
    session.add(Booth(name=name, token_hash=digest(token), created_at=at))
    history.note(session, "operator", "booth_add", at, {"booth": name})
    return token


def rekey(session: Session, name: str, at: datetime) -> str:
    """Give a booth a new key and return it; the old one is refused from now on."""
    booth = _named(session, name)
    token = _new_token()
    booth.token_hash, booth.revoked_at = digest(token), None
    history.note(session, "operator", "booth_rekey", at, {"booth": name})
    return token


def revoke(session: Session, name: str, at: datetime) -> None:
    """Refuse a booth from now on. What it has sent stays."""
    _named(session, name).revoked_at = at
    history.note(session, "operator", "booth_revoke", at, {"booth": name})


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
            "Enrol the booth with 'kiosk central booth add' and set central.booth_token_file.",
        )  # fmt: skip
    return booth


def is_stale(booth: Booth, at: datetime) -> bool:
    """Whether it is time again to note that the booth was seen."""
    return booth.seen_at is None or at - booth.seen_at > _SEEN_EVERY


def note_seen(session: Session, booth_id: int, at: datetime) -> None:
    """Note that a booth was heard of."""
    session.execute(update(Booth).where(Booth.id == booth_id).values(seen_at=at))


def _named(session: Session, name: str) -> Booth:
    booth = session.scalar(select(Booth).where(Booth.name == name))
    if booth is None:
        raise ServiceError(404, "booth_missing", f"There is no booth {name}.")
    return booth


def _new_token() -> str:
    return _TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)

"""Staff accounts: passwords, roles, and the limit on guessing."""

from __future__ import annotations

import enum
import re
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kiosk.central.service import history
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import LoginFailure, Staff

_NAME = r"^[A-Za-z0-9._-]{1,40}$"
# NIST SP 800-63B: length is what counts; no rules about kinds of characters.
_MIN_PASSWORD = 8
_HASHER = PasswordHasher()
# Verified when there is no such account, so that the answer takes as long as when there is.
_NOBODY = _HASHER.hash("nobody's password")


class Role(enum.StrEnum):
    """What an account may do; see `MAY`."""

    REVIEWER = "reviewer"
    MANAGER = "manager"
    ADMIN = "admin"


class Right(enum.StrEnum):
    """One thing that not everybody may do."""

    REVIEW = "review"
    """Look at photos and decide."""
    MANAGE = "manage"
    """See a batch's progress, take approved orders into production and finish them."""


MAY = {
    Role.REVIEWER: frozenset({Right.REVIEW}),
    Role.MANAGER: frozenset({Right.MANAGE}),
    Role.ADMIN: frozenset({Right.REVIEW, Right.MANAGE}),
}


def add(session: Session, name: str, password: str, role: Role, at: datetime) -> Staff:
    """Make an account.

    Raises:
        ServiceError: the name is taken or not one, or the password too short.
    """
    if not re.fullmatch(_NAME, name):
        raise ServiceError(
            422, "staff_name", f"{name!r} is not a name for an account.",
            "Use letters, digits, dots, hyphens, at most 40.",
        )  # fmt: skip
    if len(password) < _MIN_PASSWORD:
        raise ServiceError(
            422, "staff_password", "The password is too short.",
            f"Take at least {_MIN_PASSWORD} characters.",
        )  # fmt: skip
    if session.scalar(select(Staff.id).where(Staff.name == name.lower())) is not None:
        raise ServiceError(409, "staff_exists", f"There is an account {name} already.")
    account = Staff(
        name=name.lower(), password_hash=_HASHER.hash(password), role=role,
        is_active=True, epoch=0, created_at=at,
    )  # fmt: skip
    session.add(account)
    history.note(session, "operator", "staff_add", at, {"name": name.lower(), "role": role})
    return account


def log_in(service: Service, name: str, password: str, address: str) -> Staff:
    """Return the account these belong to.

    Args:
        service: the running service.
        name: as typed.
        password: as typed.
        address: of the browser, for the limit on guessing.

    Raises:
        ServiceError: 401, they do not fit; 429, too many wrong ones of late for this account
            or from this address.
    """
    now = service.clock()
    name = name.strip().lower()[:40]
    settings = service.settings
    limits = {
        f"name {name}": settings.login_failures,
        f"from {address[:60]}": settings.login_failures_per_address,
    }
    window = timedelta(seconds=settings.login_window_s)
    if service.database.read(lambda session: _too_many(session, limits, now - window)):
        raise ServiceError(
            429, "too_many_logins", "Too many wrong passwords.", "Wait, then try again.",
            retry_after_s=settings.login_window_s,
        )  # fmt: skip
    account = service.database.read(
        lambda session: session.scalar(select(Staff).where(Staff.name == name))
    )
    # Outside of a transaction: argon2 is slow on purpose.
    right = _verify(account.password_hash if account else _NOBODY, password)
    if account is None or not right or not account.is_active:
        service.database.write(lambda session: _note_failure(session, list(limits), now, window))
        raise ServiceError(401, "login_wrong", "Name or password is wrong.")
    service.database.write(
        lambda session: history.note(session, f"staff:{name}", "login", now, {"from": address})
    )
    return account


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _too_many(session: Session, limits: dict[str, int], since: datetime) -> bool:
    """Whether a subject has had as many failures since then as it may."""
    counts = session.execute(
        select(LoginFailure.subject, func.count())
        .where(LoginFailure.subject.in_(list(limits)), LoginFailure.at > since)
        .group_by(LoginFailure.subject)
    )
    return any(count >= limits[subject] for subject, count in counts)


def _note_failure(session: Session, subjects: list[str], at: datetime, window: timedelta) -> None:
    session.execute(delete(LoginFailure).where(LoginFailure.at <= at - window))
    session.add_all(LoginFailure(subject=subject, at=at) for subject in subjects)
    history.note(session, "anonymous", "login_failed", at, {"subjects": subjects})

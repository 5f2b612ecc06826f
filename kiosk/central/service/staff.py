"""Staff accounts: passwords, roles, and the limit on guessing."""

from __future__ import annotations

import enum
import re
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk.central.service import guesses, history, schools, second_factor
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Staff

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
    OPERATIONS = "operations"
    ADMIN = "admin"


class Right(enum.StrEnum):
    """One thing that not everybody may do."""

    REVIEW = "review"
    """Look at photos and decide."""
    MANAGE = "manage"
    """Open batches, see their progress, take approved orders into production, finish them."""
    OPERATE = "operate"
    """Enrol and revoke booths, see the fleet, set what booths use."""
    ADMINISTER = "administer"
    """Make and end staff accounts."""


MAY = {
    Role.REVIEWER: frozenset({Right.REVIEW}),
    Role.MANAGER: frozenset({Right.MANAGE}),
    Role.OPERATIONS: frozenset({Right.OPERATE}),
    Role.ADMIN: frozenset(Right),
}


def add(
    session: Session,
    name: str,
    password: str,
    role: Role,
    at: datetime,
    by: str = "operator",
    *,
    school: str | None = None,
) -> Staff:
    """Make an account.

    Args:
        session: the transaction.
        name: of the account.
        password: of the account.
        role: what it may do.
        at: when, UTC.
        by: who does it, for the log.
        school: of a manager who has one school's batches only, the name as in the batches.

    Raises:
        ServiceError: the name is taken or not one, or the password too short.
    """
    if not re.fullmatch(_NAME, name):
        raise ServiceError(
            422, "staff_name", f"{name!r} is not a name for an account.",
            "Use letters, digits, dots, hyphens, at most 40.",
        )  # fmt: skip
    _check_password(password)
    if session.scalar(select(Staff.id).where(Staff.name == name.lower())) is not None:
        raise ServiceError(409, "staff_exists", f"There is an account {name} already.")
    account = Staff(
        name=name.lower(), password_hash=_HASHER.hash(password), role=role,
        school=_school_of(role, school),
        is_active=True, epoch=0, created_at=at,
    )  # fmt: skip
    session.add(account)
    history.note(
        session, by, "staff_add", at, {"name": name.lower(), "role": role, "school": account.school}
    )
    return account


def change(
    session: Session,
    name: str,
    at: datetime,
    by: str,
    *,
    role: Role | None = None,
    school: str | None = None,
    is_active: bool | None = None,
    password: str | None = None,
    without_second_factor: bool = False,
) -> None:
    """Change an account; all of its sessions end. With a role goes a school, as in `add`.

    Raises:
        ServiceError: there is no such account, the password is too short, or nobody would be
            left who may administer.
    """
    account = session.scalar(select(Staff).where(Staff.name == name).with_for_update())
    if account is None:
        raise ServiceError(404, "staff_unknown", f"There is no account {name}.")
    if role is not None:
        account.role, account.school = role, _school_of(role, school)
    if is_active is not None:
        account.is_active = is_active
    if password is not None:
        _check_password(password)
        account.password_hash = _HASHER.hash(password)
    if without_second_factor:
        account.totp_sealed = account.totp_step = None
    account.epoch += 1
    session.flush()
    admins = select(Staff.id).where(Staff.role == Role.ADMIN, Staff.is_active)
    if session.scalar(admins.limit(1)) is None:
        raise ServiceError(
            409, "last_admin", "Nobody could administer any more.", "Make another administrator."
        )
    detail = {
        "name": name, "role": role, "school": account.school, "is_active": is_active,
        "password": password is not None,
        "without_second_factor": without_second_factor,
    }  # fmt: skip
    history.note(session, by, "staff_change", at, detail)


def sign_out(session: Session, account: Staff) -> None:
    """End all sessions of an account: a copied cookie is worth nothing afterwards."""
    session.execute(update(Staff).where(Staff.id == account.id).values(epoch=Staff.epoch + 1))


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
    name = name.strip().lower()[:40]
    tries = count_guess(service, name, address)
    account = service.database.read(
        lambda session: session.scalar(select(Staff).where(Staff.name == name))
    )
    # Outside of a transaction: argon2 is slow on purpose.
    right = _verify(account.password_hash if account else _NOBODY, password)
    if account is None or not right or not account.is_active:
        note_guess(service, name, address)
        raise ServiceError(401, "login_wrong", "Name or password is wrong.")
    service.database.write(lambda session: guesses.forgive(session, tries))
    if not account.totp_sealed:
        note_login(service, account, address)
    return account


def log_in_by_code(service: Service, account: Staff, code: str, address: str) -> None:
    """Check the second factor of somebody whose password was right.

    Raises:
        ServiceError: as `log_in`; wrong codes count as wrong passwords do.
    """
    tries = count_guess(service, account.name, address)
    if not second_factor.check(service, account, code):
        note_guess(service, account.name, address)
        raise ServiceError(401, "code_wrong", "The six digits are not right.")
    service.database.write(lambda session: guesses.forgive(session, tries))
    note_login(service, account, address)


def change_own_password(service: Service, account: Staff, old: str, new: str, address: str) -> None:
    """Change the password of somebody who knows it; their other sessions end.

    Raises:
        ServiceError: the old one is wrong, or the new one too short.
    """
    check_own_password(service, account, old, address)
    now, by = service.clock(), f"staff:{account.name}"
    service.database.write(lambda session: change(session, account.name, now, by, password=new))


def check_own_password(service: Service, account: Staff, password: str, address: str) -> None:
    """Have somebody who is signed in show that it is them: a session can be stolen.

    Raises:
        ServiceError: 401, the password is wrong; 429, too many wrong ones of late.
    """
    tries = count_guess(service, account.name, address)
    if not _verify(account.password_hash, password):
        note_guess(service, account.name, address)
        raise ServiceError(401, "login_wrong", "The password is wrong.")
    service.database.write(lambda session: guesses.forgive(session, tries))


def note_login(service: Service, account: Staff, address: str) -> None:
    """Put a sign-in into the log."""
    by, now = f"staff:{account.name}", service.clock()
    service.database.write(
        lambda session: history.note(session, by, "login", now, {"from": address})
    )


def _school_of(role: Role, school: str | None) -> str | None:
    name = schools.checked_name(school)
    if name is not None and role is not Role.MANAGER:
        raise ServiceError(
            422, "staff_school_role", "Only a batch manager can be one school's.",
            "Leave the school empty, or make the account a batch manager.",
        )  # fmt: skip
    return name


def _check_password(password: str) -> None:
    if len(password) < _MIN_PASSWORD:
        raise ServiceError(
            422, "staff_password", "The password is too short.",
            f"Take at least {_MIN_PASSWORD} characters.",
        )  # fmt: skip


def _limits(service: Service, name: str, address: str) -> dict[str, int]:
    settings = service.settings
    return {
        f"name {name}": settings.login_failures,
        f"from {address[:60]}": settings.login_failures_per_address,
    }


def count_guess(service: Service, name: str, address: str) -> guesses.Tries:
    """Count a try by a name and from an address; `guesses.forgive` takes it back.

    Raises:
        ServiceError: 429, too much was guessed of late.
    """
    refusal = ServiceError(
        429, "too_many_logins", "Too many wrong passwords.", "Wait, then try again.",
        retry_after_s=service.settings.login_window_s,
    )  # fmt: skip
    return guesses.count(service, _limits(service, name, address), refusal)


def note_guess(service: Service, name: str, address: str) -> None:
    """Put a wrong try into the log."""
    subjects, now = list(_limits(service, name, address)), service.clock()
    service.database.write(
        lambda session: history.note(
            session, "anonymous", "login_failed", now, {"subjects": subjects}
        )
    )


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False

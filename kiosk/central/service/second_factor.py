"""The second factor: six digits from a phone (TOTP, RFC 6238), each accepted once."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from typing import TYPE_CHECKING

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from kiosk.central.service import history
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Staff

if TYPE_CHECKING:
    from kiosk.central.service.context import Service

ISSUER = "Degree photos"
_STEP_S = 30
# The phone's clock may be a step off, either way.
_DRIFT_STEPS = (-1, 0, 1)


def new_secret() -> str:
    """Return a new secret, 160 bits in base 32, as RFC 4226 recommends."""
    return pyotp.random_base32()


def address(secret: str, name: str) -> str:
    """Return the ``otpauth:`` address that a phone scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """Return the time step that a code is right for, None for a wrong code."""
    totp = pyotp.TOTP(secret)
    now = int(at.timestamp()) // _STEP_S
    right = None
    # All are compared, so that the time taken says nothing.
    for drift in _DRIFT_STEPS:
        wanted = totp.generate_otp(now + drift)
        if hmac.compare_digest(wanted.encode(), code.strip().encode()):
            right = now + drift
    return right


def check(service: Service, account: Staff, code: str) -> bool:
    """Whether a code is right and was not used before; it is used up by this."""
    secret = _opened(service, account.totp_sealed or "")
    step = step_of(secret, code, service.clock()) if secret else None
    if step is None:
        return False

    def work(session: Session) -> bool:
        # One statement: of two requests with the same code only one gets it.
        used = session.execute(
            update(Staff)
            .where(
                Staff.id == account.id,
                or_(Staff.totp_step.is_(None), Staff.totp_step < step),
            )
            .values(totp_step=step)
            .returning(Staff.id)
        )
        return used.first() is not None

    return service.database.write(work)


def enrol(service: Service, account: Staff, secret: str, code: str) -> None:
    """Begin to ask this account for codes.

    Raises:
        ServiceError: the code does not fit the secret: the phone has not got it.
    """
    now = service.clock()
    step = step_of(secret, code, now)
    if step is None:
        raise ServiceError(
            422, "code_wrong", "The six digits are not right.",
            "Scan the picture again and type what the phone shows now.",
        )  # fmt: skip

    def work(session: Session) -> None:
        session.execute(
            update(Staff)
            .where(Staff.id == account.id)
            .values(totp_sealed=_seal(service).encrypt(secret.encode()).decode(), totp_step=step)
        )
        history.note(session, f"staff:{account.name}", "totp_enrol", now, {})

    service.database.write(work)


def seal_offer(service: Service, account: Staff, secret: str) -> str:
    """Return a secret that was shown but not confirmed, for the form to bring back."""
    return _seal(service).encrypt(f"{account.id} {secret}".encode()).decode()


def open_offer(service: Service, account: Staff, offer: str) -> str:
    """Return the secret of `seal_offer`; one for another account or altered is refused."""
    number, _, secret = _opened(service, offer).partition(" ")
    if number != str(account.id):
        raise ServiceError(403, "form_expired", "The form is too old.", "Open the page again.")
    return secret


def _opened(service: Service, sealed: str) -> str:
    try:
        return _seal(service).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _seal(service: Service) -> Fernet:
    # A copy of the database alone must not be enough to make codes.
    key = hmac.new(service.secret, b"second factor", "sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))

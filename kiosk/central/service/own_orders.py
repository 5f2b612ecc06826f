"""The way back in: capture code and last four give a new link, without telling what exists."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.service import guesses, history
from kiosk.central.service.booths import digest
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Order, Receipt

LINK_LIFETIME = timedelta(hours=12)
"""Of a link given here: the phone may be somebody else's."""
_TOKEN_BYTES = 24
_NOBODY = "----"


def open_by_code(service: Service, code: str, last_four: str, address: str) -> str:
    """Return a new receipt token for the student's newest order.

    A code that is unknown and a wrong last four cost the same time and give the same answer.

    Args:
        service: the running service.
        code: the capture code's text.
        last_four: of the ID number, as typed.
        address: of the browser, for the limit on guessing.

    Raises:
        ServiceError: 401, they do not fit; 429, too many wrong ones of late.
    """
    code_hash = hashlib.sha256(code.strip().encode("utf-8", "replace")).hexdigest()
    now, token = service.clock(), secrets.token_urlsafe(_TOKEN_BYTES)
    typed = normalised(last_four).encode()
    tries = guesses.count(service, _limits(service, code_hash, address), _refusal(service))

    def work(session: Session) -> bool:
        orders = session.scalars(
            select(Order)
            .where(Order.code_hash == code_hash)
            .order_by(Order.created_at.desc())
            .limit(8)
        ).all()
        fitting = [
            order for order in orders
            if hmac.compare_digest(normalised(order.last_four or _NOBODY).encode(), typed)
        ]  # fmt: skip
        if not orders:
            hmac.compare_digest(_NOBODY.encode(), typed)
        if not fitting or not typed:
            return False
        order = fitting[0]
        guesses.forgive(session, tries)
        session.add(
            Receipt(token_hash=digest(token), order_id=order.id, expires_at=now + LINK_LIFETIME)
        )
        history.note(session, "student", "opened_by_code", now, {}, order_id=order.id)
        return True

    if not service.database.write(work):
        raise ServiceError(
            401, "code_or_four_wrong", "No order fits this code and these four.",
            "Check both; a photo just taken may need a minute to arrive.",
        )  # fmt: skip
    return token


def refuse_guessing(service: Service, address: str) -> None:
    """Raise `ServiceError` when this address has guessed too often: before costly work."""
    limits = {_from(address): service.settings.login_failures_per_address}
    guesses.refuse(service, limits, _refusal(service))


def count_picture(service: Service, address: str) -> None:
    """Count a picture of a code that came from an address.

    Raises:
        ServiceError: 429, too many came of late.
    """
    limits = {f"picture from {address[:60]}": service.settings.code_pictures_per_address}
    guesses.count(service, limits, _refusal(service, "Too many pictures."))


def normalised(last_four: str) -> str:
    """Return four characters as they are compared: half-width, capital, without spaces."""
    return "".join(unicodedata.normalize("NFKC", last_four).upper().split())[:16]


def _limits(service: Service, code_hash: str, address: str) -> dict[str, int]:
    settings = service.settings
    return {
        f"code {code_hash}": settings.code_failures,
        _from(address): settings.login_failures_per_address,
    }


def _from(address: str) -> str:
    return f"code from {address[:60]}"


def _refusal(service: Service, message: str = "Too many wrong tries.") -> ServiceError:
    return ServiceError(
        429, "too_many_codes", message, "Wait, then try again.",
        retry_after_s=service.settings.login_window_s,
    )  # fmt: skip

"""Who is signed in, without state on the server: signed cookies, and tokens in every form."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.staff import MAY, Right, Role
from kiosk.central.service.tables import Staff

_NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a request.

    Attributes:
        staff: the account, None for nobody signed in.
        nonce: random text of this session, which its form tokens are derived from; empty when
            there is no session yet.
        half: the account whose password was right and whose second factor is still to come.
    """

    staff: Staff | None
    nonce: str
    half: Staff | None = None

    @property
    def school(self) -> str | None:
        """The school whose batches alone this account may manage; None for all."""
        return None if self.staff is None else self.staff.school

    def may(self, right: Right) -> bool:
        """Whether the account has this right."""
        return self.staff is not None and right in MAY[Role(self.staff.role)]


def visitor(service: Service, request: Request) -> Visitor:
    """Return who sends a request; an altered, expired or ended session is nobody."""
    cookie = request.cookies.get(_cookie_name(service), "")
    lifetime = int(service.settings.session_hours * 3600)
    try:
        number, epoch, nonce, is_whole = _signer(service).loads(cookie, max_age=lifetime)
    except (BadSignature, ValueError, TypeError):
        return Visitor(None, "")
    if number is None:
        return Visitor(None, str(nonce))
    account = service.database.look(lambda session: session.get(Staff, number))
    if account is None or not account.is_active or account.epoch != epoch:
        return Visitor(None, "")
    if not is_whole:
        return Visitor(None, str(nonce), account)
    return Visitor(account, str(nonce))


def begin(
    service: Service, response: Response, account: Staff | None, *, is_whole: bool = True
) -> str:
    """Begin a session, with or without an account; return its nonce.

    Args:
        service: the running service.
        response: what carries the cookie.
        account: whose it is.
        is_whole: False when the second factor is still to come.
    """
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    values = (account.id, account.epoch, nonce, is_whole) if account else (None, 0, nonce, False)
    response.set_cookie(
        _cookie_name(service),
        _signer(service).dumps(values),
        max_age=int(service.settings.session_hours * 3600),
        path="/",
        secure=service.settings.is_https,
        httponly=True,
        samesite="lax",
    )
    return nonce


def end(service: Service, response: Response) -> None:
    """Forget the session in this browser."""
    response.delete_cookie(
        _cookie_name(service), path="/", secure=service.settings.is_https, httponly=True
    )


def form_token(service: Service, nonce: str) -> str:
    """Return the token that a form of this session (or receipt link) has to bring back."""
    return hmac.new(service.secret, b"form " + nonce.encode(), "sha256").hexdigest()


def check_form(service: Service, nonce: str, token: str) -> None:
    """Raise `ServiceError` unless the form came from a page of this session."""
    right = form_token(service, nonce)
    if not nonce or not hmac.compare_digest(right.encode(), token.encode()):
        raise ServiceError(
            403, "form_expired", "The form is too old or not from this site.",
            "Open the page again.",
        )  # fmt: skip


def _signer(service: Service) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(service.secret, salt="session")


def _cookie_name(service: Service) -> str:
    # The prefix makes browsers refuse the cookie from another host or without HTTPS.
    return "__Host-session" if service.settings.is_https else "session"

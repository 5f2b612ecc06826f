"""One's own account: password and second factor."""

from __future__ import annotations

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from kiosk.central.service import second_factor, sessions, staff
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.callers import caller_of
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken, Somebody, account_of
from kiosk.central.service.pages.login import ShortText
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.sessions import Visitor

router = APIRouter(prefix="/account", include_in_schema=False)


@router.get("")
def show(request: Request, service: ServiceDependency, visitor: Somebody) -> Response:
    """Show the account."""
    return _page(request, service, visitor)


@router.post("/password")
def change_password(
    request: Request,
    service: ServiceDependency,
    visitor: Somebody,
    old: ShortText,
    new: ShortText,
    token: FormToken = "",
) -> Response:
    """Change the password; sign in again with it."""
    try:
        sessions.check_form(service, visitor.nonce, token)
        staff.change_own_password(service, account_of(visitor), old, new, caller_of(request))
    except ServiceError as error:
        return _page(request, service, visitor, error)
    return RedirectResponse("/login", status_code=303)


@router.post("/second-factor")
def enrol(
    request: Request,
    service: ServiceDependency,
    visitor: Somebody,
    code: ShortText,
    offer: Annotated[str, Form(max_length=400)],
    password: ShortText = "",
    token: FormToken = "",
) -> Response:
    """Begin to ask for codes, once the phone has shown that it can make them.

    The password is asked for: who has got hold of a session must not bring a phone of their own.
    """
    account = account_of(visitor)
    try:
        sessions.check_form(service, visitor.nonce, token)
        staff.check_own_password(service, account, password, caller_of(request))
        secret = second_factor.open_offer(service, account, offer)
        second_factor.enrol(service, account, secret, code)
    except ServiceError as error:
        return _page(request, service, visitor, error)
    return RedirectResponse("/account", status_code=303)


def _page(
    request: Request, service: Service, visitor: Visitor, error: ServiceError | None = None
) -> Response:
    account = account_of(visitor)
    secret = second_factor.new_secret()
    return page(
        request,
        "account.html",
        visitor=visitor,
        status=error.status if error else 200,
        error=error.code if error else "",
        account=account,
        secret=secret,
        qr=qr_svg(second_factor.address(secret, account.name)),
        offer=second_factor.seal_offer(service, account, secret),
        must_enrol=service.settings.require_second_factor and not account.totp_sealed,
    )


def qr_svg(text: str) -> Markup:
    """Return a QR code as SVG to stand inside of a page, as wide as that has it.

    Nothing of the text is in the markup.
    """
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", omitsize=True, xmldecl=False, svgns=True, svgclass="qr", lineclass=None
    )
    return Markup(out.getvalue().decode())  # noqa: S704 - paths only

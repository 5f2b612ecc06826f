"""Signing in and out."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from kiosk.central.service import sessions, staff
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.callers import caller_of
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken, VisitorDependency
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.staff import Right

router = APIRouter(include_in_schema=False)

_HOMES = {
    Right.REVIEW: "/review",
    Right.MANAGE: "/batches",
    Right.OPERATE: "/fleet",
    Right.ADMINISTER: "/staff",
}

ShortText = Annotated[str, Form(max_length=200)]


@router.get("/")
def home(visitor: VisitorDependency) -> Response:
    """Lead to the page this account works on."""
    if visitor.staff is None:
        return _to("/login")
    for right, path in _HOMES.items():
        if visitor.may(right):
            return _to(path)
    return _to("/account")


@router.get("/login")
def form(
    request: Request,
    service: ServiceDependency,
    visitor: VisitorDependency,
    next: str = "/",  # noqa: A002 - the name in the address
) -> Response:
    """Show the sign-in form."""
    if visitor.staff is not None:
        return _to(_local(next))
    return _form(request, service, next, status=200, error="")


@router.post("/login")
def log_in(
    request: Request,
    service: ServiceDependency,
    visitor: VisitorDependency,
    name: ShortText,
    password: ShortText,
    token: FormToken = "",
    next: ShortText = "/",  # noqa: A002 - the name in the form
) -> Response:
    """Sign in; a new session begins, so that one handed to a browser before is worth nothing."""
    try:
        sessions.check_form(service, visitor.nonce, token)
        account = staff.log_in(service, name, password, caller_of(request))
    except ServiceError as error:
        response = _form(request, service, next, status=error.status, error=error.code, name=name)
        if error.headers:
            response.headers.update({k: v for k, v in error.headers.items() if k == "Retry-After"})
        return response
    if account.totp_sealed:
        response = _to(f"/login/code?{urlencode({'next': _local(next)})}")
        sessions.begin(service, response, account, is_whole=False)
        return response
    response = _to(_local(next))
    sessions.begin(service, response, account)
    return response


@router.get("/login/code")
def code_form(
    request: Request,
    visitor: VisitorDependency,
    next: str = "/",  # noqa: A002 - the name in the address
) -> Response:
    """Ask for the second factor of somebody whose password was right."""
    if visitor.half is None:
        return _to("/login")
    return page(request, "code.html", visitor=visitor, next=_local(next), error="")


@router.post("/login/code")
def log_in_by_code(
    request: Request,
    service: ServiceDependency,
    visitor: VisitorDependency,
    code: ShortText,
    token: FormToken = "",
    next: ShortText = "/",  # noqa: A002 - the name in the form
) -> Response:
    """Check the second factor; only now the session is one."""
    if visitor.half is None:
        return _to("/login")
    try:
        sessions.check_form(service, visitor.nonce, token)
        staff.log_in_by_code(service, visitor.half, code, caller_of(request))
    except ServiceError as error:
        return page(
            request, "code.html", visitor=visitor, status=error.status, next=_local(next),
            error=error.code,
        )  # fmt: skip
    response = _to(_local(next))
    sessions.begin(service, response, visitor.half)
    return response


@router.post("/logout")
def log_out(
    service: ServiceDependency, visitor: VisitorDependency, token: FormToken = ""
) -> Response:
    """Sign out, in every browser."""
    sessions.check_form(service, visitor.nonce, token)
    account = visitor.staff
    if account is not None:
        service.database.write(lambda session: staff.sign_out(session, account))
    response = _to("/login")
    sessions.end(service, response)
    return response


def _form(
    request: Request,
    service: ServiceDependency,
    back: str,
    *,
    status: int,
    error: str,
    name: str = "",
) -> Response:
    # The form's token belongs to a session without an account, begun with this very answer.
    blank = Response()
    nonce = sessions.begin(service, blank, None)
    response = page(
        request,
        "login.html",
        status=status,
        form_nonce=nonce,
        next=_local(back),
        error=error,
        name=name,
    )
    response.headers.append("set-cookie", blank.headers["set-cookie"])
    return response


def _local(path: str) -> str:
    """Return `path` when it is one of this site, else the home page."""
    is_local = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_local and path.isprintable() else "/"


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)

"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from kiosk.central.service import sessions, staff
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken, VisitorDependency
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.staff import Right

router = APIRouter(include_in_schema=False)

ShortText = Annotated[str, Form(max_length=200)]


@router.get("/")
def home(visitor: VisitorDependency) -> Response:
    """Lead to the page this account works on."""
    if visitor.staff is None:
        return _to("/login")
    return _to("/review" if visitor.may(Right.REVIEW) else "/batches")


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
        address = request.client.host if request.client else "unknown"
        account = staff.log_in(service, name, password, address)
    except ServiceError as error:
        response = _form(request, service, next, status=error.status, error=error.code, name=name)
        if error.headers:
            response.headers.update({k: v for k, v in error.headers.items() if k == "Retry-After"})
        return response
    response = _to(_local(next))
    sessions.begin(service, response, account)
    return response


@router.post("/logout")
def log_out(
    service: ServiceDependency, visitor: VisitorDependency, token: FormToken = ""
) -> Response:
    """Sign out."""
    sessions.check_form(service, visitor.nonce, token)
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

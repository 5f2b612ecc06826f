"""How refusals and faults are answered: as `ErrorAnswer` to booths, as a page to people."""

from __future__ import annotations

import logging
import re
import secrets

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.middleware import headers_of
from kiosk.central.service.pages.guards import SignInFirst
from kiosk.central.service.pages.rendering import page

_log = logging.getLogger(__name__)
_BAD_REQUEST = 400
_FOR_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics", "/openapi.json")
_LINK = re.compile(r"/r/[A-Za-z0-9_-]{32,64}(?=/)")
_FOR_STAFF = ("/review", "/batches", "/prints", "/fleet", "/rollouts", "/staff", "/account", "/log")


def install(app: FastAPI) -> None:
    """Install the handlers."""
    app.add_exception_handler(ServiceError, _refused)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SignInFirst, _sign_in)
    app.add_exception_handler(Exception, _fault)


def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, ServiceError):
        return _answer(request, error)
    if not isinstance(error, HTTPException):  # cannot be: it is registered for these two only
        return _fault(request, error)
    if error.status_code == _BAD_REQUEST and request.url.path.startswith(_FOR_PROGRAMS):
        # The framework's own word for a body that is no UTF-8, or broken off in the middle.
        broken = ServiceError(
            422, "message_malformed", "The request's body cannot be read.", "See /openapi.json."
        )
        return _answer(request, broken)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
    refusal = ServiceError(error.status_code, code, f"{error.detail}.", "Check the address.")
    return _answer(request, refusal, dict(error.headers or {}))


def _invalid(request: Request, error: Exception) -> Response:
    mistakes = error.errors() if isinstance(error, RequestValidationError) else []
    # Never the input itself: it may be personal, and it is not ours to repeat.
    text = "; ".join(
        f"{'.'.join(str(part) for part in mistake['loc'][1:]) or 'body'}: {mistake['msg']}"
        for mistake in mistakes
    )
    if not request.url.path.startswith(_FOR_PROGRAMS) and request.method == "GET":
        return _answer(request, ServiceError(404, "not_found", "There is no such page."))
    refusal = ServiceError(
        422, "message_malformed", f"The request is wrong: {text}.", "See /openapi.json."
    )
    return _answer(request, refusal)


def _sign_in(request: Request, error: Exception) -> Response:
    del request
    location = error.location if isinstance(error, SignInFirst) else "/login"
    return RedirectResponse(location, status_code=303)


def _fault(request: Request, error: Exception) -> Response:
    del error  # raised again behind this handler, and logged with its traceback by the server
    number = secrets.token_hex(4)
    _log.error("Fault %s is the one whose traceback follows.", number)
    refusal = ServiceError(
        500, "internal", f"Something went wrong in the service (fault {number}).",
        "Try again later; if it stays so, look for the fault's number in the service's log.",
    )  # fmt: skip
    response = _answer(request, refusal)
    # Sent by the outermost layer, around the one that adds them to all other answers.
    response.headers.update(headers_of(request.url.path, https=_is_https(request)))
    return response


def _is_https(request: Request) -> bool:
    service: Service = request.app.state.service
    return service.settings.is_https


def _back(request: Request, refusal: ServiceError) -> str:
    """Return the student's page that something was refused on, empty for none."""
    link = _LINK.match(request.url.path)
    return link[0] if link and not refusal.code.startswith("receipt_") else ""


def _answer(
    request: Request, refusal: ServiceError, headers: dict[str, str] | None = None
) -> Response:
    headers = dict(refusal.headers or {}) | (headers or {})
    if request.url.path.startswith(_FOR_PROGRAMS):
        return JSONResponse(
            refusal.answer.model_dump(), status_code=refusal.status, headers=headers
        )
    response = page(
        request, "message.html", status=refusal.status, refusal=refusal,
        for_staff=request.url.path.startswith(_FOR_STAFF), back=_back(request, refusal),
    )  # fmt: skip
    response.headers.update(headers)
    return response

"""Where a student who cannot come to a booth begins: the batch, the capture code, the last four."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from kiosk.central.contract import BATCH_CODE_PATTERN
from kiosk.central.service import own_orders, phone_start, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.callers import caller_of
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken, VisitorDependency
from kiosk.central.service.pages.my import form_page, read_code
from kiosk.central.service.sessions import Visitor

router = APIRouter(prefix="/b", include_in_schema=False)

Code = Annotated[str, Path(pattern=BATCH_CODE_PATTERN)]


@router.get("")
def ask(
    request: Request, service: ServiceDependency, visitor: VisitorDependency, code: str = ""
) -> Response:
    """Ask for the batch's code, or lead to the batch."""
    wanted = "".join(code.split()).upper()
    if wanted.isalnum() and wanted.isascii():
        return RedirectResponse(f"/b/{wanted}", status_code=303)
    return form_page(request, service, visitor, "start.html", batch=None, error="", status=200)


@router.get("/{code}")
def show(
    code: Code, request: Request, service: ServiceDependency, visitor: VisitorDependency
) -> Response:
    """Ask for capture code and last four."""
    return _page(request, service, visitor, code)


@router.post("/{code}")
def begin(
    code: Code,
    request: Request,
    service: ServiceDependency,
    visitor: VisitorDependency,
    text: Annotated[str, Form(alias="code", max_length=4_000)] = "",
    last_four: Annotated[str, Form(max_length=20)] = "",
    picture: Annotated[UploadFile | None, File()] = None,
    token: FormToken = "",
) -> Response:
    """Begin, and lead to the student's page."""
    address = caller_of(request)
    try:
        sessions.check_form(service, visitor.nonce, token)
        own_orders.refuse_guessing(service, address)
        payload = text.strip() or read_code(service, picture, address)
        link = phone_start.begin(service, code, payload, last_four, address)
    except ServiceError as error:
        response = _page(request, service, visitor, code, error)
        if error.retry_after_s:
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    return RedirectResponse(f"/r/{link}", status_code=303)


def _page(
    request: Request,
    service: Service,
    visitor: Visitor,
    code: str,
    error: ServiceError | None = None,
) -> Response:
    now = service.clock()
    batch = None
    try:
        batch = service.database.read(lambda session: phone_start.batch_for(session, code, now))
    except ServiceError as refusal:
        error = error or refusal
    return form_page(
        request, service, visitor, "start.html", batch=batch,
        error=error.code if error else "", status=error.status if error else 200,
    )  # fmt: skip

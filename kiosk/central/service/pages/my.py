"""The way back to the student's page: capture code and last four."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from kiosk.central.service import own_orders, pictures, portrait_command, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.callers import caller_of
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.middleware import CODE_PICTURE_BYTES
from kiosk.central.service.pages.guards import FormToken, VisitorDependency
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.sessions import Visitor

router = APIRouter(prefix="/my", include_in_schema=False)


@router.get("")
def form(request: Request, service: ServiceDependency, visitor: VisitorDependency) -> Response:
    """Ask for code and last four."""
    return _form(request, service, visitor, 200, "")


@router.post("")
def find(
    request: Request,
    service: ServiceDependency,
    visitor: VisitorDependency,
    code: Annotated[str, Form(max_length=4_000)] = "",
    last_four: Annotated[str, Form(max_length=20)] = "",
    picture: Annotated[UploadFile | None, File()] = None,
    token: FormToken = "",
) -> Response:
    """Lead to the student's page."""
    address = caller_of(request)
    try:
        sessions.check_form(service, visitor.nonce, token)
        own_orders.refuse_guessing(service, address)
        text = code.strip() or read_code(service, picture, address)
        link = own_orders.open_by_code(service, text, last_four, address)
    except ServiceError as error:
        response = _form(request, service, visitor, error.status, error.code)
        if error.retry_after_s:
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    return RedirectResponse(f"/r/{link}", status_code=303)


def read_code(service: Service, picture: UploadFile | None, address: str) -> str:
    """Return the text of the code in a picture that was sent.

    Each costs a program's run: they are counted by address before.

    Raises:
        ServiceError: 422, there is no picture, or no code in it; 429, too many came from this
            address; 503, none can be read now.
    """
    data = picture.file.read(CODE_PICTURE_BYTES) if picture is not None else b""
    if not data:
        raise ServiceError(422, "code_missing", "Neither a code nor a picture of it came.", "")
    pictures.check_code(data, service.settings.max_code_pixels)
    own_orders.count_picture(service, address)
    text = portrait_command.read_code(service.settings.kiosk_command, data)
    if text is None:
        raise ServiceError(422, "code_unreadable", "No code can be read in this picture.", "")
    return text


def _form(
    request: Request, service: Service, visitor: Visitor, status: int, error: str
) -> Response:
    return form_page(request, service, visitor, "my.html", status=status, error=error)


def form_page(
    request: Request, service: Service, visitor: Visitor, template: str, **values: Any
) -> Response:
    """Render a page with a form for visitors who have no session yet: they get one."""
    nonce = visitor.nonce
    if nonce:
        return page(request, template, form_nonce=nonce, **values)
    holder = Response()
    nonce = sessions.begin(service, holder, None)
    response = page(request, template, form_nonce=nonce, **values)
    for value in holder.headers.getlist("set-cookie"):
        response.headers.append("set-cookie", value)
    return response

"""What students do on their page: send an original, download, have mail sent, remove their data."""

from __future__ import annotations

from typing import Annotated, BinaryIO

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kiosk.central.service import erasing, history, mail, notices, receipts, sessions, uploads
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken
from kiosk.central.service.pages.receipt import Token, back_to, order_at
from kiosk.central.service.pages.rendering import language_of, page
from kiosk.central.service.pages.review import send_file
from kiosk.central.service.student_tables import Contact

router = APIRouter(prefix="/r", include_in_schema=False)

_FIELD_BYTES = 1_000


@router.post("/{receipt_token}/upload")
async def upload(receipt_token: Token, request: Request, service: ServiceDependency) -> Response:
    """Take an original in. The link is looked at before the file is read."""
    await run_in_threadpool(order_at, service, receipt_token)
    form = request.form(max_files=1, max_fields=4, max_part_size=_FIELD_BYTES)
    try:
        async with form as parts:
            sessions.check_form(service, receipt_token, str(parts.get("token", "")))
            file = _chosen(parts)
            await run_in_threadpool(uploads.take_in, service, receipt_token, file)
    except ServiceError:
        raise
    except HTTPException as error:  # the framework's, for a form that is none
        raise _choose() from error
    return back_to(receipt_token)


@router.get("/{receipt_token}/download")
def download(receipt_token: Token, service: ServiceDependency) -> Response:
    """Return the approved photo as a file."""
    order = order_at(service, receipt_token)
    if order.state not in notices.HAS_PHOTO:
        raise ServiceError(409, "not_approved", "The photo is not approved yet.", "Wait for it.")
    response = send_file(service.storage.open(order.photo.photo_sha256), "image/jpeg")
    name = f"{order.batch.code}_{order.photo.receipt_number}".encode("ascii", "ignore").decode()
    safe = "".join(c for c in name if c.isalnum() or c in "_-") or "photo"
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}.jpg"'
    return response


@router.post("/{receipt_token}/contact")
def contact(
    receipt_token: Token,
    request: Request,
    service: ServiceDependency,
    email: Annotated[str, Form(max_length=300)] = "",
    token: FormToken = "",
) -> Response:
    """Keep, change or (empty) forget where the student wants to be told."""
    sessions.check_form(service, receipt_token, token)
    if not service.settings.mail.host:
        raise ServiceError(404, "not_found", "There is no such page.")
    address = mail.check_address(email) if email.strip() else ""
    now, language = service.clock(), language_of(request)

    def work(session: Session) -> None:
        order = receipts.order_of(session, receipt_token, now)
        known = session.get(Contact, order.id)
        if known is not None:
            session.delete(known)
            session.flush()
        if address:
            session.add(
                Contact(order_id=order.id, email=address, language=language, created_at=now)
            )
        action = "contact_set" if address else "contact_removed"
        history.note(session, "student", action, now, {}, order_id=order.id)

    service.database.write(work)
    return back_to(receipt_token)


@router.post("/{receipt_token}/send")
def send(receipt_token: Token, service: ServiceDependency, token: FormToken = "") -> Response:
    """Send the approved photo by mail."""
    sessions.check_form(service, receipt_token, token)
    now = service.clock()
    service.database.write(
        lambda session: notices.put_photo(
            session,
            receipts.order_of(session, receipt_token, now),
            now,
            service.settings.mails_per_day,
        )
    )
    return back_to(receipt_token)


@router.post("/{receipt_token}/erase")
def erase(
    receipt_token: Token, request: Request, service: ServiceDependency, token: FormToken = ""
) -> Response:
    """Remove all that is known of the student here."""
    sessions.check_form(service, receipt_token, token)
    now = service.clock()
    service.database.write(
        lambda session: erasing.erase_own(
            session, receipts.order_of(session, receipt_token, now), now
        )
    )
    return page(request, "erased.html")


def _chosen(parts: FormData) -> BinaryIO:
    file = parts.get("file")
    if not isinstance(file, UploadFile) or not file.size:
        raise _choose()
    if parts.get("consent") != "yes":
        raise ServiceError(422, "consent", "Without your consent nothing is taken.")
    return file.file


def _choose() -> ServiceError:
    return ServiceError(422, "no_file", "No picture was sent.", "Choose one and send again.")

"""A batch's deliveries: made, downloaded from anywhere in the file, confirmed; proofs read in."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, File, Path, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response, StreamingResponse

from kiosk.central.contract import BATCH_CODE_PATTERN, OrderState
from kiosk.central.service import archive, batches, deliveries, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.delivery_tables import Export
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken, Manager, account_of
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.sessions import Visitor
from kiosk.central.service.tables import Batch, Order

router = APIRouter(prefix="/batches/{code}/deliveries", include_in_schema=False)

Code = Annotated[str, Path(pattern=BATCH_CODE_PATTERN)]
ExportId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]


@router.get("")
def show(code: Code, request: Request, service: ServiceDependency, visitor: Manager) -> Response:
    """Show the deliveries."""
    return _show(request, service, visitor, code)


@router.post("")
def make(
    code: Code, service: ServiceDependency, visitor: Manager, token: FormToken = ""
) -> Response:
    """Put all approved photos together."""
    sessions.check_form(service, visitor.nonce, token)
    deliveries.make(service, code, f"staff:{account_of(visitor).name}")
    return RedirectResponse(f"/batches/{code}/deliveries", status_code=303)


@router.get("/{export_id}.zip")
def download(
    code: Code, export_id: ExportId, request: Request, service: ServiceDependency, visitor: Manager
) -> Response:
    """Send the ZIP, or the part of it that is asked for."""
    del visitor
    export = _export(service, code, export_id)
    service.database.read(lambda session: deliveries.check_whole(session, export))
    members = deliveries.members(export)
    size, tag = archive.size_of(members), f'"{export.id}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": tag,
        "Content-Disposition": f'attachment; filename="{export.batch.code}_{export.id}.zip"',
    }
    begin, end, status = 0, size, 200
    wanted = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", request.headers.get("range", ""))
    # Of another file than the one begun with, all is sent: RFC 9110, 13.1.5.
    if wanted and any(wanted.groups()) and request.headers.get("if-range", tag) == tag:
        first, last = wanted.groups()
        begin = int(first) if first else max(size - int(last), 0)
        end = min(int(last) + 1, size) if first and last else size
        if begin >= end:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
        status = 206
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - begin)
    return StreamingResponse(
        archive.pieces(members, service.storage.open, begin, end),
        status, headers, media_type="application/zip",
    )  # fmt: skip


@router.post("/{export_id}/confirm")
def confirm(
    code: Code,
    export_id: ExportId,
    service: ServiceDependency,
    visitor: Manager,
    token: FormToken = "",
) -> Response:
    """The receiver has it."""
    sessions.check_form(service, visitor.nonce, token)
    _export(service, code, export_id)
    by, now = f"staff:{account_of(visitor).name}", service.clock()
    service.database.write(lambda session: deliveries.confirm(session, export_id, by, now))
    return RedirectResponse(f"/batches/{code}/deliveries", status_code=303)


@router.post("/proofs")
def proofs(
    code: Code,
    request: Request,
    service: ServiceDependency,
    visitor: Manager,
    file: Annotated[UploadFile, File()],
    token: FormToken = "",
) -> Response:
    """Read in what came of the students' proofs."""
    sessions.check_form(service, visitor.nonce, token)
    data = file.file.read(service.settings.max_roster_bytes + 1)
    by, now, name = f"staff:{account_of(visitor).name}", service.clock(), file.filename or ""

    def work(session: Session) -> tuple[int, list[deliveries.ProofMistake]]:
        batch = batches.find(session, code)
        return deliveries.import_proofs(session, batch, name, data, by, now)

    noted, mistakes = service.database.write(work)
    status = 422 if mistakes else 200
    return _show(request, service, visitor, code, status=status, noted=noted, mistakes=mistakes)


def _show(
    request: Request,
    service: Service,
    visitor: Visitor,
    code: str,
    *,
    status: int = 200,
    noted: int | None = None,
    mistakes: list[deliveries.ProofMistake] | None = None,
) -> Response:
    def work(session: Session) -> tuple[Batch, list[Export], int]:
        batch = batches.find(session, code)
        approved = session.query(Order).filter_by(batch_id=batch.id, state=OrderState.APPROVED)
        return batch, list(deliveries.of_batch(session, batch)), approved.count()

    batch, exports, approved = service.database.read(work)
    return page(
        request, "deliveries.html", visitor=visitor, status=status, batch=batch, exports=exports,
        approved=approved, noted=noted, mistakes=mistakes or [],
    )  # fmt: skip


def _export(service: Service, code: str, export_id: str) -> Export:
    export = service.database.read(lambda session: deliveries.find(session, export_id))
    if export.batch.code_key != code.upper():
        raise ServiceError(404, "export_unknown", "There is no such delivery.")
    return export

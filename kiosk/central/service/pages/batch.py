"""One batch: its form, its progress by class, its roster, its QR code and poster."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Path, Request, UploadFile
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk import standards
from kiosk.central.contract import BATCH_CODE_PATTERN, BatchInfo, OrderState
from kiosk.central.service import batches, posters, rosters, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.batches import BatchTerms
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken, Manager, account_of
from kiosk.central.service.pages.rendering import CHINA, page
from kiosk.central.service.roster_tables import RosterEntry
from kiosk.central.service.sessions import Visitor
from kiosk.central.service.tables import Batch, Order

router = APIRouter(prefix="/batches", include_in_schema=False)

Code = Annotated[str, Path(pattern=BATCH_CODE_PATTERN)]
METHODS = ("waived", "counter", "wechat", "alipay", "sandbox")


async def _fields(request: Request) -> dict[str, Any]:
    async with request.form() as fields:
        values: dict[str, Any] = {k: v for k, v in fields.items() if isinstance(v, str)}
        values["payment_methods"] = [v for v in fields.getlist("payment_methods") if v in METHODS]
    return values


Fields = Annotated[dict[str, Any], Depends(_fields)]


@router.get("/new")
def new(request: Request, visitor: Manager) -> Response:
    """Show an empty form."""
    values = {"payment_methods": ["waived"], "school": visitor.school}
    return _form(request, visitor, values, is_new=True)


@router.post("/new")
def add(request: Request, service: ServiceDependency, visitor: Manager, values: Fields) -> Response:
    """Open a batch."""
    return _save(request, service, visitor, values, None)


@router.get("/{code}/edit")
def edit(code: Code, request: Request, service: ServiceDependency, visitor: Manager) -> Response:
    """Show a batch's form."""
    batch = service.database.read(lambda session: batches.find(session, code))
    names = [*BatchInfo.model_fields, *BatchTerms.model_fields, "opens_at", "closes_at"]
    values = {name: getattr(batch, name) for name in names if name != "is_open"}
    for name in ("opens_at", "closes_at"):
        values[name] = (
            values[name].astimezone(CHINA).strftime("%Y-%m-%dT%H:%M") if values[name] else ""
        )
    values["phone_start"] = "yes" if batch.phone_start else "no"
    values["fee"] = f"{batch.fee_fen / 100:.2f}"
    return _form(request, visitor, values, is_new=False)


@router.post("/{code}/edit")
def change(
    code: Code, request: Request, service: ServiceDependency, visitor: Manager, values: Fields
) -> Response:
    """Change a batch."""
    return _save(request, service, visitor, values, code)


@router.get("/{code}")
def show(code: Code, request: Request, service: ServiceDependency, visitor: Manager) -> Response:
    """Show a batch's progress by class."""

    def work(session: Session) -> tuple[Batch, dict[str, dict[str, int]], dict[str, int]]:
        batch = batches.find(session, code)
        classes: dict[str, dict[str, int]] = {}
        grouped = (
            select(Order.class_name, Order.state, func.count())
            .where(Order.batch_id == batch.id)
            .group_by(Order.class_name, Order.state)
        )
        for name, state, count in session.execute(grouped):
            classes.setdefault(name, {})[state] = count
        expected = (
            select(RosterEntry.class_name, func.count())
            .where(RosterEntry.batch_id == batch.id)
            .group_by(RosterEntry.class_name)
        )
        return batch, classes, dict(session.execute(expected).all())

    batch, classes, expected = service.database.read(work)
    rows = [
        {
            "name": name,
            "counts": classes.get(name, {}),
            "shot": _shot(classes.get(name, {})),
            "expected": expected.get(name, 0),
        }
        for name in sorted(classes.keys() | expected.keys())
    ]
    totals: dict[str, int] = {
        state: sum(row.get(state, 0) for row in classes.values()) for state in OrderState
    }
    return page(
        request, "batch.html", visitor=visitor, batch=batch, rows=rows, totals=totals,
        shot=_shot(totals), expected=sum(expected.values()), states=list(OrderState),
        now=service.clock(), phone_url=f"{service.settings.public_base}/b/{batch.code}",
    )  # fmt: skip


@router.post("/{code}/roster")
def upload_roster(
    code: Code,
    request: Request,
    service: ServiceDependency,
    visitor: Manager,
    file: Annotated[UploadFile, File()],
    token: FormToken = "",
) -> Response:
    """Read a roster and show what it holds and what is wrong with it; it does not count yet."""
    sessions.check_form(service, visitor.nonce, token)
    now = service.clock()
    batch = service.database.read(lambda session: batches.find(session, code))
    error, preview, draft = None, None, ""
    try:
        preview = rosters.read(service.secret, batch, file.filename or "", file.file.read())
    except ServiceError as refusal:
        error = refusal
    else:
        found = preview
        draft = service.database.write(
            lambda session: rosters.keep_draft(session, batch, found, now)
        )
    return page(
        request, "roster.html", visitor=visitor, status=error.status if error else 200,
        batch=batch, error=error, preview=preview, draft=draft,
    )  # fmt: skip


@router.post("/{code}/roster/confirm")
def confirm_roster(
    code: Code,
    service: ServiceDependency,
    visitor: Manager,
    draft: Annotated[str, Form(max_length=16)],
    token: FormToken = "",
) -> Response:
    """Make the list that was looked at the batch's roster."""
    sessions.check_form(service, visitor.nonce, token)
    now, by = service.clock(), f"staff:{account_of(visitor).name}"
    service.database.write(
        lambda session: rosters.confirm(session, batches.find(session, code), draft, now, by)
    )
    return RedirectResponse(f"/batches/{code}", status_code=303)


@router.get("/{code}/qr.svg")
def qr(code: Code, service: ServiceDependency, visitor: Manager) -> Response:
    """Return the batch's QR code."""
    del visitor
    batch = service.database.read(lambda session: batches.find(session, code))
    return Response(posters.qr_svg(batch), media_type="image/svg+xml")


@router.get("/{code}/phone-qr.svg")
def phone_qr(code: Code, service: ServiceDependency, visitor: Manager) -> Response:
    """Return the QR code by which students who cannot come to a booth begin on a phone."""
    del visitor
    batch = service.database.read(lambda session: batches.find(session, code))
    link = f"{service.settings.public_base}/b/{batch.code}"
    return Response(posters.link_svg(link), media_type="image/svg+xml")


@router.get("/{code}/poster.pdf")
def poster(code: Code, service: ServiceDependency, visitor: Manager) -> Response:
    """Return the batch's poster."""
    del visitor
    batch = service.database.read(lambda session: batches.find(session, code))
    name = f'attachment; filename="poster-{batch.code}.pdf"'
    return Response(
        posters.poster_pdf(batch, service.settings.poster_font),
        media_type="application/pdf",
        headers={"Content-Disposition": name},
    )


def _shot(counts: dict[str, int]) -> int:
    """Return how many have a photo; whoever has only begun on a phone has none."""
    return sum(counts.values()) - counts.get(OrderState.STARTED, 0)


def _save(
    request: Request, service: Service, visitor: Visitor, values: dict[str, Any], code: str | None
) -> Response:
    if code is not None:
        values["code"] = code
    if visitor.school is not None:
        values["school"] = visitor.school
    try:
        sessions.check_form(service, visitor.nonce, values.get("token", ""))
        info, terms, moments = _read(values)
        _write(service, visitor, info, terms, moments, is_new=code is None)
    except ValidationError as mistake:
        first = mistake.errors(include_url=False)[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        wrong = ServiceError(422, "batch_field", f"{first['msg']}.")
        return _form(request, visitor, values, is_new=code is None, wrong=field, error=wrong)
    except ServiceError as refusal:
        return _form(request, visitor, values, is_new=code is None, error=refusal)
    return RedirectResponse(f"/batches/{info.code}", status_code=303)


def _read(
    values: Mapping[str, Any],
) -> tuple[BatchInfo, BatchTerms, tuple[datetime | None, datetime | None]]:
    plain = {name: value for name, value in values.items() if value != ""}
    try:
        plain["fee_fen"] = round(float(plain.get("fee", 0)) * 100)
        moments = tuple(
            datetime.fromisoformat(plain[name]).replace(tzinfo=CHINA).astimezone(UTC)
            if name in plain
            else None
            for name in ("opens_at", "closes_at")
        )
    except (ValueError, OverflowError) as error:
        raise ServiceError(
            422, "batch_figures", "The fee or a date cannot be read.", "Write 20 or 20.50."
        ) from error
    plain.pop("opens_at", None)
    return BatchInfo.model_validate(plain), BatchTerms.model_validate(plain), moments  # type: ignore[return-value]


def _write(
    service: Service,
    visitor: Visitor,
    info: BatchInfo,
    terms: BatchTerms,
    moments: tuple[datetime | None, datetime | None],
    *,
    is_new: bool,
) -> None:
    now, by = service.clock(), f"staff:{account_of(visitor).name}"
    do = batches.add if is_new else batches.change
    service.database.write(
        lambda session: do(
            session, info, now, opens_at=moments[0], closes_at=moments[1], terms=terms, by=by
        )
    )


def _form(
    request: Request,
    visitor: Visitor,
    values: Mapping[str, Any],
    *,
    is_new: bool,
    wrong: str = "",
    error: ServiceError | None = None,
) -> Response:
    return page(
        request,
        "batch_form.html",
        visitor=visitor,
        status=422 if error else 200,
        values=values,
        is_new=is_new,
        wrong=wrong,
        error=error,
        methods=METHODS,
        standards=standards.available(),
    )

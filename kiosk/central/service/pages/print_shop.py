"""The print shop's pages: the queue, one order of prints, and what a batch offers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.contract import BATCH_CODE_PATTERN
from kiosk.central.service import (
    address_looks,
    batches,
    notices,
    own_payments,
    print_sheets,
    print_shop,
    print_terms,
    schools,
    sessions,
)
from kiosk.central.service.address_looks import Why
from kiosk.central.service.addresses import PostalAddress
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.batch import METHODS, Code, Fields
from kiosk.central.service.pages.guards import FormToken, Manager, account_of
from kiosk.central.service.pages.prints import Name
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.pages.review import send_file
from kiosk.central.service.print_products import products
from kiosk.central.service.print_shop import Act
from kiosk.central.service.print_states import PrintAction, PrintState
from kiosk.central.service.print_tables import PrintOrder
from kiosk.central.service.print_terms import PrintTerms
from kiosk.central.service.sessions import Visitor
from kiosk.central.service.tables import Batch, Payment

router = APIRouter(include_in_schema=False)

_Text = Annotated[str, Form(max_length=200)]
_ACTIONS = {
    action.value: action
    for action in (
        PrintAction.PRINT, PrintAction.SHIP, PrintAction.LAY_OUT, PrintAction.RECEIVE,
        PrintAction.REFUSE,
    )
}  # fmt: skip


@router.get("/prints")
def queue(
    request: Request,
    service: ServiceDependency,
    visitor: Manager,
    state: PrintState = PrintState.PAID,
    batch: Annotated[str, Query(pattern=BATCH_CODE_PATTERN + "|^$")] = "",
) -> Response:
    """Show the orders of prints of a state, those that wait longest first."""

    def work(session: Session) -> tuple[Batch | None, list[PrintOrder], dict[str, int]]:
        chosen, among = None, None
        if batch:
            chosen = schools.check_batch(session, visitor.school, batch)
            among = select(Batch.id).where(Batch.id == chosen.id)
        elif visitor.school is not None:
            among = schools.batches_of(visitor.school)
        found = print_shop.queue(session, state, among)
        return chosen, list(found), print_shop.counts(session, among)

    chosen, found, counts = service.database.read(work)
    return page(
        request, "shop.html", visitor=visitor, batch=chosen, orders=found, counts=counts,
        state=state, states=list(PrintState), products=products().product, most=print_shop.PAGE,
        counted=print_shop.COUNTED,
    )  # fmt: skip


@router.get("/prints/{name}")
def show(name: Name, request: Request, service: ServiceDependency, visitor: Manager) -> Response:
    """Show one order of prints, with what is to be done next."""
    return service.database.read(lambda session: _page(request, session, visitor, name))


@router.post("/prints/{name}/address")
def show_address(
    name: Name,
    request: Request,
    service: ServiceDependency,
    visitor: Manager,
    why: Annotated[Why, Form()],
    token: FormToken = "",
) -> Response:
    """Show where prints go; who looked, and why, stays in the audit log."""
    sessions.check_form(service, visitor.nonce, token)
    now, by = service.clock(), f"staff:{account_of(visitor).name}"

    def work(session: Session) -> Response:
        prints = print_shop.find(session, name)
        address = address_looks.look(service, session, prints, why, by, now)
        session.flush()
        return _page(request, session, visitor, name, address)

    return service.database.write(work)


@router.get("/prints/{name}/photo")
def photo(name: Name, service: ServiceDependency, visitor: Manager) -> Response:
    """Return the photo that is printed."""
    del visitor
    return send_file(service.storage.open(_photo_of(service, name)[1]), "image/jpeg")


@router.get("/prints/{name}/sheets.pdf")
def sheets(name: Name, service: ServiceDependency, visitor: Manager) -> Response:
    """Return the sheets to print."""
    del visitor
    prints, sha256 = _photo_of(service, name)
    with service.storage.open(sha256) as source:
        data = print_sheets.make_pdf(
            service.settings.kiosk_command, source, prints.lines, prints.number
        )
    disposition = f'attachment; filename="prints-{prints.number}.pdf"'
    return Response(
        data, media_type="application/pdf", headers={"Content-Disposition": disposition}
    )


@router.post("/prints/{name}/paid")
def paid(
    name: Name, service: ServiceDependency, visitor: Manager, token: FormToken = ""
) -> Response:
    """Staff took the money at the counter."""
    sessions.check_form(service, visitor.nonce, token)
    now, by = service.clock(), f"staff:{account_of(visitor).name}"
    service.database.write(
        lambda session: print_shop.take_money(session, print_shop.find(session, name), by, now)
    )
    return RedirectResponse(f"/prints/{name}", status_code=303)


@router.post("/prints/{name}/{action}")
def act(
    name: Name,
    action: str,
    service: ServiceDependency,
    visitor: Manager,
    carrier: _Text = "",
    tracking: _Text = "",
    reason: _Text = "",
    token: FormToken = "",
) -> Response:
    """Take an order of prints further."""
    sessions.check_form(service, visitor.nonce, token)
    if action not in _ACTIONS:
        raise ServiceError(404, "not_found", "There is no such page.")
    what = Act(_ACTIONS[action], carrier, tracking, reason)
    now, by = service.clock(), f"staff:{account_of(visitor).name}"
    service.database.write(
        lambda session: print_shop.act(session, print_shop.find(session, name), what, by, now)
    )
    if what.action is PrintAction.REFUSE:
        own_payments.close_open(service, name)
    return RedirectResponse(f"/prints/{name}", status_code=303)


@router.get("/batches/{code}/prints")
def terms(code: Code, request: Request, service: ServiceDependency, visitor: Manager) -> Response:
    """Show what a batch offers of prints."""

    def work(session: Session) -> tuple[Batch, PrintTerms]:
        batch = batches.find(session, code)
        return batch, print_terms.of(session, batch)

    batch, offered = service.database.read(work)
    values = offered.model_dump() | {
        "price": f"{offered.price_fen / 100:.2f}",
        "shipping": f"{offered.shipping_fen / 100:.2f}",
    }
    return page(
        request, "print_terms.html", visitor=visitor, batch=batch, values=values,
        methods=METHODS, error=None,
    )  # fmt: skip


@router.post("/batches/{code}/prints")
def set_terms(
    code: Code, request: Request, service: ServiceDependency, visitor: Manager, values: Fields
) -> Response:
    """Set what a batch offers of prints."""
    sessions.check_form(service, visitor.nonce, values.get("token", ""))
    now, by = service.clock(), f"staff:{account_of(visitor).name}"

    def work(session: Session) -> None:
        print_terms.change(session, batches.find(session, code), _read(values), now, by)

    try:
        service.database.write(work)
    except ServiceError as error:
        if error.status != 422:  # noqa: PLR2004
            raise
        batch = service.database.read(lambda session: batches.find(session, code))
        return page(
            request, "print_terms.html", visitor=visitor, status=422, batch=batch,
            values=values, methods=METHODS, error=error,
        )  # fmt: skip
    return RedirectResponse(f"/batches/{code}", status_code=303)


def _page(
    request: Request,
    session: Session,
    visitor: Visitor,
    name: str,
    address: PostalAddress | None = None,
) -> Response:
    prints = print_shop.find(session, name)
    return page(
        request, "shop_order.html", visitor=visitor, prints=prints,
        payment=session.get(Payment, prints.payment_reference),
        state=PrintState(prints.state), products=products().product,
        address=address, reasons=list(Why), looks=address_looks.of(session, prints),
    )  # fmt: skip


def _read(values: Fields) -> PrintTerms:
    try:
        return PrintTerms.model_validate(
            {
                "is_offered": values.get("is_offered") == "yes",
                "price_fen": round(float(values.get("price") or 0) * 100),
                "shipping_fen": round(float(values.get("shipping") or 0) * 100),
                "pickup": " ".join(values.get("pickup", "").split()),
                "payment_methods": values["payment_methods"],
            }
        )
    except (ValueError, OverflowError, ValidationError) as error:
        raise ServiceError(
            422, "prints_figures", "A price or the place cannot be read.", "Write 15 or 15.50."
        ) from error


def _photo_of(service: Service, name: str) -> tuple[PrintOrder, str]:
    def work(session: Session) -> tuple[PrintOrder, str]:
        prints = print_shop.find(session, name)
        if not prints.order.photos or prints.order.state not in notices.HAS_PHOTO:
            raise ServiceError(409, "not_approved", "There is no approved photo.", "Refuse them.")
        return prints, prints.order.photo.photo_sha256

    return service.database.read(work)

"""The student's addresses: added, changed, removed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.service import addresses, print_terms, receipts, sessions
from kiosk.central.service.addresses import PostalAddress
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken
from kiosk.central.service.pages.prints import Name
from kiosk.central.service.pages.receipt import Token
from kiosk.central.service.pages.rendering import page

router = APIRouter(prefix="/r", include_in_schema=False)

_Text = Annotated[str, Form(max_length=400)]


@router.get("/{receipt_token}/addresses")
def show(
    receipt_token: Token, request: Request, service: ServiceDependency, edit: str = ""
) -> Response:
    """Show the addresses, and the form for a new one or the one that is to be changed."""
    return _page(service, request, receipt_token, edit)


@router.post("/{receipt_token}/addresses")
def keep(
    receipt_token: Token,
    request: Request,
    service: ServiceDependency,
    recipient: _Text = "",
    phone: _Text = "",
    region: _Text = "",
    street: _Text = "",
    name: Annotated[str, Form(max_length=16)] = "",
    token: FormToken = "",
) -> Response:
    """Keep a new address, or change the one of this name."""
    sessions.check_form(service, receipt_token, token)
    now = service.clock()

    def work(session: Session) -> None:
        order = receipts.order_of(session, receipt_token, now)
        if not name and not print_terms.of(session, order.batch).is_offered:
            # Nothing would ever be sent there.
            raise ServiceError(409, "prints_not_offered", "Prints are not offered.")
        address = addresses.checked(recipient, phone, region, street)
        addresses.keep(service, session, order, address, now, name)

    try:
        service.database.write(work)
    except ServiceError as error:
        if error.status != 422:  # noqa: PLR2004
            raise
        typed = PostalAddress(recipient, phone, region, street)
        return _page(service, request, receipt_token, name, typed=typed, error=error)
    return RedirectResponse(f"/r/{receipt_token}/addresses", status_code=303)


@router.post("/{receipt_token}/addresses/{name}/remove")
def remove(
    receipt_token: Token, name: Name, service: ServiceDependency, token: FormToken = ""
) -> Response:
    """Remove an address."""
    sessions.check_form(service, receipt_token, token)
    now = service.clock()
    service.database.write(
        lambda session: addresses.remove(
            session, receipts.order_of(session, receipt_token, now), name, now
        )
    )
    return RedirectResponse(f"/r/{receipt_token}/addresses", status_code=303)


def _page(
    service: Service,
    request: Request,
    receipt_token: str,
    edit: str,
    *,
    typed: PostalAddress | None = None,
    error: ServiceError | None = None,
) -> Response:
    now = service.clock()

    def work(session: Session) -> tuple[dict[str, PostalAddress], bool]:
        order = receipts.order_of(session, receipt_token, now)
        if edit:
            addresses.find(session, order, edit)
        kept = addresses.of(service, session, order)
        return kept, print_terms.of(session, order.batch).is_offered

    kept, offered = service.database.read(work)
    return page(
        request,
        "addresses.html",
        status=error.status if error else 200,
        form_nonce=receipt_token,
        token=receipt_token,
        addresses=kept,
        edit=edit,
        values=typed or kept.get(edit) or PostalAddress("", "", "", ""),
        error=error,
        may_add=offered and len(kept) < service.settings.prints.addresses_most,
        offered=offered,
    )

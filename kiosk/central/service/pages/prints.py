"""The student's prints: ordered, paid, followed, called off, ordered again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.service import (
    addresses,
    notices,
    own_payments,
    print_changes,
    print_orders,
    print_terms,
    receipts,
    sessions,
)
from kiosk.central.service.addresses import PostalAddress
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.callers import ip_address_of
from kiosk.central.service.context import Service
from kiosk.central.service.own_payments import Chosen, Due
from kiosk.central.service.pages.guards import FormToken
from kiosk.central.service.pages.paying import ON_PHONE, paying, remember
from kiosk.central.service.pages.receipt import Token
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.print_orders import Wish
from kiosk.central.service.print_products import products
from kiosk.central.service.print_states import PrintAction, PrintState
from kiosk.central.service.print_tables import PrintOrder
from kiosk.central.service.print_terms import PrintTerms
from kiosk.central.service.tables import Order

router = APIRouter(prefix="/r", include_in_schema=False)

Name = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
_SHIPPED_STEPS = (
    PrintState.ORDERED, PrintState.PAID, PrintState.PRINTING, PrintState.SHIPPED,
    PrintState.RECEIVED,
)  # fmt: skip
_PICKED_UP_STEPS = (*_SHIPPED_STEPS[:3], PrintState.READY, PrintState.RECEIVED)


@dataclass(frozen=True, slots=True)
class _Offer:
    """What the page of prints shows."""

    order: Order
    terms: PrintTerms
    prints: list[PrintOrder]
    addresses: dict[str, PostalAddress]
    again: PrintOrder | None


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the page of one order of prints shows."""

    prints: PrintOrder
    due: Due | None
    payment: Chosen | None


async def _wish(request: Request) -> Wish:
    async with request.form(max_files=0, max_fields=40) as fields:
        values = {name: value for name, value in fields.items() if isinstance(value, str)}
    lines = {
        name.removeprefix("sheets_"): int(value) if value.isdecimal() and len(value) < 5 else -1  # noqa: PLR2004
        for name, value in values.items()
        if name.startswith("sheets_") and value.strip()
    }
    where = values.get("where", "")
    if where == print_orders.PICK_UP:
        return Wish(lines, where, repeats=values.get("repeats") or None)
    return Wish(lines, print_orders.SHIP, where, values.get("repeats") or None)


@router.get("/{receipt_token}/prints")
def show_all(
    receipt_token: Token, request: Request, service: ServiceDependency, again: str = ""
) -> Response:
    """Show what was ordered, and the form to order."""
    now = service.clock()

    def work(session: Session) -> _Offer:
        order = receipts.order_of(session, receipt_token, now)
        return _Offer(
            order,
            print_terms.of(session, order.batch),
            print_orders.of(session, order),
            addresses.of(service, session, order),
            print_orders.find(session, order, again) if again else None,
        )

    found = service.database.read(work)
    return page(
        request,
        "prints.html",
        form_nonce=receipt_token,
        token=receipt_token,
        found=found,
        products=products().product,
        may_order=found.terms.is_offered and found.order.state in notices.HAS_PHOTO,
        most=service.settings.prints.sheets_most,
    )


@router.post("/{receipt_token}/prints")
def order(
    receipt_token: Token,
    service: ServiceDependency,
    wish: Annotated[Wish, Depends(_wish)],
    token: FormToken = "",
) -> Response:
    """Order prints."""
    sessions.check_form(service, receipt_token, token)
    now = service.clock()

    def work(session: Session) -> PrintOrder:
        owner = receipts.order_of(session, receipt_token, now)
        return print_orders.order(service, session, owner, wish, now)

    prints = service.database.write(work)
    if not prints.amount_fen:
        own_payments.choose(service, receipt_token, prints.id, "waived")
    return _to(receipt_token, prints.id)


@router.get("/{receipt_token}/prints/{name}")
def show(
    receipt_token: Token, name: Name, request: Request, service: ServiceDependency
) -> Response:
    """Show how an order of prints stands."""
    now = service.clock()

    def owner_of(session: Session) -> Order:
        owner = receipts.order_of(session, receipt_token, now)
        print_orders.find(session, owner, name)
        return owner

    owner = service.database.read(owner_of)
    own_payments.follow(service, owner, name)

    def work(session: Session) -> _Shown:
        owner = receipts.order_of(session, receipt_token, now)
        # First: play money that settles by itself does so when it is looked at.
        payment = own_payments.standing(service, session, owner, name)
        prints = print_orders.find(session, owner, name)
        return _Shown(prints, own_payments.due(service, session, owner, name), payment)

    found = service.database.write(work)
    prints = found.prints
    steps = _PICKED_UP_STEPS if prints.delivery == print_orders.PICK_UP else _SHIPPED_STEPS
    return page(
        request,
        "print_order.html",
        form_nonce=receipt_token,
        token=receipt_token,
        prints=prints,
        state=PrintState(prints.state),
        steps=steps,
        reached=steps.index(PrintState(prints.state)) if prints.state in steps else -1,
        products=products().product,
        address=addresses.opened(service, prints.address_sealed) if prints.address_sealed else None,
        **paying(request, found.due, found.payment, f"/r/{receipt_token}/prints/{name}/pay"),
    )


@router.post("/{receipt_token}/prints/{name}/pay")
def pay(
    receipt_token: Token,
    name: Name,
    service: ServiceDependency,
    request: Request,
    method: Annotated[str, Form(max_length=20)] = "",
    token: FormToken = "",
) -> Response:
    """Choose how to pay."""
    sessions.check_form(service, receipt_token, token)
    return _choose(request, service, receipt_token, method, name)


@router.post("/{receipt_token}/prints/{name}/cancel")
def cancel(
    receipt_token: Token, name: Name, service: ServiceDependency, token: FormToken = ""
) -> Response:
    """Cancel prints that are not made yet; what was paid goes back."""
    sessions.check_form(service, receipt_token, token)
    now = service.clock()

    def work(session: Session) -> None:
        owner = receipts.order_of(session, receipt_token, now)
        prints = print_orders.find(session, owner, name)
        print_orders.call_off(session, prints, PrintAction.CANCEL, "student", now)

    service.database.write(work)
    own_payments.close_open(service, name)
    return _to(receipt_token, name)


@router.post("/{receipt_token}/prints/{name}/receive")
def receive(
    receipt_token: Token, name: Name, service: ServiceDependency, token: FormToken = ""
) -> Response:
    """The student has them."""
    sessions.check_form(service, receipt_token, token)
    now = service.clock()

    def work(session: Session) -> None:
        owner = receipts.order_of(session, receipt_token, now)
        prints = print_orders.find(session, owner, name)
        print_changes.change(session, prints, PrintAction.RECEIVE, "student", now)

    service.database.write(work)
    return _to(receipt_token, name)


@router.get("/{receipt_token}/fee")
def show_fee(receipt_token: Token, request: Request, service: ServiceDependency) -> Response:
    """Show what is to be paid for the photo, and how."""
    now = service.clock()
    owner = service.database.read(lambda s: receipts.order_of(s, receipt_token, now))
    own_payments.follow(service, owner, None)

    def work(session: Session) -> tuple[Chosen | None, Due | None]:
        owner = receipts.order_of(session, receipt_token, now)
        payment = own_payments.standing(service, session, owner, None)
        return payment, own_payments.due(service, session, owner, None)

    payment, due = service.database.write(work)
    if due is None:
        return RedirectResponse(f"/r/{receipt_token}", status_code=303)
    return page(
        request, "fee.html", form_nonce=receipt_token, token=receipt_token,
        **paying(request, due, payment, f"/r/{receipt_token}/fee"),
    )  # fmt: skip


@router.post("/{receipt_token}/fee")
def pay_fee(
    receipt_token: Token,
    service: ServiceDependency,
    request: Request,
    method: Annotated[str, Form(max_length=20)] = "",
    token: FormToken = "",
) -> Response:
    """Choose how to pay the photo's fee."""
    sessions.check_form(service, receipt_token, token)
    return _choose(request, service, receipt_token, method, None)


def _choose(
    request: Request, service: Service, receipt_token: str, way: str, name: str | None
) -> Response:
    method, _, where = way.partition(" ")
    payer = ip_address_of(request) if where == ON_PHONE else ""
    reference = own_payments.choose(service, receipt_token, name, method, payer)
    path = f"/r/{receipt_token}/fee" if name is None else f"/r/{receipt_token}/prints/{name}"
    response = RedirectResponse(path, status_code=303)
    remember(response, service, reference, path)
    return response


def _to(receipt_token: str, name: str) -> Response:
    return RedirectResponse(f"/r/{receipt_token}/prints/{name}", status_code=303)

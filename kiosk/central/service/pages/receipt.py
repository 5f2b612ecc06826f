"""The student's page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.contract import OrderState
from kiosk.central.service import receipts, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.pages.guards import FormToken
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.pages.review import send_file
from kiosk.central.service.reasons import REASONS
from kiosk.central.service.tables import Order

router = APIRouter(prefix="/r", include_in_schema=False)

Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{32,64}$")]

_STEPS = (OrderState.PENDING, OrderState.APPROVED, OrderState.PROCESSING, OrderState.DONE)


@router.get("/{receipt_token}")
def show(receipt_token: Token, request: Request, service: ServiceDependency) -> Response:
    """Show how the order stands."""
    now = service.clock()

    def work(session: Session) -> Order:
        order = receipts.order_of(session, receipt_token, now)
        _ = order.batch.school, order.photos
        return order

    order = service.database.read(work)
    state = OrderState(order.state)
    return page(
        request,
        "receipt.html",
        form_nonce=receipt_token,
        token=receipt_token,
        order=order,
        photo=order.photo,
        state=state,
        steps=_STEPS,
        reached=_STEPS.index(state) if state in _STEPS else -1,
        reasons=[REASONS[code] for code in order.photo.reasons if code in REASONS],
    )


@router.post("/{receipt_token}/withdraw")
def withdraw(receipt_token: Token, service: ServiceDependency, token: FormToken = "") -> Response:
    """Take the photo back while it is pending."""
    sessions.check_form(service, receipt_token, token)
    now = service.clock()
    service.database.write(lambda session: receipts.withdraw(session, receipt_token, now))
    return RedirectResponse(f"/r/{receipt_token}", status_code=303)


@router.get("/{receipt_token}/photo")
def photo(receipt_token: Token, service: ServiceDependency) -> Response:
    """Return the newest photo."""
    now = service.clock()
    sha256 = service.database.read(
        lambda session: receipts.order_of(session, receipt_token, now).photo.photo_sha256
    )
    return send_file(service.storage.open(sha256), "image/jpeg")

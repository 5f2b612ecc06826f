"""Play money: the page behind the payment QR, where anybody may pay."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.service import payments
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.api.payments import Reference
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.tables import Payment

router = APIRouter(prefix="/sandbox", include_in_schema=False)


@router.get("/pay/{reference}")
def show(reference: Reference, request: Request, service: ServiceDependency) -> Response:
    """Show a payment."""
    _must_be_on(service)
    payment = service.database.read(lambda session: _found(session, reference))
    return page(request, "sandbox.html", payment=payment)


@router.post("/pay/{reference}")
def pay(reference: Reference, service: ServiceDependency) -> Response:
    """Pay.

    Without a form token: nobody is signed in here, so a forged form could do no more than
    anybody may.
    """
    _must_be_on(service)
    now = service.clock()
    service.database.write(
        lambda session: payments.pay_sandbox(session, _found(session, reference), now)
    )
    return RedirectResponse(f"/sandbox/pay/{reference}", status_code=303)


def _found(session: Session, reference: str) -> Payment:
    payment = payments.find(session, reference)
    if payment.method != "sandbox":
        raise ServiceError(404, "not_found", "There is no such payment.")
    return payment


def _must_be_on(service: Service) -> None:
    if not service.settings.sandbox:
        raise ServiceError(404, "not_found", "There is no such page.")

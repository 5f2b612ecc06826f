"""Booths open, follow, vouch for and give up payments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session

from kiosk.central.contract import PaymentInfo, PaymentRequest, Vouch
from kiosk.central.service import payments, provider_payments
from kiosk.central.service.api.authentication import BoothDependency, ServiceDependency
from kiosk.central.service.api.refusals import refusals
from kiosk.central.service.context import Service

router = APIRouter(prefix="/api/v1/payments", tags=["payments"])

Reference = Annotated[str, Path(pattern=payments.REFERENCE_PATTERN)]


@router.post("", responses=refusals(401, 404, 409, 413, 503))
def open_payment(
    request: PaymentRequest, service: ServiceDependency, booth: BoothDependency
) -> PaymentInfo:
    """Open a payment; the same request again answers with it as it stands."""
    now = service.clock()
    opened = service.database.write(
        lambda session: payments.open_payment(session, request, booth, now, service.settings),
        serialised=True,
    )
    if opened.method not in service.gateways:
        return opened
    provider_payments.ensure_open(service, opened.reference)
    return _info(service, opened.reference)


@router.get("/{reference}", responses=refusals(401, 404))
def payment(
    reference: Reference, service: ServiceDependency, _booth: BoothDependency
) -> PaymentInfo:
    """Return a payment as it stands, also at its provider."""
    provider_payments.follow(service, reference)
    return _info(service, reference)


@router.post("/{reference}/vouch", responses=refusals(401, 404, 409, 413))
def vouch(
    reference: Reference, message: Vouch, service: ServiceDependency, booth: BoothDependency
) -> PaymentInfo:
    """Booth staff took the money."""
    now = service.clock()

    def work(session: Session) -> PaymentInfo:
        found = payments.find(session, reference)
        payments.vouch(session, found, message, booth, now)
        return payments.info(session, found, now, service.settings)

    return service.database.write(work, serialised=True)


@router.post("/{reference}/close", responses=refusals(401, 404))
def close(reference: Reference, service: ServiceDependency, booth: BoothDependency) -> PaymentInfo:
    """Give a payment up; a settled one stays settled."""
    now = service.clock()
    provider_payments.follow(service, reference, closing=True)

    def work(session: Session) -> PaymentInfo:
        found = payments.find(session, reference)
        # One that could not be closed at its provider may still be paid: its time ends it.
        if found.method not in service.gateways:
            payments.close(session, found, booth, now)
        return payments.info(session, found, now, service.settings)

    return service.database.write(work)


def _info(service: Service, reference: str) -> PaymentInfo:
    now = service.clock()

    def work(session: Session) -> PaymentInfo:
        found = payments.find(session, reference)
        return payments.info(session, found, now, service.settings)

    return service.database.write(work)

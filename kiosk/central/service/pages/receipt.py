"""The student's page: how the order stands, and taking the photo back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.contract import OrderState
from kiosk.central.service import (
    notices,
    originals,
    own_payments,
    payments,
    print_orders,
    print_terms,
    receipts,
    sessions,
    uploads,
)
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.middleware import SECURITY_HEADERS
from kiosk.central.service.pages.guards import FormToken
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.pages.review import checks_of, send_file
from kiosk.central.service.reasons import REASONS
from kiosk.central.service.student_tables import Contact, PhoneUpload
from kiosk.central.service.tables import Order

router = APIRouter(prefix="/r", include_in_schema=False)

Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{32,64}$")]

_STEPS = (OrderState.PENDING, OrderState.APPROVED, OrderState.PROCESSING, OrderState.DONE)
# The chosen picture is shown before it is sent; it has no address but the browser's own.
_WITH_PREVIEW = SECURITY_HEADERS["Content-Security-Policy"].replace(
    "img-src 'self'", "img-src 'self' blob:"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the page shows."""

    order: Order
    uploads: list[PhoneUpload]
    contact: Contact | None
    is_paid: bool
    fee_due: bool
    may_upload: bool
    fee_first: bool
    has_prints: bool

    @property
    def upload(self) -> PhoneUpload | None:
        """What was sent last."""
        return self.uploads[0] if self.uploads else None


@router.get("/{receipt_token}")
def show(receipt_token: Token, request: Request, service: ServiceDependency) -> Response:
    """Show how the order stands."""
    now = service.clock()

    def work(session: Session) -> _Found:
        order = receipts.order_of(session, receipt_token, now)
        _ = order.photos
        paid = payments.is_settled(session, order.batch_id, order.code_hash)
        due = own_payments.due(service, session, order, None, is_settled=paid)
        return _Found(
            order,
            uploads.of(session, order.id),
            session.get(Contact, order.id),
            paid,
            due is not None,
            order.state in uploads.MAY_UPLOAD and order.batch.is_open(now),
            order.state == OrderState.STARTED and due is not None,
            print_terms.of(session, order.batch).is_offered
            or bool(print_orders.of(session, order)),
        )

    found = service.database.read(work)
    order, state = found.order, OrderState(found.order.state)
    response = page(
        request,
        "receipt.html",
        form_nonce=receipt_token,
        token=receipt_token,
        order=order,
        photo=order.photos[-1] if order.photos else None,
        state=state,
        steps=_STEPS,
        reached=_STEPS.index(state) if state in _STEPS else -1,
        reasons=[REASONS[code] for p in order.photos[-1:] for code in p.reasons if code in REASONS],
        checks=[
            check
            for p in order.photos[-1:]
            for check in checks_of(p)
            if check["verdict"] != "unknown"
        ],
        consents=_consents(found),
        has_photo=state in notices.HAS_PHOTO,
        mail=bool(service.settings.mail.host),
        least_px=originals.LEAST_SIDE_PX,
        found=found,
    )
    response.headers["Content-Security-Policy"] = _WITH_PREVIEW
    return response


@router.post("/{receipt_token}/withdraw")
def withdraw(receipt_token: Token, service: ServiceDependency, token: FormToken = "") -> Response:
    """Take the photo back while it is pending."""
    sessions.check_form(service, receipt_token, token)
    now = service.clock()
    service.database.write(lambda session: receipts.withdraw(session, receipt_token, now))
    return back_to(receipt_token)


@router.get("/{receipt_token}/photo")
def photo(receipt_token: Token, service: ServiceDependency) -> Response:
    """Return the newest photo."""
    order = order_at(service, receipt_token)
    if not order.photos:
        raise ServiceError(404, "not_found", "There is no photo yet.", "Send one.")
    return send_file(service.storage.open(order.photo.photo_sha256), "image/jpeg")


def order_at(service: Service, receipt_token: str) -> Order:
    """Return the order of a link, with its photos.

    Raises:
        ServiceError: the link is not good.
    """
    now = service.clock()

    def work(session: Session) -> Order:
        order = receipts.order_of(session, receipt_token, now)
        _ = order.photos, order.batch.code
        return order

    return service.database.read(work)


def back_to(receipt_token: str) -> Response:
    """Lead back to the student's page."""
    return RedirectResponse(f"/r/{receipt_token}", status_code=303)


def _consents(found: _Found) -> list[dict[str, Any]]:
    """Return all that was agreed to, for photos and for originals that became none."""
    given = [
        {"version": one.consent_version, "at": one.consent_at, "photo": one.version}
        for one in found.order.photos
    ]
    given += [
        {"version": one.consent_version, "at": one.received_at, "photo": None}
        for one in found.uploads
        if one.photo_version is None
    ]
    return sorted(given, key=lambda one: one["at"])

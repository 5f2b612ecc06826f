"""The review queue and the review page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response, StreamingResponse

from kiosk import standards
from kiosk.central.contract import OrderState
from kiosk.central.service import decisions, duplicates, review, second_look, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.pages.guards import FormToken, Reviewer, account_of
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.reasons import REASONS
from kiosk.central.service.sessions import Visitor
from kiosk.central.service.tables import Order, Payment, Photo

router = APIRouter(prefix="/review", include_in_schema=False)

_SHOWN_IN_QUEUE = 12
_CHUNK_BYTES = 1 << 16
# Beyond it is no figure of a photo: JSON's numbers have no end.
_LARGEST = 1e12
# The doubtful first; what passes is not what a reviewer has to look at.
_VERDICTS = ("fail", "hint", "unknown", "pass")


@router.get("")
def queue(request: Request, service: ServiceDependency, visitor: Reviewer) -> Response:
    """Show what waits."""
    now = service.clock()
    account, settled = account_of(visitor), now - timedelta(seconds=service.settings.review_undo_s)

    def work(session: Session) -> tuple[review.Queue, int]:
        waiting = review.queue(session, account, now, _SHOWN_IN_QUEUE)
        return waiting, second_look.waiting(session, account, settled)

    waiting, looks = service.database.read(work)
    undo = _undo_offer(service, visitor, request)
    return page(
        request,
        "queue.html",
        visitor=visitor,
        queue=waiting,
        second_looks=looks,
        now=now,
        undo=undo,
    )


@router.post("/next")
def take_next(service: ServiceDependency, visitor: Reviewer, token: FormToken = "") -> Response:
    """Take the next free photo."""
    sessions.check_form(service, visitor.nonce, token)
    return _next(service, visitor, None)


@router.get("/{order_id}")
def show(
    order_id: str, request: Request, service: ServiceDependency, visitor: Reviewer
) -> Response:
    """Show a photo; a free one becomes this reviewer's for a while."""
    now, lease_s = service.clock(), service.settings.review_lease_s
    account = account_of(visitor)

    def work(
        session: Session,
    ) -> tuple[bool, Order, Payment | None, Sequence[tuple[Photo, float]]]:
        mine = review.take(session, order_id, account, now, lease_s)
        order = review.find(session, order_id)
        copies = duplicates.copies_of(session, order.photo)
        return mine, order, session.get(Payment, order.photo.payment_reference), copies

    mine, order, payment, copies = service.database.write(work)
    return page(
        request,
        "review.html",
        visitor=visitor,
        order=order,
        photo=order.photo,
        earlier=list(reversed(order.photos[:-1])),
        is_pending=order.state == OrderState.PENDING,
        mine=mine,
        checks=checks_of(order.photo),
        copies=copies,
        undo=_undo_offer(service, visitor, request),
        reasons=list(REASONS.values()),
        all_reasons=REASONS,
        geometry=standards.load(order.batch.standard),
        payment=payment if payment and payment.code_hash == order.code_hash else None,
    )


@router.post("/{order_id}/approve")
def approve(
    order_id: str,
    service: ServiceDependency,
    visitor: Reviewer,
    version: Annotated[int, Form()],
    token: FormToken = "",
) -> Response:
    """Approve, and open the next."""
    return _decide(service, visitor, order_id, version, token, None)


@router.post("/{order_id}/reject")
def reject(
    order_id: str,
    service: ServiceDependency,
    visitor: Reviewer,
    version: Annotated[int, Form()],
    reason: Annotated[list[str] | None, Form()] = None,
    token: FormToken = "",
) -> Response:
    """Reject with reasons, and open the next."""
    return _decide(service, visitor, order_id, version, token, reason or [])


@router.post("/{order_id}/undo")
def undo(
    order_id: str, service: ServiceDependency, visitor: Reviewer, token: FormToken = ""
) -> Response:
    """Take back the decision just made, and show the photo again."""
    sessions.check_form(service, visitor.nonce, token)
    account, now, policy = account_of(visitor), service.clock(), policy_of(service)
    service.database.write(lambda session: decisions.undo(session, order_id, account, now, policy))
    return RedirectResponse(f"/review/{order_id}", status_code=303)


@router.post("/{order_id}/skip")
def skip(
    order_id: str, service: ServiceDependency, visitor: Reviewer, token: FormToken = ""
) -> Response:
    """Give this one back undecided, and open the next."""
    sessions.check_form(service, visitor.nonce, token)

    def work(session: Session) -> Order:
        order = review.find(session, order_id)
        review.release(session, order, account_of(visitor))
        return order

    return _next(service, visitor, service.database.write(work))


@router.get("/{order_id}/photo/{version}")
def photo(order_id: str, version: int, service: ServiceDependency, visitor: Reviewer) -> Response:
    """Return a version's photo."""
    del visitor
    found = _version(service, order_id, version)
    return send_file(service.storage.open(found.photo_sha256), "image/jpeg")


@router.get("/{order_id}/original/{version}")
def original(
    order_id: str, version: int, service: ServiceDependency, visitor: Reviewer
) -> Response:
    """Return a version's original."""
    del visitor
    found = _version(service, order_id, version)
    return send_file(service.storage.open(found.original_sha256), found.original_media_type)


def send_file(file: BinaryIO, media_type: str) -> Response:
    """Answer with a file, piece by piece."""

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(_CHUNK_BYTES):
                yield piece

    return StreamingResponse(pieces(), media_type=media_type)


def _version(service: Service, order_id: str, version: int) -> Photo:
    order = service.database.read(lambda session: review.find(session, order_id))
    for found in order.photos:
        if found.version == version:
            return found
    raise ServiceError(404, "not_found", "There is no such version.")


def _decide(
    service: Service,
    visitor: Visitor,
    order_id: str,
    version: int,
    token: str,
    reasons: list[str] | None,
) -> Response:
    sessions.check_form(service, visitor.nonce, token)
    account, now = account_of(visitor), service.clock()
    order = service.database.write(
        lambda session: decisions.decide(
            session, order_id, version, account, now, reasons, policy_of(service)
        )
    )
    return _next(service, visitor, order, decided=order.id)


def policy_of(service: Service) -> decisions.Policy:
    """Return the settings' policy."""
    settings = service.settings
    return decisions.Policy(
        settings.review_lease_s, settings.review_undo_s, settings.second_look_percent
    )


def _undo_offer(service: Service, visitor: Visitor, request: Request) -> Order | None:
    """Return the order just decided, while the decision can be taken back."""
    order_id = request.query_params.get("decided", "")
    account, now, policy = account_of(visitor), service.clock(), policy_of(service)
    if not order_id:
        return None
    return service.database.read(
        lambda session: decisions.can_undo(session, order_id[:16], account, now, policy)
    )


def _next(service: Service, visitor: Visitor, after: Order | None, decided: str = "") -> Response:
    now, lease_s = service.clock(), service.settings.review_lease_s
    account = account_of(visitor)
    order_id = service.database.write(
        lambda session: review.take_next(session, account, now, lease_s, after)
    )
    path = f"/review/{order_id}" if order_id else "/review"
    if decided:
        path += f"?decided={decided}"
    return RedirectResponse(path, status_code=303)


def checks_of(photo: Photo) -> list[dict[str, Any]]:
    """Return the report's remarks and rules, the doubtful first.

    What does not look like one is left out: the report was written by some booth's software.
    """
    rules, checks = photo.report.get("rules"), []
    remarks = photo.report.get("remarks")
    for remark in remarks if isinstance(remarks, list) else ():
        key = remark.get("key") if isinstance(remark, Mapping) else None
        # Remarks on rules say the same as the rules below.
        if isinstance(key, str) and not key.startswith("rule_"):
            checks.append(
                {
                    "rule": key,
                    "verdict": "fail" if remark.get("serious") else "hint",
                    "value": _figure(remark.get("value")),
                    "limit": _figure(remark.get("limit")),
                }
            )
    for name, result in rules.items() if isinstance(rules, Mapping) else ():
        if isinstance(result, Mapping) and result.get("verdict") in _VERDICTS:
            checks.append(
                {
                    "rule": str(name),
                    "verdict": result["verdict"],
                    "value": _figure(result.get("value")),
                    "limit": _figure(result.get("limit")),
                }
            )
    return sorted(checks, key=lambda check: _VERDICTS.index(check["verdict"]))


def _figure(value: Any) -> str:
    """Return a figure for people: three digits that count."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _LARGEST:
        return ""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"  # noqa: PLR2004

"""Progress of the batches, and taking approved orders further."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.contract import OrderState
from kiosk.central.service import batches, history, order_counts, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.orders import TRANSITIONS, Action
from kiosk.central.service.pages.guards import FormToken, Manager, account_of
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.sessions import Visitor
from kiosk.central.service.tables import Batch, Order

router = APIRouter(prefix="/batches", include_in_schema=False)


_AT_A_TIME = 20


@router.get("")
def progress(
    request: Request,
    service: ServiceDependency,
    visitor: Manager,
    search: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=8)] = "",
) -> Response:
    """Show how many orders of each batch are in each state, the newest batches first."""

    def work(session: Session) -> list[tuple[Batch, Mapping[str, int]]]:
        found = batches.newest(
            session, _AT_A_TIME + 1, search=search, after=after, school=visitor.school
        )
        counts = order_counts.counts(session, batches=[batch.id for batch in found])
        return [(batch, counts.get(batch.id, {})) for batch in found]

    found = service.database.read(work)
    return page(
        request,
        "batches.html",
        visitor=visitor,
        batches=found[:_AT_A_TIME],
        search=search,
        older=found[_AT_A_TIME - 1][0].code if len(found) > _AT_A_TIME else "",
        states=list(OrderState),
        now=service.clock(),
    )


@router.post("/{code}/process")
def process(
    code: str, service: ServiceDependency, visitor: Manager, token: FormToken = ""
) -> Response:
    """Take all approved orders of a batch into production."""
    return _all(service, visitor, code, token, Action.PROCESS)


@router.post("/{code}/finish")
def finish(
    code: str, service: ServiceDependency, visitor: Manager, token: FormToken = ""
) -> Response:
    """Finish all orders of a batch that are in production."""
    return _all(service, visitor, code, token, Action.FINISH)


def _all(service: Service, visitor: Visitor, code: str, token: str, action: Action) -> Response:
    sessions.check_form(service, visitor.nonce, token)
    now, actor = service.clock(), f"staff:{account_of(visitor).name}"
    before = [state for state, possible in TRANSITIONS if possible is action]

    def work(session: Session) -> None:
        batch = batches.find(session, code)
        chosen = select(Order).where(Order.batch_id == batch.id, Order.state.in_(before))
        for order in session.scalars(chosen):
            history.change(session, order, action, actor, now, {})

    service.database.write(work)
    return RedirectResponse("/batches", status_code=303)

"""Progress of the batches, and taking approved orders further."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.contract import OrderState
from kiosk.central.service import batches, history, sessions
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.context import Service
from kiosk.central.service.orders import TRANSITIONS, Action
from kiosk.central.service.pages.guards import FormToken, Manager, account_of
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.sessions import Visitor
from kiosk.central.service.tables import Batch, Order

router = APIRouter(prefix="/batches", include_in_schema=False)


@router.get("")
def progress(request: Request, service: ServiceDependency, visitor: Manager) -> Response:
    """Show how many orders of each batch are in each state."""

    def work(session: Session) -> list[tuple[Batch, dict[str, int]]]:
        found = session.scalars(select(Batch).order_by(Batch.created_at.desc(), Batch.id)).all()
        counts: dict[int, dict[str, int]] = {batch.id: {} for batch in found}
        grouped = select(Order.batch_id, Order.state, func.count()).group_by(
            Order.batch_id, Order.state
        )
        for batch_id, state, count in session.execute(grouped):
            counts[batch_id][state] = count
        return [(batch, counts[batch.id]) for batch in found]

    return page(
        request,
        "batches.html",
        visitor=visitor,
        batches=service.database.read(work),
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

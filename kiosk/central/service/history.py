"""Orders change here and nowhere else: by the table of transitions, with a line in the log."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from kiosk.central.contract import OrderState
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import Action, IllegalTransition, next_state
from kiosk.central.service.tables import Event, Order

_REFUSALS = {
    OrderState.STARTED: ("order_started", "No photo has come yet."),
    OrderState.APPROVED: ("order_locked", "The photo is approved and locked."),
    OrderState.PROCESSING: ("order_locked", "The photo is approved and in production."),
    OrderState.DONE: ("order_locked", "The order is done."),
    OrderState.WITHDRAWN: ("order_withdrawn", "The photo was withdrawn."),
    OrderState.REJECTED: ("order_rejected", "The photo was rejected already."),
    OrderState.PENDING: ("order_pending", "The photo is waiting for its review."),
}


def change(
    session: Session, order: Order, action: Action, actor: str, at: Any, detail: dict[str, Any]
) -> None:
    """Take an order to its next state and log it.

    Args:
        session: the transaction it is part of.
        order: which order.
        action: what is done.
        actor: who does it, such as ``booth:booth-1``, ``staff:li``, ``student``.
        at: when, UTC.
        detail: why and with what.

    Raises:
        ServiceError: 409, the action is not possible in this state.
    """
    before = OrderState(order.state)
    try:
        after = next_state(before, action)
    except IllegalTransition as error:
        code, message = _REFUSALS[before]
        raise ServiceError(409, code, message, _remedy(before)) from error
    order.state = after
    order.leased_by = order.leased_until = None
    note(session, actor, action, at, detail, order_id=order.id, before=before, after=after)


def note(
    session: Session,
    actor: str,
    action: str,
    at: Any,
    detail: dict[str, Any],
    *,
    order_id: str | None = None,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """Add a line to the audit log."""
    session.add(
        Event(
            at=at, actor=actor, action=action, order_id=order_id,
            state_before=before, state_after=after, detail=detail,
        )
    )  # fmt: skip


def _remedy(state: OrderState) -> str:
    if state in (OrderState.APPROVED, OrderState.PROCESSING, OrderState.DONE):
        return "Nothing is to be done; a wrong photo is a matter for the batch's manager."
    if state is OrderState.PENDING:
        return "Wait for the review."
    return "Have a new photo taken."

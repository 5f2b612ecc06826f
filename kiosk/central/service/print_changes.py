"""Orders of prints change here and nowhere else: by their table, with a line in the log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.central.service import history
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.print_states import (
    UNDER_WAY,
    IllegalPrintTransition,
    PrintAction,
    PrintState,
    next_state,
)
from kiosk.central.service.print_tables import PrintOrder


def change(
    session: Session,
    prints: PrintOrder,
    action: PrintAction,
    actor: str,
    at: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Take an order of prints to its next state and log it.

    Args:
        session: the transaction it is part of.
        prints: which order of prints.
        action: what is done.
        actor: who does it, such as ``staff:li``, ``student``, ``wechat``.
        at: when, UTC.
        detail: why and with what.

    Raises:
        ServiceError: 409, the action is not possible in this state.
    """
    before = PrintState(prints.state)
    try:
        after = next_state(before, action)
    except IllegalPrintTransition as error:
        raise ServiceError(
            409, "prints_state", str(error), "Open the page again and look how they stand."
        ) from error
    prints.state, prints.changed_at = after, at
    history.note(
        session, actor, f"prints_{action}", at, {"prints": prints.id} | (detail or {}),
        order_id=prints.order_id, before=before, after=after,
    )  # fmt: skip


def is_unpaid(session: Session, prints_id: str) -> bool:
    """Whether an order of prints still waits to be paid."""
    prints = session.get(PrintOrder, prints_id)
    return prints is not None and prints.state == PrintState.ORDERED


def is_under_way(session: Session, prints_id: str) -> bool:
    """Whether an order of prints is paid and not in the student's hands."""
    prints = session.get(PrintOrder, prints_id)
    return prints is not None and prints.state in UNDER_WAY


def paid(session: Session, prints_id: str, reference: str, actor: str, at: datetime) -> None:
    """An order of prints was paid.

    Raises:
        ServiceError: 409, it does not wait to be paid.
    """
    prints = session.get(PrintOrder, prints_id)
    if prints is None:
        raise ServiceError(409, "payment_closed", "Nothing is to be paid any more.")
    change(session, prints, PrintAction.PAY, actor, at, {"reference": reference})
    prints.payment_reference = reference

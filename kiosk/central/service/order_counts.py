"""How many orders of each batch are in each state, without counting them.

Totals, and the changes to them since: a transaction that changes orders only adds lines, so two
never wait for each other, as they would at one number that both change. Once a minute a job puts
the lines into the totals. What is asked for is the sum of both, exact at any moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, event, func, insert, inspect, select, union_all
from sqlalchemy.orm import Session

from kiosk.central.service.count_tables import OrderCount, OrderCountChange
from kiosk.central.service.tables import Order

if TYPE_CHECKING:
    from kiosk.central.service.context import Service

Counts = Mapping[int, Mapping[str, int]]
"""Batch number to state to how many, none of them nothing."""


def counts(
    session: Session, *, state: str | None = None, batches: Collection[int] | None = None
) -> Counts:
    """Return how many orders there are, by batch and state.

    Args:
        session: the transaction.
        state: only of this state.
        batches: only of these.
    """
    parts = []
    for table in (OrderCount, OrderCountChange):
        part = select(table.batch_id, table.state, table.orders)
        if state is not None:
            part = part.where(table.state == state)
        if batches is not None:
            part = part.where(table.batch_id.in_(batches))
        parts.append(part)
    both = union_all(*parts).subquery()
    total = func.sum(both.c.orders)
    rows = session.execute(
        select(both.c.batch_id, both.c.state, total)
        .group_by(both.c.batch_id, both.c.state)
        .having(total != 0)
    )
    found: dict[int, dict[str, int]] = {}
    for batch_id, name, number in rows:
        found.setdefault(batch_id, {})[name] = int(number)
    return found


def fold(session: Session) -> None:
    """Put the lines into the totals.

    One snapshot of the database for all of it: what is written meanwhile is neither added up nor
    removed here. Of two that do it at once, one is done again and finds nothing.
    """
    change = OrderCountChange
    sums = session.execute(
        select(change.state, change.batch_id, func.sum(change.orders)).group_by(
            change.state, change.batch_id
        )
    ).all()
    session.execute(delete(change).execution_options(synchronize_session=False))
    for state, batch_id, number in sums:
        total = session.get(OrderCount, (state, batch_id))
        if total is None:
            total = OrderCount(state=state, batch_id=batch_id, orders=0)
            session.add(total)
        total.orders += int(number)


def fold_job(service: Service, _detail: Mapping[str, Any]) -> None:
    """Do it as a background job."""
    service.database.write(fold)


@event.listens_for(Session, "after_flush")
def _note(session: Session, _context: object) -> None:
    """Add the lines of what this transaction has just written, whoever changed the orders.

    Not before: an order that was given its batch as an object knows its number only now.
    """
    changes: Counter[tuple[int, str]] = Counter()
    for order in session.new:
        if isinstance(order, Order):
            changes[order.batch_id, order.state] += 1
    for order in session.dirty:
        if isinstance(order, Order):
            before = inspect(order).attrs.state.history.deleted
            if before:
                changes[order.batch_id, before[0]] -= 1
                changes[order.batch_id, order.state] += 1
    rows = [
        {"batch_id": batch_id, "state": state, "orders": number}
        for (batch_id, state), number in changes.items()
        if number
    ]
    if rows:
        session.connection().execute(insert(OrderCountChange), rows)

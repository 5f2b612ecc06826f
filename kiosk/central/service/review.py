"""Review: whose turn a photo is, and deciding on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, and_, func, or_, select, tuple_, update
from sqlalchemy.orm import Session, joinedload, selectinload

from kiosk.central.contract import OrderState
from kiosk.central.service import order_counts
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Batch, Order, Photo, Staff

_SHOWN_BATCHES = 12


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits.

    Attributes:
        waiting: how many photos.
        free: how many of them nobody else is looking at.
        oldest: since when the oldest waits, None when none does.
        batches: (batch, waiting) of those with most.
        more_batches: how many others have any.
        first: the orders at the head of the queue; of their photos version and receipt only.
    """

    waiting: int
    free: int
    oldest: datetime | None
    batches: Sequence[tuple[Batch, int]]
    more_batches: int
    first: Sequence[Order]


def queue(session: Session, reviewer: Staff, at: datetime, show: int) -> Queue:
    """Return what waits for review, with the first `show` orders."""
    pending = Order.state == OrderState.PENDING
    numbers = {
        batch_id: states[OrderState.PENDING]
        for batch_id, states in order_counts.counts(session, state=OrderState.PENDING).items()
    }
    most = sorted(numbers, key=lambda batch_id: (-numbers[batch_id], batch_id))[:_SHOWN_BATCHES]
    named = session.scalars(select(Batch).where(Batch.id.in_(most)))
    by_id = {batch.id: batch for batch in named}
    waiting = sum(numbers.values())
    others = pending, Order.leased_until > at, Order.leased_by != reviewer.id
    leased = session.scalar(select(func.count()).select_from(Order).where(*others)) or 0
    first = session.scalars(
        select(Order)
        .where(pending)
        .order_by(Order.pending_since, Order.id)
        .limit(show)
        # What the queue shows of them, and no reports.
        .options(
            joinedload(Order.batch),
            selectinload(Order.photos).load_only(Photo.version, Photo.receipt_number),
        )
    ).all()
    return Queue(
        waiting=waiting,
        free=waiting - leased,
        oldest=first[0].pending_since if first else None,
        batches=[(by_id[batch_id], numbers[batch_id]) for batch_id in most],
        more_batches=len(numbers) - len(most),
        first=first,
    )


def find(session: Session, order_id: str) -> Order:
    """Return an order with its photos.

    Raises:
        ServiceError: 404, there is none.
    """
    # All that a page shows, while the session is open.
    photos = selectinload(Order.photos).joinedload(Photo.booth)
    order = session.get(Order, order_id, options=(joinedload(Order.batch), photos))
    if order is None:
        raise ServiceError(404, "order_unknown", "There is no such order.")
    return order


def take(session: Session, order_id: str, reviewer: Staff, at: datetime, lease_s: int) -> bool:
    """Take a pending photo for this reviewer, or keep it; return whether it is theirs now.

    One statement of the database decides, so two reviewers can never both get it.
    """
    taken = session.execute(
        update(Order)
        .where(Order.id == order_id, Order.state == OrderState.PENDING, _free_for(reviewer, at))
        .values(leased_by=reviewer.id, leased_until=at + timedelta(seconds=lease_s))
        .execution_options(synchronize_session=False)
    )
    return isinstance(taken, CursorResult) and taken.rowcount > 0


def take_next(
    session: Session, reviewer: Staff, at: datetime, lease_s: int, after: Order | None = None
) -> str | None:
    """Take the oldest free photo and return its order, None when there is none.

    Args:
        session: the transaction.
        reviewer: for whom.
        at: now, UTC.
        lease_s: for how long it is theirs, seconds.
        after: begin behind this order of the queue; from the front again when nothing is there.
    """
    conditions = [Order.state == OrderState.PENDING, _free_for(reviewer, at)]
    if after is not None:
        conditions.append(Order.id != after.id)
    # Passes over those that another transaction is just taking; SQLite has one writer anyway.
    places = (
        select(Order.id)
        .where(*conditions)
        .order_by(Order.pending_since, Order.id)
        .with_for_update(skip_locked=True)
    )
    behind = None
    if after is not None:
        place = tuple_(Order.pending_since, Order.id) > (after.pending_since, after.id)
        behind = session.scalar(places.where(place).limit(1))
    order_id = behind or session.scalar(places.limit(1))
    if order_id is None:
        return None
    if take(session, order_id, reviewer, at, lease_s):
        return order_id
    # Somebody else was quicker on this one; only on databases where writers run side by side.
    return take_next(session, reviewer, at, lease_s, after)


def release(session: Session, order: Order, reviewer: Staff) -> None:
    """Give a photo back undecided."""
    session.execute(
        update(Order)
        .where(Order.id == order.id, Order.leased_by == reviewer.id)
        .values(leased_by=None, leased_until=None)
        .execution_options(synchronize_session=False)
    )


def _free_for(reviewer: Staff, at: datetime) -> ColumnElement[bool]:
    return or_(
        Order.leased_until.is_(None),
        Order.leased_until <= at,
        and_(Order.leased_by == reviewer.id),
    )

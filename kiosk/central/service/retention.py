"""Removes what is kept no longer: photos a set time after delivery, and never delivered ones."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from kiosk.central.contract import OrderState
from kiosk.central.service import erasing, history
from kiosk.central.service.context import Service
from kiosk.central.service.orders import Action
from kiosk.central.service.print_states import ENDED
from kiosk.central.service.print_tables import PrintOrder
from kiosk.central.service.tables import Batch, Event, Order, Photo

_log = logging.getLogger(__name__)

_AT_A_TIME = 100
_NEVER_DELIVERED = (OrderState.WITHDRAWN, OrderState.REJECTED)


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed of a batch, or would be.

    Attributes:
        batch: its code.
        delivered: orders whose photo was delivered long enough ago.
        never_delivered: others, also begun ones, of a batch that closed long enough ago; of one
            without an end, those nothing has happened to for as long.
    """

    batch: str
    delivered: int
    never_delivered: int


def purge_job(service: Service, _detail: Mapping[str, Any]) -> None:
    """Do it as a background job."""
    purge(service)


def purge(service: Service, *, dry_run: bool = False) -> Sequence[Purged]:
    """Remove what is due, and return the report by batch; batches with nothing are left out.

    Args:
        service: the running service.
        dry_run: only say what would be removed.
    """
    now = service.clock()
    batches = service.database.read(
        lambda session: session.execute(select(Batch.id, Batch.code).order_by(Batch.code)).all()
    )
    report = []
    for batch_id, code in batches:
        due = service.database.read(functools.partial(_due, batch_id=batch_id, now=now))
        if dry_run:
            gone = due
        else:
            gone = _Due((), ())
            orders = [*due.delivered, *due.others]
            for start in range(0, len(orders), _AT_A_TIME):
                part = orders[start : start + _AT_A_TIME]
                work = functools.partial(_erase, batch_id=batch_id, orders=part, at=now)
                erased = service.database.write(work)
                gone = _Due(gone.delivered + erased.delivered, gone.others + erased.others)
        if gone.delivered or gone.others:
            report.append(Purged(code, len(gone.delivered), len(gone.others)))
            if not dry_run:
                _log.info("Retention of %s: %d orders were emptied.", code, sum(map(len, gone)))
    return report


class _Due(NamedTuple):
    """Orders that are kept no longer: see `Purged`."""

    delivered: tuple[str, ...]
    others: tuple[str, ...]


def _due(session: Session, batch_id: int, now: datetime, only: Sequence[str] | None = None) -> _Due:
    """Return what is due of a batch, or of some of its orders."""
    batch = session.get_one(Batch, batch_id)
    before = now - timedelta(days=batch.retention_days)
    has_photos = exists().where(Photo.order_id == Order.id)
    # Prints on their way still need photo and address; they end by themselves.
    on_their_way = exists().where(PrintOrder.order_id == Order.id, PrintOrder.state.not_in(ENDED))
    # By a delivery that was confirmed, or by hand.
    finished = exists().where(
        Event.order_id == Order.id, Event.action == Action.FINISH, Event.at <= before
    )
    of_batch = select(Order.id).where(Order.batch_id == batch_id).order_by(Order.id)
    if only is not None:
        of_batch = of_batch.where(Order.id.in_(only))
    chosen = of_batch.where(has_photos, ~on_their_way)
    done = session.scalars(chosen.where(Order.state == OrderState.DONE, finished))
    return _Due(tuple(done), tuple(_others(session, batch, of_batch, chosen, before)))


def _others(
    session: Session,
    batch: Batch,
    of_batch: Select[str],
    with_photos: Select[str],
    before: datetime,
) -> Iterator[str]:
    """Yield what was never delivered of a batch that closed, or where nothing happened, since.

    A batch that never closes would keep them for ever else.
    """
    if batch.closes_at is None:
        happened = exists().where(Event.order_id == Order.id, Event.at > before)
        still = ~happened, Order.created_at <= before
        of_batch, with_photos = of_batch.where(*still), with_photos.where(*still)
    elif batch.closes_at > before:
        return
    yield from session.scalars(with_photos.where(Order.state.in_(_NEVER_DELIVERED)))
    begun = Order.state == OrderState.STARTED
    yield from session.scalars(of_batch.where(begun, Order.last_four != ""))


def _erase(session: Session, batch_id: int, orders: Sequence[str], at: datetime) -> _Due:
    """Erase those that are still due: a photo may have come, or prints been ordered, meanwhile."""
    due = _due(session, batch_id, at, only=orders)
    for order_id in (*due.delivered, *due.others):
        erasing.erase(session, session.get_one(Order, order_id), "retention", at)
    history.note(session, "retention", "purge", at, {"orders": sum(map(len, due))})
    return due

"""Removes what is kept no longer: photos a set time after delivery, and never delivered ones."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kiosk.central.contract import OrderState
from kiosk.central.service import erasing, history
from kiosk.central.service.context import Service
from kiosk.central.service.delivery_tables import Export
from kiosk.central.service.print_states import ENDED
from kiosk.central.service.print_tables import PrintOrder
from kiosk.central.service.tables import Batch, Order, Photo

_log = logging.getLogger(__name__)

_AT_A_TIME = 100
_NEVER_DELIVERED = (OrderState.WITHDRAWN, OrderState.REJECTED)


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed of a batch, or would be.

    Attributes:
        batch: its code.
        delivered: orders whose photo was delivered long enough ago.
        never_delivered: others, also begun ones, of a batch that closed long enough ago.
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
    due = service.database.read(lambda session: _due(session, now))
    report = []
    for code, (delivered, others) in due.items():
        report.append(Purged(code, len(delivered), len(others)))
        orders = [*delivered, *others]
        for start in range(0, 0 if dry_run else len(orders), _AT_A_TIME):
            part = orders[start : start + _AT_A_TIME]
            service.database.write(functools.partial(_erase, orders=part, at=now))
        if not dry_run:
            _log.info("Retention of %s: %d orders were emptied.", code, len(orders))
    return report


def _due(session: Session, now: datetime) -> dict[str, tuple[list[str], list[str]]]:
    found = {}
    for batch in session.scalars(select(Batch).order_by(Batch.code)):
        before = now - timedelta(days=batch.retention_days)
        exports = session.scalars(
            select(Export).where(Export.batch_id == batch.id, Export.confirmed_at <= before)
        )
        listed = {row["order"] for export in exports for row in export.rows}
        has_photos = exists().where(Photo.order_id == Order.id)
        # Prints on their way still need photo and address; they end by themselves.
        on_their_way = exists().where(
            PrintOrder.order_id == Order.id, PrintOrder.state.not_in(ENDED)
        )
        chosen = Order.batch_id == batch.id, has_photos, ~on_their_way
        done = session.scalars(select(Order.id).where(*chosen, Order.state == OrderState.DONE))
        delivered = sorted(order for order in done if order in listed)
        others: list[str] = []
        if batch.closes_at is not None and batch.closes_at <= before:
            wanted = Order.state.in_(_NEVER_DELIVERED)
            others = sorted(session.scalars(select(Order.id).where(*chosen, wanted)))
            begun = Order.state == OrderState.STARTED, Order.last_four != ""
            others += sorted(
                session.scalars(select(Order.id).where(Order.batch_id == batch.id, *begun))
            )
        if delivered or others:
            found[batch.code] = (delivered, others)
    return found


def _erase(session: Session, orders: Sequence[str], at: datetime) -> None:
    for order_id in orders:
        order = session.get(Order, order_id)
        if order is not None:
            erasing.erase(session, order, "retention", at)
    history.note(session, "retention", "purge", at, {"orders": len(orders)})

"""What happens to orders of prints by themselves: unpaid, received, their addresses forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.service import history, own_payments, print_changes, print_orders
from kiosk.central.service.context import Service
from kiosk.central.service.print_states import ENDED, PrintAction, PrintState
from kiosk.central.service.print_tables import PrintOrder

_AT_A_TIME = 200
_ACTOR = "job:prints"


def care_job(service: Service, _detail: Mapping[str, Any]) -> None:
    """Cancel what nobody paid, end what has arrived, forget addresses that have done their duty."""
    now, settings = service.clock(), service.settings.prints
    for work, days in (
        (_cancel_unpaid, settings.unpaid_days),
        (_end_arrived, settings.received_days),
        (_forget_addresses, settings.address_days),
    ):
        before, done = now - timedelta(days=days), [""] * _AT_A_TIME
        while len(done) == _AT_A_TIME:
            done = service.database.write(
                lambda session, work=work, before=before: work(session, before, now)  # type: ignore[misc]
            )
            if work is _cancel_unpaid:
                for name in done:
                    own_payments.close_open(service, name)


def _cancel_unpaid(session: Session, before: datetime, now: datetime) -> list[str]:
    rows = _changed_before(session, (PrintState.ORDERED,), before)
    for prints in rows:
        print_orders.call_off(session, prints, PrintAction.CANCEL, _ACTOR, now)
    return [prints.id for prints in rows]


def _end_arrived(session: Session, before: datetime, now: datetime) -> list[str]:
    rows = _changed_before(session, (PrintState.SHIPPED, PrintState.READY), before)
    for prints in rows:
        print_changes.change(session, prints, PrintAction.RECEIVE, _ACTOR, now)
    return [prints.id for prints in rows]


def _forget_addresses(session: Session, before: datetime, now: datetime) -> list[str]:
    rows = _changed_before(session, ENDED, before, with_address=True)
    for prints in rows:
        print_orders.forget(prints)
        history.note(
            session, _ACTOR, "prints_forget", now, {"prints": prints.id}, order_id=prints.order_id
        )
    return [prints.id for prints in rows]


def _changed_before(
    session: Session,
    states: Sequence[PrintState],
    before: datetime,
    *,
    with_address: bool = False,
) -> list[PrintOrder]:
    chosen = select(PrintOrder).where(PrintOrder.state.in_(states), PrintOrder.changed_at <= before)
    if with_address:
        chosen = chosen.where(PrintOrder.address_sealed != "")
    return list(session.scalars(chosen.order_by(PrintOrder.changed_at).limit(_AT_A_TIME)))

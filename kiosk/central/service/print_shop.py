"""The print shop's side: the queue, and what its staff does with an order of prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kiosk.central.contract import PaymentState
from kiosk.central.service import notices, payments, print_changes, print_notices, print_orders
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.print_states import PrintAction, PrintState
from kiosk.central.service.print_tables import PrintOrder
from kiosk.central.service.tables import Payment

COUNTED = 999
"""Of a state no more are counted: nobody acts on whether there are 1000 or 8000."""
PAGE = 50
"""Orders of prints shown at once; the oldest first, so the rest follows as these are done."""
# Numbers of parcels in China are letters and digits, 8 to 20 of them or a few more.
_TRACKING = re.compile(r"[A-Za-z0-9-]{6,40}")


@dataclass(frozen=True, slots=True)
class Act:
    """What a person of the print shop does.

    Attributes:
        action: which.
        carrier: who brings it, for `PrintAction.SHIP`.
        tracking: the parcel's number, for the same.
        reason: why, for `PrintAction.REFUSE`.
    """

    action: PrintAction
    carrier: str = ""
    tracking: str = ""
    reason: str = ""


Batches = Select[int]


def counts(session: Session, among: Batches | None) -> dict[str, int]:
    """Return how many orders of prints are in each state; `COUNTED` + 1 stands for more.

    Args:
        session: the transaction.
        among: the query of the numbers of the batches looked at; None for all.
    """
    found: dict[str, int] = {}
    for state in PrintState:
        some = _of(select(PrintOrder.id), state, among).limit(COUNTED + 1).subquery()
        found[state] = session.scalar(select(func.count()).select_from(some)) or 0
    return found


def queue(session: Session, state: PrintState, among: Batches | None) -> Sequence[PrintOrder]:
    """Return the first of a state: those that wait longest; of ended ones the newest.

    Args:
        session: the transaction.
        state: which.
        among: as in `counts`.
    """
    newest = state in (PrintState.RECEIVED, PrintState.CANCELLED)
    since = PrintOrder.changed_at.desc() if newest else PrintOrder.changed_at
    chosen = _of(select(PrintOrder), state, among)
    found = session.scalars(chosen.order_by(since, PrintOrder.id).limit(PAGE)).all()
    for prints in found:
        _ = prints.order.batch, prints.order.photos
    return found


def _of(chosen: Select[Any], state: PrintState, among: Batches | None) -> Select[Any]:
    chosen = chosen.where(PrintOrder.state == state)
    return chosen if among is None else chosen.where(PrintOrder.batch_id.in_(among))


def find(session: Session, name: str) -> PrintOrder:
    """Return an order of prints.

    Raises:
        ServiceError: 404, there is none.
    """
    prints = session.get(PrintOrder, name)
    if prints is None:
        raise no_such_prints()
    return prints


def no_such_prints() -> ServiceError:
    """Return what is said of a name that no order of prints has."""
    return ServiceError(404, "prints_unknown", "There are no such prints.", "Go back.")


def act(session: Session, prints: PrintOrder, what: Act, actor: str, at: datetime) -> None:
    """Take an order of prints further.

    Raises:
        ServiceError: it cannot be done in this state, or the parcel's number is missing.
    """
    if what.action is PrintAction.REFUSE:
        if not what.reason.strip():
            raise ServiceError(422, "prints_reason", "Why is missing.", "Say it to the student.")
        print_orders.call_off(session, prints, what.action, actor, at, what.reason.strip())
        print_notices.put(session, prints, at)
        return
    if what.action is PrintAction.PRINT and prints.order.state not in notices.HAS_PHOTO:
        raise ServiceError(409, "not_approved", "The photo is not approved.", "Refuse the prints.")
    if what.action is PrintAction.SHIP:
        _check_parcel(prints, what)
        prints.carrier, prints.tracking = what.carrier.strip()[:40], what.tracking.strip()
    if what.action is PrintAction.LAY_OUT and prints.delivery != print_orders.PICK_UP:
        raise ServiceError(409, "prints_delivery", "These are to be sent.", "Send them.")
    print_changes.change(session, prints, what.action, actor, at)
    print_notices.put(session, prints, at)


def take_money(session: Session, prints: PrintOrder, actor: str, at: datetime) -> None:
    """Staff took the money at the counter.

    Raises:
        ServiceError: 409, the student has not chosen to pay there.
    """
    payment = session.get(Payment, prints.payment_reference)
    if payment is None or payment.method != "counter" or payment.state != PaymentState.OPEN:
        raise ServiceError(
            409, "prints_counter", "These are not paid at the counter.",
            "Have the student choose that way on their page.",
        )  # fmt: skip
    payment.vouched_by = actor[:100]
    payments.settle(session, payment, actor, at)


def _check_parcel(prints: PrintOrder, what: Act) -> None:
    if prints.delivery != print_orders.SHIP:
        raise ServiceError(409, "prints_delivery", "These are picked up.", "Lay them out.")
    if not what.carrier.strip() or not _TRACKING.fullmatch(what.tracking.strip()):
        raise ServiceError(
            422, "prints_parcel", "Carrier or number of the parcel is missing.",
            "Write both: letters and digits, 6 to 40.",
        )  # fmt: skip

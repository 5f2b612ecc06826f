"""Staff that looks at a student's address says why; who, when and why is in the audit log."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.service import addresses, history
from kiosk.central.service.addresses import PostalAddress
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.print_tables import PrintOrder
from kiosk.central.service.tables import Event

_ACTION = "address_seen"


class Why(enum.StrEnum):
    """What an address is looked at for; a choice, so that the log holds nothing personal."""

    SEND = "send"
    ASKED = "asked"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an address.

    Attributes:
        at: when, UTC.
        by: who, as in the audit log.
        why: one of `Why`.
    """

    at: datetime
    by: str
    why: str


def look(
    service: Service, session: Session, prints: PrintOrder, why: Why, by: str, at: datetime
) -> PostalAddress:
    """Return where an order of prints goes, with a line in the audit log.

    Raises:
        ServiceError: 404, it goes nowhere, or where to was removed.
    """
    address = addresses.opened(service, prints.address_sealed) if prints.address_sealed else None
    if address is None:
        raise ServiceError(404, "address_unknown", "There is no address any more.", "Go back.")
    detail = {"prints": prints.id, "why": str(why)}
    history.note(session, by, _ACTION, at, detail, order_id=prints.order_id)
    return address


def of(session: Session, prints: PrintOrder) -> Sequence[Look]:
    """Return who looked at the address of an order of prints, the newest first."""
    rows = session.scalars(
        select(Event)
        .where(Event.order_id == prints.order_id, Event.action == _ACTION)
        .order_by(Event.id.desc())
    )
    return [
        Look(row.at, row.actor, str(row.detail.get("why", "")))
        for row in rows
        if row.detail.get("prints") == prints.id
    ]

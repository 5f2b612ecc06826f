"""Removes what is known of a person, and keeps what must be kept: log, money, counts.

The order's row stays without anything that names anybody, because the audit log refers to it.
Payments stay with their references, as bookkeeping has to.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kiosk.central.contract import OrderState
from kiosk.central.service import history, jobs, print_orders
from kiosk.central.service.context import Service
from kiosk.central.service.delivery_tables import Proof
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import Action
from kiosk.central.service.print_states import ENDED, UNDER_WAY, PrintAction
from kiosk.central.service.student_tables import Contact, PhoneUpload
from kiosk.central.service.sweeping import named
from kiosk.central.service.tables import (
    Decision,
    Likeness,
    Order,
    Photo,
    PhotoPrint,
    PrintKey,
    Receipt,
    SecondLook,
)

LOCKED = (OrderState.APPROVED, OrderState.PROCESSING)
"""On its way to the school: the photo is needed until it is delivered."""


def erase_own(session: Session, order: Order, at: datetime) -> None:
    """A student has their data removed.

    Raises:
        ServiceError: 409, the photo is on its way to the school, or prints to the student.
    """
    if order.state in LOCKED:
        raise ServiceError(
            409, "erase_locked", "The photo is approved and on its way to your school.",
            "It can be removed once it was delivered; before that ask the school.",
        )  # fmt: skip
    mine = print_orders.of(session, order)
    if any(prints.state in UNDER_WAY for prints in mine):
        raise ServiceError(
            409, "erase_prints", "Prints are on their way to you.",
            "Cancel them as long as they are not made, or wait until you have them.",
        )  # fmt: skip
    for prints in mine:
        if prints.state not in ENDED:
            print_orders.call_off(session, prints, PrintAction.CANCEL, "student", at)
    if order.state == OrderState.PENDING:
        history.change(session, order, Action.WITHDRAW, "student", at, {"why": "erased"})
    erase(session, order, "student", at)


def erase(session: Session, order: Order, actor: str, at: datetime) -> list[str]:
    """Remove an order's photos and what names its student; return the files' hashes."""
    photos = session.scalars(select(Photo).where(Photo.order_id == order.id)).all()
    uploads = session.scalars(select(PhoneUpload).where(PhoneUpload.order_id == order.id)).all()
    files = sorted(
        {p.photo_sha256 for p in photos}
        | {p.original_sha256 for p in photos}
        | {u.original_sha256 for u in uploads}
    )
    numbers = [photo.id for photo in photos]
    for column in (
        PrintKey.photo_id,
        PhotoPrint.photo_id,
        Likeness.photo_id,
        Likeness.other_id,
        Decision.photo_id,
        SecondLook.photo_id,
    ):
        session.execute(delete(column.class_).where(column.in_(numbers)))
    for owned in (Contact.order_id, PhoneUpload.order_id, Receipt.order_id, Proof.order_id):
        session.execute(delete(owned.class_).where(owned == order.id))
    print_orders.erase(session, order.id)
    for photo in photos:
        session.delete(photo)
    session.flush()
    session.expire(order, ["photos"])
    consents = [[p.consent_version, p.consent_at.isoformat()] for p in photos]
    history.note(
        session, actor, "erase", at, {"files": len(files), "consents": consents}, order_id=order.id
    )
    # A new photo of this student would be a new order.
    order.code_hash = secrets.token_hex(32)
    order.masked_name = order.masked_number = order.last_four = ""
    order.roster_key = order.class_name = ""
    jobs.put(session, "remove_files", {"files": files}, at)
    return files


def remove_job(service: Service, detail: Mapping[str, Any]) -> None:
    """Remove files that no row names any more."""
    files = [str(name) for name in detail["files"]]
    used = service.database.read(lambda session: named(session, files))
    # Put again just now by another upload it stays; the daily sweep looks at it later.
    before = service.clock() + timedelta(seconds=1)
    for name in files:
        if name not in used:
            service.storage.remove(name, before)

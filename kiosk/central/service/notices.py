"""What students are told by mail: how their photo was judged, and the photo itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.central.contract import OrderState
from kiosk.central.service import history, jobs, letters, mail, words
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.letters import Letter
from kiosk.central.service.reasons import REASONS
from kiosk.central.service.student_tables import Contact
from kiosk.central.service.tables import Decision, Event, Order

_DAY = timedelta(days=1)

HAS_PHOTO = (OrderState.APPROVED, OrderState.PROCESSING, OrderState.DONE)
"""States in which the photo is the student's to keep."""


def put(session: Session, order: Order, due: datetime, decision: int | None = None) -> None:
    """Have a student told how the order stands, if they want to be told.

    Args:
        session: the transaction.
        order: which order.
        due: when, UTC; for a decision once it can no longer be taken back.
        decision: number of the decision; one that was taken back by then is not told.
    """
    if session.get(Contact, order.id) is not None:
        detail = {"order": order.id, "state": str(order.state), "decision": decision}
        jobs.put(session, "tell_student", detail, due)


def put_photo(session: Session, order: Order, at: datetime, most: int) -> None:
    """Have the approved photo sent to the student.

    Args:
        session: the transaction.
        order: whose.
        at: now, UTC.
        most: how often within a day. Nobody has shown that the mailbox is the student's.

    Raises:
        ServiceError: it is not approved, there is no address, or 429: it was sent often enough.
    """
    if order.state not in HAS_PHOTO:
        raise ServiceError(409, "not_approved", "The photo is not approved yet.", "Wait for it.")
    if session.get(Contact, order.id) is None:
        raise ServiceError(422, "email", "No e-mail address is known.", "Give one first.")
    mine = Event.order_id == order.id, Event.action == "photo_mailed", Event.at > at - _DAY
    if (session.scalar(select(func.count()).where(*mine)) or 0) >= most:
        raise ServiceError(
            429, "mails_many", "It was sent often enough today.", "Try again tomorrow.",
            retry_after_s=int(_DAY.total_seconds()),
        )  # fmt: skip
    jobs.put(session, "mail_photo", {"order": order.id}, at, key=f"mail_photo {order.id}")
    history.note(session, "student", "photo_mailed", at, {}, order_id=order.id)


def tell_job(service: Service, detail: Mapping[str, Any]) -> None:
    """Tell a student how the order stands."""

    def work(session: Session) -> EmailMessage | None:
        order = session.get(Order, detail["order"])
        contact = session.get(Contact, detail["order"])
        number = detail.get("decision")
        decision = session.get(Decision, number) if number is not None else None
        taken_back = number is not None and (decision is None or decision.undone_at is not None)
        if order is None or contact is None or taken_back or order.state != detail["state"]:
            return None
        return _state_message(service, order, contact)

    send(service, str(detail["order"]), service.database.read(work))


def photo_job(service: Service, detail: Mapping[str, Any]) -> None:
    """Send a student the photo."""

    def work(session: Session) -> tuple[EmailMessage, str] | None:
        order = session.get(Order, detail["order"])
        contact = session.get(Contact, detail["order"])
        if order is None or contact is None or order.state not in HAS_PHOTO or not order.photos:
            return None
        language = letters.language_of(contact)
        subject, text = (words.say(f"mail_photo_{part}", language) for part in ("subject", "text"))
        message = letters.write(service, contact, order.batch, Letter(subject, text))
        return message, order.photo.photo_sha256

    found = service.database.read(work)
    if found is None:
        return
    message, sha256 = found
    with service.storage.open(sha256) as file:
        data = file.read()
    message.add_attachment(data, maintype="image", subtype="jpeg", filename="photo.jpg")
    send(service, str(detail["order"]), message)


def send(service: Service, order: str, message: EmailMessage | None) -> None:
    """Send a mail; an address that is refused for good is forgotten.

    Raises:
        JobFailed: it cannot be sent now.
    """
    settings = service.settings.mail
    if message is None or not settings.host:
        return
    try:
        mail.send(settings, service.settings.base, message)
    except mail.UndeliverableAddress:
        now = service.clock()

        def forget(session: Session) -> None:
            contact = session.get(Contact, order)
            if contact is not None:
                session.delete(contact)
                history.note(session, "mail", "address_refused", now, {}, order_id=order)

        service.database.write(forget)


def _state_message(service: Service, order: Order, contact: Contact) -> EmailMessage:
    language = letters.language_of(contact)
    points = []
    if order.state == OrderState.REJECTED and order.photos:
        found = [REASONS[code] for code in order.photo.reasons if code in REASONS]
        points = [
            (one.zh, one.advice_zh) if language == "zh" else (one.en, one.advice_en)
            for one in found
        ]
    letter = Letter(
        words.say(f"mail_{order.state}_subject", language),
        words.say(f"explain_{order.state}", language),
        points,
    )
    return letters.write(service, contact, order.batch, letter)

"""What students are told by mail of their prints: sent, ready to be picked up, refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from sqlalchemy.orm import Session

from kiosk.central.service import jobs, letters, notices, words
from kiosk.central.service.context import Service
from kiosk.central.service.letters import Letter
from kiosk.central.service.print_states import PrintState
from kiosk.central.service.print_tables import PrintOrder
from kiosk.central.service.student_tables import Contact

TOLD = (PrintState.SHIPPED, PrintState.READY, PrintState.CANCELLED)


def put(session: Session, prints: PrintOrder, at: datetime) -> None:
    """Have a student told how an order of prints stands, if they want to be told."""
    if prints.state in TOLD and session.get(Contact, prints.order_id) is not None:
        detail = {"prints": prints.id, "state": str(prints.state)}
        jobs.put(session, "tell_prints", detail, at)


def tell_job(service: Service, detail: Mapping[str, Any]) -> None:
    """Tell a student how an order of prints stands, unless it stands differently by now."""

    def work(session: Session) -> tuple[str, EmailMessage] | None:
        prints = session.get(PrintOrder, detail["prints"])
        contact = session.get(Contact, prints.order_id) if prints is not None else None
        if prints is None or contact is None or prints.state != detail["state"]:
            return None
        return prints.order_id, _message(service, prints, contact)

    found = service.database.read(work)
    if found is not None:
        notices.send(service, *found)


def _message(service: Service, prints: PrintOrder, contact: Contact) -> EmailMessage:
    language = letters.language_of(contact)
    state, what = (
        words.say(key, language) for key in (f"print_state_{prints.state}", "mail_prints_subject")
    )
    facts = [
        (words.say(key, language), value)
        for key, value in (
            ("prints_number", prints.number), ("carrier", prints.carrier),
            ("tracking", prints.tracking), ("prints_pick_up", prints.pickup),
            ("prints_reason", prints.reason),
        )
        if value
    ]  # fmt: skip
    letter = Letter(
        f"{what} {prints.number}{words.say('colon', language)}{state}",
        words.say(f"print_explain_{prints.state}", language),
        facts=facts,
    )
    return letters.write(service, contact, prints.order.batch, letter)

"""A student who cannot come to a booth begins on a phone: capture code and last four, as there."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.service import batches, guesses, history, portrait_command, rosters
from kiosk.central.service.booths import digest
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import Action, next_state
from kiosk.central.service.own_orders import LINK_LIFETIME, normalised
from kiosk.central.service.tables import Batch, Order, Receipt

_TOKEN_BYTES, _ORDER_ID_BYTES, _MOST = 24, 8, 8


def batch_for(session: Session, code: str, at: datetime) -> Batch:
    """Return the batch that is begun for.

    Raises:
        ServiceError: there is none, it is closed, or it takes no photos from phones.
    """
    batch = batches.find(session, code)
    if not batch.is_open(at):
        raise ServiceError(409, "batch_closed", "The batch is closed.", "Ask the school.")
    if not batch.phone_start:
        raise ServiceError(
            409, "phone_start_off", "This batch takes no photos from phones.", "Come to a booth."
        )
    return batch


def begin(service: Service, code: str, text: str, last_four: str, address: str) -> str:
    """Return a link's token to the student's order in a batch; a new one when there is none.

    Whoever has one already comes back to it by the same last four. Each try costs a program's
    run, so all of them are counted, and wrong ones by the code besides.

    Args:
        service: the running service.
        code: the batch's.
        text: the capture code's text.
        last_four: of the ID number, as typed.
        address: of the browser.

    Raises:
        ServiceError: no such batch, no capture code, 401 the last four do not fit, 429 too many
            tries.
    """
    now, typed = service.clock(), normalised(last_four)
    batch = service.database.read(lambda session: batch_for(session, code, now))
    starts = {f"start from {address[:60]}": service.settings.starts_per_address}
    guesses.count(service, starts, _too_many(service))
    config = service.settings.booth_config
    found = portrait_command.explain_code(
        service.settings.kiosk_command, text.strip(), batch.bracket_policy,
        None if config is None else service.settings.base.resolve() / config,
    )  # fmt: skip
    code_hash, token = str(found["code_hash"]), secrets.token_urlsafe(_TOKEN_BYTES)
    codes = {f"code {code_hash}": service.settings.code_failures}
    tries = guesses.count(service, codes, _too_many(service))

    def work(session: Session) -> bool:
        order = session.scalar(
            select(Order).where(Order.batch_id == batch.id, Order.code_hash == code_hash)
        )
        expected = order.last_four if order is not None else found.get("last_four")
        if not 0 < len(typed) <= _MOST or not _fits(expected, typed):
            return False
        guesses.forgive(session, tries)
        if order is None:
            order = _new(service, session, batch, found, typed)
        else:
            history.note(session, "student", "opened_by_code", now, {}, order_id=order.id)
        session.add(
            Receipt(token_hash=digest(token), order_id=order.id, expires_at=now + LINK_LIFETIME)
        )
        return True

    if not service.database.write(work):
        raise ServiceError(
            401, "code_or_four_wrong", "The last four do not fit this code.", "Check both."
        )
    return token


def _new(
    service: Service, session: Session, batch: Batch, found: dict[str, Any], last_four: str
) -> Order:
    now = service.clock()
    order = Order(
        id=secrets.token_hex(_ORDER_ID_BYTES), batch_id=batch.id, code_hash=found["code_hash"],
        state=next_state(None, Action.START), version=0, created_at=now, pending_since=now,
        masked_name=str(found.get("masked_name") or "")[:100],
        masked_number=str(found.get("masked_number") or "")[:100],
        last_four=last_four,
    )  # fmt: skip
    order.roster_key = rosters.key_of(
        service.secret, batch, order.masked_number, order.masked_name, last_four
    )
    order.class_name = rosters.class_of(session, batch, order.roster_key)
    session.add(order)
    session.flush()  # the log's line refers to it
    detail = {"decoder": str(found.get("decoder", ""))[:40]}
    history.note(
        session, "student", Action.START, now, detail, order_id=order.id, after=order.state
    )
    return order


def _fits(expected: object, typed: str) -> bool:
    """Compare with what the code or the order says; an opaque code says nothing at first."""
    if expected is None:
        return True
    return hmac.compare_digest(normalised(str(expected)).encode(), typed.encode())


def _too_many(service: Service) -> ServiceError:
    return ServiceError(
        429, "too_many_codes", "Too many tries.", "Wait, then try again.",
        retry_after_s=service.settings.login_window_s,
    )  # fmt: skip

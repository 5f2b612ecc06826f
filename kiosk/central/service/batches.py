"""Batches: opening, finding, and what a booth is told of them."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk import standards
from kiosk.central.contract import BATCH_CODE_PATTERN, BatchInfo
from kiosk.central.service import history
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Batch


def find(session: Session, code: str) -> Batch:
    """Return the batch of this code, in any case of letters.

    Raises:
        ServiceError: 404, there is none.
    """
    batch = session.scalar(select(Batch).where(Batch.code_key == code.upper()))
    if batch is None:
        raise ServiceError(
            404, "batch_unknown", "No batch has this code.", "Check the code with the school."
        )
    return batch


def info(batch: Batch, at: datetime) -> BatchInfo:
    """Return what a booth is told of a batch."""
    return BatchInfo.model_validate(
        {
            name: getattr(batch, name)
            for name in BatchInfo.model_fields
            if name not in ("is_open", "payment_methods")
        }
        | {"is_open": batch.is_open(at), "payment_methods": tuple(batch.payment_methods)}
    )


def add(
    session: Session,
    message: BatchInfo,
    at: datetime,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Batch:
    """Open a batch.

    Raises:
        ServiceError: the code is taken, the standard unknown, or a figure impossible.
    """
    if not re.fullmatch(BATCH_CODE_PATTERN, message.code):
        raise ServiceError(422, "batch_code", "A batch code is 4 to 8 letters and digits.")
    try:
        standards.load(message.standard).with_file_limits(message.min_bytes, message.max_bytes)
    except (standards.StandardError, ValueError) as error:
        raise ServiceError(422, "batch_standard", str(error)) from error
    if message.fee_fen and not message.payment_methods:
        raise ServiceError(422, "batch_payment", "A fee is asked but no way to pay it.")
    taken = session.scalar(select(Batch.id).where(Batch.code_key == message.code.upper()))
    if taken is not None:
        raise ServiceError(
            409, "batch_exists", f"There is a batch {message.code} already.", "Take another code."
        )
    batch = Batch(
        **message.model_dump(exclude={"is_open", "payment_methods"}),
        payment_methods=list(message.payment_methods),
        code_key=message.code.upper(),
        opens_at=opens_at,
        closes_at=closes_at,
        created_at=at,
    )
    session.add(batch)
    history.note(session, "operator", "batch_add", at, {"code": message.code})
    return batch

"""Batches: opening, finding, and what a booth is told of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kiosk import standards
from kiosk.central.contract import BATCH_CODE_PATTERN, BatchInfo
from kiosk.central.service import history
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import EXPORT_TEMPLATE, Batch

_NAME = r"(?![.-])(?:[A-Za-z0-9_.-]|\{batch\}|\{seq(?::0[1-9]d)?\}|\{code_hash8\})+"


class BatchTerms(BaseModel):
    """What of a batch is the centre's business and not the booth's."""

    model_config = ConfigDict(frozen=True)

    payer: Literal["student", "school"] = "student"
    export_template: str = Field(EXPORT_TEMPLATE, min_length=1, max_length=100)
    retention_days: int = Field(180, ge=1, le=3650)
    phone_start: bool = True

    @field_validator("export_template")
    @classmethod
    def _names_each_file(cls, value: str) -> str:
        """Each photo must get a name of its own: one that every disk and ZIP reader takes.

        Nor may it begin like a formula, which a spreadsheet would work out in the manifest.
        """
        if not re.fullmatch(_NAME, value) or not re.search(r"\{(seq|code_hash8)", value):
            raise ValueError(
                "it needs {seq}, {seq:04d} or {code_hash8}; besides it may hold {batch}, plain "
                "letters, digits, _ - . and begins with none of - ."
            )
        return value


def find(session: Session, code: str) -> Batch:
    """Return the batch of this code, in any case of letters.

    Raises:
        ServiceError: 404, there is none.
    """
    batch = session.scalar(select(Batch).where(Batch.code_key == code.upper()))
    if batch is None:
        raise no_such_batch()
    return batch


def no_such_batch() -> ServiceError:
    """Return what is said of a code that no batch has."""
    return ServiceError(
        404, "batch_unknown", "No batch has this code.", "Check the code with the school."
    )


def newest(
    session: Session, number: int, *, search: str = "", after: str = "", school: str | None = None
) -> Sequence[Batch]:
    """Return batches, the newest first.

    Args:
        session: the transaction.
        number: at most so many.
        search: part of a code, a school or a title, without regard to case; empty for all.
        after: code of a batch: only those that follow it; of none that is there, from the first.
        school: only this school's; None for all.
    """
    chosen = select(Batch).order_by(Batch.created_at.desc(), Batch.id).limit(number)
    if school is not None:
        chosen = chosen.where(Batch.school == school)
    if search.strip():
        columns = (Batch.code, Batch.school, Batch.title)
        part = search.strip()
        chosen = chosen.where(or_(*(one.icontains(part, autoescape=True) for one in columns)))
    last = session.scalar(select(Batch).where(Batch.code_key == after.upper())) if after else None
    if last is not None:
        same = and_(Batch.created_at == last.created_at, Batch.id > last.id)
        chosen = chosen.where(or_(Batch.created_at < last.created_at, same))
    return session.scalars(chosen).all()


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
    terms: BatchTerms | None = None,
    by: str = "operator",
) -> Batch:
    """Open a batch; `by` is who does it, for the log.

    Raises:
        ServiceError: the code is taken, the standard unknown, or a figure impossible.
    """
    if not re.fullmatch(BATCH_CODE_PATTERN, message.code):
        raise ServiceError(422, "batch_code", "A batch code is 4 to 8 letters and digits.")
    _check(message, opens_at, closes_at)
    taken = session.scalar(select(Batch.id).where(Batch.code_key == message.code.upper()))
    if taken is not None:
        raise ServiceError(
            409, "batch_exists", f"There is a batch {message.code} already.", "Take another code."
        )
    terms = terms or BatchTerms()
    batch = Batch(
        **terms.model_dump(),
        **message.model_dump(exclude={"is_open", "payment_methods"}),
        payment_methods=list(message.payment_methods),
        code_key=message.code.upper(),
        opens_at=opens_at,
        closes_at=closes_at,
        created_at=at,
    )
    session.add(batch)
    history.note(session, by, "batch_add", at, {"code": message.code})
    return batch


def change(
    session: Session,
    message: BatchInfo,
    at: datetime,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    terms: BatchTerms,
    by: str,
) -> Batch:
    """Change all of a batch but its code; photos taken before stay as they were judged.

    Raises:
        ServiceError: there is none of this code, or as `add`.
    """
    batch = find(session, message.code)
    _check(message, opens_at, closes_at)
    values: dict[str, Any] = message.model_dump(exclude={"is_open", "payment_methods", "code"})
    values |= terms.model_dump() | {
        "payment_methods": list(message.payment_methods),
        "opens_at": opens_at,
        "closes_at": closes_at,
    }
    before = {name: getattr(batch, name) for name in values}
    for name, value in values.items():
        setattr(batch, name, value)
    changed = {
        name: [str(before[name]), str(value)]
        for name, value in values.items()
        if before[name] != value
    }
    history.note(session, by, "batch_change", at, {"code": batch.code, "changed": changed})
    return batch


def _check(message: BatchInfo, opens_at: datetime | None, closes_at: datetime | None) -> None:
    try:
        standards.load(message.standard).with_file_limits(message.min_bytes, message.max_bytes)
    except (standards.StandardError, ValueError) as error:
        raise ServiceError(422, "batch_standard", str(error)) from error
    if message.fee_fen and not message.payment_methods:
        raise ServiceError(422, "batch_payment", "A fee is asked but no way to pay it.")
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise ServiceError(422, "batch_dates", "The batch would end before it begins.")

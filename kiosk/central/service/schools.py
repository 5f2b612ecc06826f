"""A school's own managers: they have that school's batches and prints, and no others exist."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kiosk.central.service import batches, print_shop
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Batch

_LISTED = 500


def check_batch(session: Session, school: str | None, code: str) -> Batch:
    """Return the batch of this code, where it is of this school; None stands for all schools.

    Raises:
        ServiceError: 404, as for a batch that there is not: nobody learns of others' codes.
    """
    batch = batches.find(session, code)
    if school is not None and batch.school != school:
        raise batches.no_such_batch()
    return batch


def check_prints(session: Session, school: str | None, name: str) -> None:
    """Raise where an order of prints is not of this school.

    Raises:
        ServiceError: 404, as for one that there is not.
    """
    prints = print_shop.find(session, name)
    if school is not None and prints.order.batch.school != school:
        raise print_shop.no_such_prints()


def batches_of(school: str) -> Select[int]:
    """Return the query of the numbers of a school's batches."""
    return select(Batch.id).where(Batch.school == school)


def known(session: Session) -> Sequence[str]:
    """Return the names of schools that have batches, some hundred at most, to choose from."""
    named = select(Batch.school).distinct().order_by(Batch.school).limit(_LISTED)
    return session.scalars(named).all()


def checked_name(school: str | None) -> str | None:
    """Return a school's name as it is kept; None for all schools.

    Raises:
        ServiceError: 422, it is too long.
    """
    name = " ".join((school or "").split())
    if len(name) > Batch.school.type.length:
        raise ServiceError(422, "staff_school", "The school's name is too long.")
    return name or None

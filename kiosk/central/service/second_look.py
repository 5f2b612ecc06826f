"""Second looks: a sample of decided photos, judged again by another reviewer who sees no result."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from kiosk.central.service import history, review_days
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Decision, SecondLook, Staff

MOST_COUNTED = 100
"""So many waiting, or more, are one and the same to who is to judge them."""


def waiting(session: Session, reviewer: Staff, before: datetime) -> int:
    """Return how many this reviewer could judge, at most `MOST_COUNTED`."""
    some = select(SecondLook.id).where(*_open_for(reviewer, before)).limit(MOST_COUNTED)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def take(
    session: Session, reviewer: Staff, at: datetime, undo_s: int, lease_s: int
) -> SecondLook | None:
    """Take the oldest that is not this reviewer's own and return it, None when there is none.

    Args:
        session: the transaction.
        reviewer: for whom.
        at: now, UTC.
        undo_s: the first decision may be taken back for so long; not before.
        lease_s: for how long it is theirs, seconds.
    """
    look = session.scalar(
        select(SecondLook)
        .where(
            *_open_for(reviewer, at - timedelta(seconds=undo_s)),
            or_(
                SecondLook.leased_until.is_(None),
                SecondLook.leased_until <= at,
                SecondLook.leased_by == reviewer.id,
            ),
        )
        .order_by(SecondLook.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if look is not None:
        look.leased_by, look.leased_until = reviewer.id, at + timedelta(seconds=lease_s)
        _ = look.photo.order.batch.code
    return look


def judge(
    session: Session, look_id: int, reviewer: Staff, at: datetime, *, is_approved: bool
) -> None:
    """Record the second judgement. The order stays as it is: a difference is for the manager.

    Raises:
        ServiceError: there is none open for this reviewer.
    """
    look = session.get(SecondLook, look_id, with_for_update=True)
    if look is None or look.done_at is not None or look.first_by == reviewer.id:
        raise ServiceError(409, "look_done", "This was judged already.", "Take the next one.")
    look.second_by, look.second_approved, look.done_at = reviewer.id, is_approved, at
    review_days.note_second_look(session, look, at)
    session.add(
        Decision(
            photo_id=look.photo_id, staff_id=reviewer.id, at=at, is_approved=is_approved,
            is_second_look=True,
        )
    )  # fmt: skip
    detail = {"photo": look.photo.photo_sha256, "approved": is_approved,
              "agrees": is_approved == look.first_approved}  # fmt: skip
    history.note(
        session, f"staff:{reviewer.name}", "second_look", at, detail, order_id=look.photo.order_id
    )


def _open_for(reviewer: Staff, before: datetime) -> tuple[ColumnElement[bool], ...]:
    decided = (
        select(Decision.id)
        .where(Decision.photo_id == SecondLook.photo_id, Decision.at <= before)
        .exists()
    )
    return (SecondLook.done_at.is_(None), SecondLook.first_by != reviewer.id, decided)

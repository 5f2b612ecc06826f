"""What reviewers did: how many, how fast, and how often a second look agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.central.service.review_days import median_s
from kiosk.central.service.tables import Staff, review_days
from kiosk.central.service.tables.reviews import REVIEW_NUMBERS, SPENT_NAMES


@dataclass(frozen=True, slots=True)
class Figures:
    """One reviewer's figures over some days.

    Attributes:
        name: of the account.
        decided: photos.
        approved: of them.
        undone: decisions taken back.
        median_s: seconds from taking a photo to deciding on it, None when unknown.
        seen_twice: of their decisions, those another reviewer judged too.
        differing: of those, where the other one judged otherwise.
    """

    name: str
    decided: int
    approved: int
    undone: int
    median_s: float | None
    seen_twice: int
    differing: int


def figures(session: Session, since: date, reviewer: Staff | None = None) -> Sequence[Figures]:
    """Return the figures from a day in China on, of one reviewer or of all, by name.

    One row a reviewer and day is read, however many photos they decided on.
    """
    table = review_days
    chosen = table.c.day >= since
    if reviewer is not None:
        chosen &= table.c.staff_id == reviewer.id
    names = (*REVIEW_NUMBERS, *SPENT_NAMES)
    rows = session.execute(
        select(Staff.name, *(func.sum(table.c[name]).label(name) for name in names))
        .join(table, table.c.staff_id == Staff.id)
        .where(chosen)
        .group_by(Staff.id, Staff.name)
        .order_by(Staff.name)
    ).mappings()
    return [
        Figures(
            name=row["name"],
            median_s=median_s([row[name] for name in SPENT_NAMES]),
            **{name: row[name] for name in REVIEW_NUMBERS},
        )
        for row in rows
    ]

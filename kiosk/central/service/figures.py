"""What reviewers did: how many, how fast, and how often a second look agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from kiosk.central.service.tables import Decision, SecondLook, Staff


@dataclass(frozen=True, slots=True)
class Figures:
    """One reviewer's figures over some time.

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


def figures(session: Session, since: datetime, reviewer: Staff | None = None) -> Sequence[Figures]:
    """Return the figures since a moment, of one reviewer or of all.

    The database adds up: a week of a country's reviewers is a million decisions.
    """
    chosen = [Decision.at >= since, Decision.is_second_look.is_(False)]
    looked = [SecondLook.done_at >= since]
    if reviewer is not None:
        chosen.append(Decision.staff_id == reviewer.id)
        looked.append(SecondLook.first_by == reviewer.id)
    decided = {row[0]: tuple(row)[1:] for row in session.execute(_decided(*chosen))}
    medians: dict[int, float] = {row[0]: row[1] for row in session.execute(_medians(*chosen))}
    looks = {row[0]: tuple(row)[1:] for row in session.execute(_looks(*looked))}
    names = select(Staff.id, Staff.name).where(Staff.id.in_(decided.keys() | looks.keys()))
    found = []
    for staff_id, name in session.execute(names.order_by(Staff.name)):
        standing, approved, undone = decided.get(staff_id, (0, 0, 0))
        seen_twice, differing = looks.get(staff_id, (0, 0))
        found.append(
            Figures(
                name=name,
                decided=standing,
                approved=approved,
                undone=undone,
                median_s=medians.get(staff_id),
                seen_twice=seen_twice,
                differing=differing,
            )
        )
    return found


def _decided(*chosen: ColumnElement[bool]) -> Select[int, int, int, int]:
    standing = Decision.undone_at.is_(None)
    return (
        select(
            Decision.staff_id,
            _number(standing),
            _number(standing & Decision.is_approved),
            _number(~standing),
        )
        .where(*chosen)
        .group_by(Decision.staff_id)
    )


def _medians(*chosen: ColumnElement[bool]) -> Select[int, float]:
    """Seconds of each reviewer's middle decision, or of the two in the middle: on any database."""
    ranked = (
        select(
            Decision.staff_id,
            Decision.spent_s,
            func.row_number()
            .over(partition_by=Decision.staff_id, order_by=Decision.spent_s)
            .label("place"),
            func.count().over(partition_by=Decision.staff_id).label("number"),
        )
        .where(*chosen, Decision.undone_at.is_(None), Decision.spent_s.is_not(None))
        .subquery()
    )
    number = ranked.c.number
    middle = ranked.c.place.in_([(number + 1) // 2, (number + 2) // 2])
    return (
        select(ranked.c.staff_id, func.avg(ranked.c.spent_s))
        .where(middle)
        .group_by(ranked.c.staff_id)
    )


def _looks(*looked: ColumnElement[bool]) -> Select[int, int, int]:
    return (
        select(
            SecondLook.first_by,
            func.count(),
            _number(SecondLook.first_approved != SecondLook.second_approved),
        )
        .where(*looked)
        .group_by(SecondLook.first_by)
    )


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))

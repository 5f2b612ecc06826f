"""What reviewers did: how many, how fast, and how often a second look agreed."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
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
    """Return the figures since a moment, of one reviewer or of all."""
    chosen = (
        select(Staff.name, Decision)
        .join(Decision)
        .where(Decision.at >= since, Decision.is_second_look.is_(False))
    )
    looked = (
        select(Staff.name, SecondLook)
        .join(Staff, SecondLook.first_by == Staff.id)
        .where(SecondLook.done_at >= since)
    )
    if reviewer is not None:
        chosen = chosen.where(Decision.staff_id == reviewer.id)
        looked = looked.where(SecondLook.first_by == reviewer.id)
    by_name: dict[str, list[Decision]] = defaultdict(list)
    for name, decision in session.execute(chosen):
        by_name[name].append(decision)
    looks: dict[str, list[SecondLook]] = defaultdict(list)
    for name, look in session.execute(looked):
        looks[name].append(look)
    return [_of(name, by_name[name], looks[name]) for name in sorted(by_name.keys() | looks.keys())]


def _of(name: str, decisions: Sequence[Decision], looks: Sequence[SecondLook]) -> Figures:
    standing = [one for one in decisions if one.undone_at is None]
    times = [one.spent_s for one in standing if one.spent_s is not None]
    return Figures(
        name=name,
        decided=len(standing),
        approved=sum(one.is_approved for one in standing),
        undone=len(decisions) - len(standing),
        median_s=statistics.median(times) if times else None,
        seen_twice=len(looks),
        differing=sum(one.first_approved != one.second_approved for one in looks),
    )

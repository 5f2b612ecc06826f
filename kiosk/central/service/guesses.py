"""Limits on guessing: a try is counted before it is looked at, so many at once are not more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import LoginFailure

Limits = Mapping[str, int]
"""What tries are counted by, such as an address, to how many there may be in `login_window_s`."""
Tries = Sequence[int]
"""Numbers of the rows that count a try."""


def count(service: Service, limits: Limits, refusal: ServiceError) -> Tries:
    """Count a try; who turns out to be right has it taken back by `forgive`.

    It is counted in a transaction of its own: of any number of tries at the same moment each sees
    those that were counted before it, on every database.

    Raises:
        ServiceError: `refusal`, there were too many of late. The try itself is not counted then.
    """
    now, since = service.clock(), service.clock() - _window(service)

    def note(session: Session) -> Tries:
        session.execute(delete(LoginFailure).where(LoginFailure.at <= since))
        rows = [LoginFailure(subject=subject, at=now) for subject in limits]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]

    tries = service.database.write(note)

    def look(session: Session) -> bool:
        over = _is_over(session, {subject: most + 1 for subject, most in limits.items()}, service)
        if over:
            forgive(session, tries)
        return over

    if service.database.write(look):
        raise refusal
    return tries


def forgive(session: Session, tries: Tries) -> None:
    """Take a counted try back."""
    session.execute(delete(LoginFailure).where(LoginFailure.id.in_(tries)))


def refuse(service: Service, limits: Limits, refusal: ServiceError) -> None:
    """Raise `refusal` when there were too many tries of late, without counting one."""
    if service.database.read(lambda session: _is_over(session, limits, service)):
        raise refusal


def _is_over(session: Session, limits: Limits, service: Service) -> bool:
    """Whether any of them has had as many tries as it may."""
    since = service.clock() - _window(service)
    counts = session.execute(
        select(LoginFailure.subject, func.count())
        .where(LoginFailure.subject.in_(list(limits)), LoginFailure.at > since)
        .group_by(LoginFailure.subject)
    )
    return any(count >= limits[subject] for subject, count in counts)


def _window(service: Service) -> timedelta:
    return timedelta(seconds=service.settings.login_window_s)

"""Alerts kept in the database: looked at every minute, acknowledged by a person, shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kiosk.central.contract import Heartbeat
from kiosk.central.service import alert_rules, history, jobs, report_keys
from kiosk.central.service.alert_rules import Alert, FleetLimits, Level, Notice, Reading
from kiosk.central.service.alert_settings import AlertSettings
from kiosk.central.service.alert_tables import AlertRow
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.rollout_tables import RolloutRow
from kiosk.central.service.settings import CentralServiceSettings
from kiosk.central.service.tables import Booth

_SHOWN = 200
_LONGEST = 300


def look_job(service: Service, _detail: Mapping[str, Any]) -> None:
    """Look at all booths, and have operators told of what has changed."""
    now = service.clock()
    service.database.write(lambda session: look(session, service.settings, now))


def look(session: Session, settings: CentralServiceSettings, at: datetime) -> None:
    """Take in how everything is; what operators are to be told goes out as a job."""
    limits = settings.alerts
    standing = {(row.kind, row.subject): row for row in session.scalars(_standing())}
    notices = []
    for reading in list(_all_readings(session, settings, standing, at)):
        row = standing.get((reading.kind, reading.subject))
        before = None if row is None else _alert(row)
        told = _told_before(session, reading, limits, at) if row is None else None
        after, notice = alert_rules.follow(before, reading, at, limits, told)
        kept = _keep(session, row, reading, after)
        if notice is not None and kept is not None:
            session.flush()
            notices.append({"alert": kept.id, "notice": str(notice)})
    if notices:
        _tell(session, limits, notices, at)
    old = at - timedelta(days=limits.keep_days)
    session.execute(delete(AlertRow).where(AlertRow.cleared_at < old))


def acknowledge(session: Session, number: int, by: str, at: datetime) -> None:
    """Note that somebody looks after an alert: it is not told again.

    Raises:
        ServiceError: 404, no such alert stands.
    """
    row = session.get(AlertRow, number)
    if row is None or row.raised_at is None or row.cleared_at is not None:
        raise ServiceError(404, "alert_unknown", "This alert does not stand any more.")
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = at, by
        detail = {"kind": row.kind, "subject": row.subject}
        history.note(session, by, "alert_acknowledge", at, detail)


def raised(session: Session) -> Sequence[AlertRow]:
    """Return the alerts that stand, the gravest first."""
    rows = session.scalars(_standing().where(AlertRow.raised_at.is_not(None)))
    return sorted(rows, key=lambda row: (alert_rules.KINDS.index(row.kind), row.id))


def over(session: Session) -> Sequence[AlertRow]:
    """Return alerts that are over, the newest first."""
    return session.scalars(
        select(AlertRow)
        .where(AlertRow.cleared_at.is_not(None))
        .order_by(AlertRow.cleared_at.desc(), AlertRow.id.desc())
        .limit(_SHOWN)
    ).all()


def counts(session: Session) -> Mapping[str, int]:
    """Return how many alerts of each kind stand."""
    found = dict.fromkeys(alert_rules.KINDS, 0)
    for kind, count in session.execute(
        select(AlertRow.kind, func.count())
        .where(AlertRow.cleared_at.is_(None), AlertRow.raised_at.is_not(None))
        .group_by(AlertRow.kind)
    ):
        found[kind] = count
    return found


def _standing() -> Any:
    return select(AlertRow).where(AlertRow.cleared_at.is_(None))


def _all_readings(
    session: Session,
    settings: CentralServiceSettings,
    standing: Mapping[tuple[str, str], AlertRow],
    at: datetime,
) -> Iterator[Reading]:
    fleet = FleetLimits(
        settings.booth_silent_s, settings.booth_outbox_s, settings.booth_disk_percent,
        settings.booth_calibration_days,
    )  # fmt: skip
    seen, unknown, keys = set(), set(), report_keys.that_count(session)
    for booth in session.scalars(select(Booth).where(Booth.revoked_at.is_(None))):
        if booth.heartbeat is None or booth.heartbeat_at is None:
            continue
        beat = Heartbeat.model_validate(booth.heartbeat)
        found = alert_rules.readings(
            booth.name, beat, booth.heartbeat_at, at, fleet, settings.alerts, keys.fault(booth)
        )
        if found[0].level is Level.BAD:  # silent: nothing else is known of it
            unknown.add(booth.name)
        seen |= {(one.kind, one.subject) for one in found}
        yield from found
    rollout = session.scalar(select(RolloutRow).order_by(RolloutRow.id.desc()).limit(1))
    if rollout is not None:
        halted = Level.BAD if rollout.halted else Level.GOOD
        seen.add(("rollout", rollout.version))
        yield Reading("rollout", rollout.version, halted, rollout.halted)
    for kind, subject in standing:
        # A device that is gone, a booth that is revoked, a version that has a newer one.
        if (kind, subject) not in seen and subject.partition(" ")[0] not in unknown:
            yield Reading(kind, subject, Level.GOOD)


def _told_before(
    session: Session, reading: Reading, limits: AlertSettings, at: datetime
) -> datetime | None:
    if reading.level is not Level.BAD:
        return None
    return session.scalar(
        select(func.max(AlertRow.told_at)).where(
            AlertRow.kind == reading.kind,
            AlertRow.subject == reading.subject,
            AlertRow.told_at > at - timedelta(hours=limits.repeat_hours),
        )
    )


def _alert(row: AlertRow) -> Alert:
    return Alert(
        row.bad_since, row.raised_at, row.told_at, row.good_since, row.cleared_at,
        acknowledged=row.acknowledged_at is not None,
    )  # fmt: skip


def _keep(
    session: Session, row: AlertRow | None, reading: Reading, alert: Alert | None
) -> AlertRow | None:
    if alert is None:
        if row is not None:
            session.delete(row)
        return None
    if row is None:
        row = AlertRow(kind=reading.kind, subject=reading.subject, detail="")
        session.add(row)
    if reading.level is Level.BAD:
        row.detail, row.what = reading.detail[:_LONGEST], reading.what
    row.bad_since, row.raised_at, row.told_at = alert.bad_since, alert.raised_at, alert.told_at
    row.good_since, row.cleared_at = alert.good_since, alert.cleared_at
    return row


def _tell(
    session: Session, limits: AlertSettings, notices: list[dict[str, Any]], at: datetime
) -> None:
    """Put one job for each way and receiver: one that fails does not hold the others up."""
    for address in limits.email:
        jobs.put(session, "mail_alerts", {"to": address, "notices": notices}, at)
    if limits.webhook is not None:
        jobs.put(session, "post_alerts", {"notices": notices}, at)


__all__ = ["Notice", "acknowledge", "counts", "look", "look_job", "over", "raised"]

"""Versions on their way out: begun, followed by what booths tell, stopped. See `rollout`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.contract import ReleaseAnswer, ReleaseReport
from kiosk.central.service import history, rollout
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.rollout import BoothUpdate, Limits, Report, Rollout, Stage
from kiosk.central.service.rollout_tables import BoothRelease, RolloutRow
from kiosk.central.service.tables import Booth

_VERSION = r"^[0-9A-Za-z][0-9A-Za-z.+!-]{0,39}$"
_STAGE = r"^(?:([a-z0-9-]{1,40})\s+)?(\d{1,3}(?:\.\d+)?)\s*%?$"
_MOST_STAGES, _HUNDRED = 20, 100.0


def begin(session: Session, version: str, stages: str, by: str, at: datetime) -> RolloutRow:
    """Begin to roll a version out.

    Args:
        session: the transaction.
        version: as operations published and signed it.
        stages: one a line: a percentage, with a group before it or of all booths.
        by: who begins.
        at: when, UTC.

    Raises:
        ServiceError: the version or a stage is none, or another version is on its way.
    """
    parsed = [_stage(line) for line in stages.splitlines() if line.strip()]
    if not re.fullmatch(_VERSION, version) or not 0 < len(parsed) <= _MOST_STAGES:
        raise _not_stages()
    if _current(session) is not None:
        raise ServiceError(
            409, "rollout_running", "Another version is on its way.", "Halt it first."
        )
    if session.scalar(select(RolloutRow.id).where(RolloutRow.version == version)) is not None:
        raise ServiceError(
            409, "rollout_again", "This version was rolled out before.",
            "Publish what you mended under a new version.",
        )  # fmt: skip
    row = RolloutRow(
        version=version, stages=parsed, stage=0, halted="", is_finished=False,
        created_at=at, created_by=by,
    )  # fmt: skip
    session.add(row)
    history.note(session, by, "rollout_begin", at, {"version": version, "stages": parsed})
    return row


def halt(session: Session, version: str, by: str, at: datetime) -> None:
    """Stop a version: no further booth takes it; those that have it keep it.

    Raises:
        ServiceError: 404, it is not on its way.
    """
    row = _current(session)
    if row is None or row.version != version:
        raise ServiceError(404, "rollout_unknown", "This version is not on its way.")
    row.halted = f"by {by}"
    history.note(session, by, "rollout_halt", at, {"version": version})


def answer(session: Session, booth: Booth, report: ReleaseReport, at: datetime) -> ReleaseAnswer:
    """Keep what a booth tells of its versions; return which one it is to run."""
    wanted = _wanted(session, booth)
    row = session.get(BoothRelease, booth.id)
    if row is None:
        row = BoothRelease(booth_id=booth.id, offered="")
        session.add(row)
    row.committed, row.on_trial = report.committed, report.on_trial
    row.refused, row.told_at = dict(report.refused), at
    row.offered = wanted or row.offered
    return ReleaseAnswer(wanted=wanted)


def advance_job(service: Service, _detail: Mapping[str, Any]) -> None:
    """Take the version on its way a stage further, or stop it, by what booths tell."""
    now = service.clock()
    silent = timedelta(seconds=service.settings.rollout_silent_s)

    def work(session: Session) -> None:
        row = _current(session)
        if row is None:
            return
        before = _rollout(row)
        after = rollout.advance(before, reports(session, row.version, now, silent), Limits())
        if after != before:
            row.stage, row.halted, row.is_finished = after.stage, after.halted, after.finished
            detail = dataclasses.asdict(after)
            told = {name: detail[name] for name in ("version", "stage", "halted", "finished")}
            history.note(session, "job:rollout", "rollout_advance", now, told)

    service.database.write(work)


def reports(session: Session, version: str, at: datetime, silent: timedelta) -> Sequence[Report]:
    """Return how each booth stands with a version; revoked ones are none."""
    rows = session.execute(
        select(Booth, BoothRelease)
        .outerjoin(BoothRelease, BoothRelease.booth_id == Booth.id)
        .where(Booth.revoked_at.is_(None))
        .order_by(Booth.name)
    )
    return [
        Report(booth.name, booth.group_name, _standing(told, version, at, silent))
        for booth, told in rows
    ]


def all_rollouts(session: Session) -> Sequence[RolloutRow]:
    """Return all, the newest first."""
    return session.scalars(select(RolloutRow).order_by(RolloutRow.id.desc())).all()


def _standing(
    told: BoothRelease | None, version: str, at: datetime, silent: timedelta
) -> BoothUpdate:
    if told is None:
        return BoothUpdate.NOT_OFFERED
    if told.committed == version:
        return BoothUpdate.COMMITTED
    if version in told.refused:
        return BoothUpdate.WENT_BACK
    if told.on_trial == version:
        return BoothUpdate.SILENT if at - told.told_at > silent else BoothUpdate.ON_TRIAL
    return BoothUpdate.OFFERED if told.offered == version else BoothUpdate.NOT_OFFERED


def _wanted(session: Session, booth: Booth) -> str | None:
    """Return the version for a booth, empty for the one it has, None when nobody directs it."""
    rows = all_rollouts(session)
    for row in rows:
        if row.halted:
            continue
        if row.is_finished or rollout.is_offered(_rollout(row), booth.name, booth.group_name):
            return row.version
    return "" if rows else None


def _current(session: Session) -> RolloutRow | None:
    return session.scalar(
        select(RolloutRow).where(RolloutRow.halted == "", RolloutRow.is_finished.is_(False))
    )


def _rollout(row: RolloutRow) -> Rollout:
    stages = tuple(Stage(frozenset(s["groups"]), float(s["percent"])) for s in row.stages)
    return Rollout(row.version, stages, row.stage, row.halted, row.is_finished)


def _stage(line: str) -> dict[str, Any]:
    match = re.fullmatch(_STAGE, line.strip())
    if match is None or not 0 < float(match[2]) <= _HUNDRED:
        raise _not_stages()
    return {"groups": [match[1]] if match[1] else [], "percent": float(match[2])}


def _not_stages() -> ServiceError:
    return ServiceError(
        422, "rollout_stages", "These are no version and stages.",
        "One stage a line: 'pilot 100', then '10', '50', '100'.",
    )  # fmt: skip

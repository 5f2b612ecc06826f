"""How the booths are, which of them need a person, and what is set for them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk.central.contract import Heartbeat, HeartbeatAnswer
from kiosk.central.service import history
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.report_keys import KeysThatCount
from kiosk.central.service.settings import CentralServiceSettings
from kiosk.central.service.tables import Booth, BoothSettings

_FIELD = r"^[a-z0-9_]+\.[a-z0-9_]+$"
_SCOPE = r"^(all|(group|booth) [a-z0-9-]{1,40})$"
_MAX_FIELDS = 200
_AHEAD_S = 600.0
"""A booth's clock may be so far ahead before its heartbeats' numbers count for less, seconds."""


@dataclass(frozen=True, slots=True)
class Need:
    """Why a booth needs a person.

    Attributes:
        what: key of the words, such as ``silent``, ``device``, ``disk``.
        detail: what else is to be said, for people; of a device its driver's own words.
        device: name of the device it is about; empty: none.
        kind: what is wrong with that, as `kiosk.central.contract.DeviceHealth` has it.
    """

    what: str
    detail: str = ""
    device: str = ""
    kind: str = ""


def note_heartbeat(session: Session, booth: Booth, beat: Heartbeat, at: datetime) -> None:
    """Keep a heartbeat, unless a newer one was kept: one played again changes nothing.

    Booths number by their clock. One that was ahead for a while must be heard again soon after it
    was put right, so no number counts for more than shortly from now.
    """
    counts = min(beat.number, int((at.timestamp() + _AHEAD_S) * 1000))
    session.execute(
        update(Booth)
        .where(Booth.id == booth.id, Booth.heartbeat_number < beat.number)
        .values(heartbeat=beat.model_dump(mode="json"), heartbeat_number=counts, heartbeat_at=at)
    )


def settings_of(
    session: Session, booth: Booth, *, at: datetime | None = None, support: str = ""
) -> HeartbeatAnswer:
    """Return what is set for a booth: for all, over it for its group, over it for itself.

    Args:
        session: the transaction.
        booth: which booth.
        at: now, UTC, for the booth's own clock.
        support: the support bundle that is wanted of it.
    """
    rows = session.scalars(select(BoothSettings).where(BoothSettings.scope.in_(_scopes(booth))))
    merged, revision = _merged({row.scope: row.settings for row in rows}, booth)
    return HeartbeatAnswer(settings=merged, settings_revision=revision, now=at, support=support)


def revisions(session: Session, booths: Iterable[Booth]) -> Mapping[str, str]:
    """Return the revision of what is set for each of many booths, by name: read once for all."""
    pushed = {row.scope: row.settings for row in session.scalars(select(BoothSettings))}
    return {booth.name: _merged(pushed, booth)[1] for booth in booths}


def _scopes(booth: Booth) -> tuple[str, ...]:
    return "all", f"group {booth.group_name}", f"booth {booth.name}"


def _merged(pushed: Mapping[str, Mapping[str, Any]], booth: Booth) -> tuple[dict[str, Any], str]:
    merged: dict[str, Any] = {}
    for scope in _scopes(booth):
        merged |= pushed.get(scope, {})
    text = json.dumps(merged, sort_keys=True, ensure_ascii=False)
    return merged, hashlib.sha256(text.encode()).hexdigest()[:16] if merged else ""


def push(session: Session, scope: str, settings: Mapping[str, Any], at: datetime, by: str) -> None:
    """Set what booths of a scope use, instead of what was set for this scope before.

    The centre does not know the booths' settings: a booth checks them and tells with its next
    heartbeat when it cannot use them.

    Raises:
        ServiceError: 422, the scope is none, or a field is not ``section.field`` to plain value.
    """
    good = len(settings) <= _MAX_FIELDS and all(
        re.fullmatch(_FIELD, name) and isinstance(value, str | int | float | bool)
        for name, value in settings.items()
    )
    if not re.fullmatch(_SCOPE, scope) or not good:
        raise ServiceError(
            422, "booth_settings", "These are no settings for booths.",
            "Write section.field = value, one a line, as TOML.",
        )  # fmt: skip
    row = session.get(BoothSettings, scope)
    if row is None:
        row = BoothSettings(scope=scope)
        session.add(row)
    row.settings, row.changed_at, row.changed_by = dict(settings), at, by
    history.note(session, by, "booth_settings", at, {"scope": scope, "settings": dict(settings)})


def needs(
    booth: Booth,
    wanted_revision: str,
    at: datetime,
    limits: CentralServiceSettings,
    keys: KeysThatCount,
) -> Sequence[Need]:
    """Return why a booth needs a person, the gravest first; nothing for a revoked one.

    Args:
        booth: which booth.
        wanted_revision: of the settings that it should use.
        at: now, UTC.
        limits: of the service.
        keys: that count now; see `report_keys.that_count`.
    """
    if booth.revoked_at is not None:
        return []
    if booth.heartbeat is None or booth.heartbeat_at is None:
        return [Need("never")]
    beat = Heartbeat.model_validate(booth.heartbeat)
    fault = keys.fault(booth)
    found = [] if fault is None else [Need(*fault)]
    silent = at - booth.heartbeat_at
    if silent > timedelta(seconds=limits.booth_silent_s):
        found.append(Need("silent", f"{silent.total_seconds() / 60:.0f} min"))
    found += [
        Need("device", device.fault, device.name, device.kind)
        for device in beat.devices
        if device.fault
    ]
    found += _photos_and_disk(beat, limits)
    found += _calibration(beat, at, limits)
    if beat.settings_problem:
        found.append(Need("settings", beat.settings_problem))
    elif beat.settings_revision != wanted_revision:
        found.append(Need("settings_wait"))
    return found


def _photos_and_disk(beat: Heartbeat, limits: CentralServiceSettings) -> list[Need]:
    found = []
    if beat.outbox_refused:
        found.append(Need("refused", str(beat.outbox_refused)))
    if beat.outbox_waiting and beat.outbox_oldest_s > limits.booth_outbox_s:
        found.append(Need("outbox", f"{beat.outbox_waiting}, {beat.outbox_oldest_s / 60:.0f} min"))
    if beat.disk_total_bytes:
        free = 100 * beat.disk_free_bytes / beat.disk_total_bytes
        if free < limits.booth_disk_percent:
            found.append(Need("disk", f"{free:.0f} %"))
    return found


def _calibration(beat: Heartbeat, at: datetime, limits: CentralServiceSettings) -> list[Need]:
    if beat.calibrated_at is None:
        return [Need("uncalibrated")]
    age = at - beat.calibrated_at
    if age > timedelta(days=limits.booth_calibration_days):
        return [Need("calibration", f"{age.days} d")]
    return []

"""What is to be alerted of, from the last heartbeat of a booth: pure.

`readings` says how each thing is: bad, good, or between the two limits. `follow` turns the readings
of one thing over time into an alert that is raised, told again, and cleared.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from kiosk.central.contract import DeviceHealth, Heartbeat
from kiosk.central.service.alert_settings import AlertSettings

KINDS = (
    "key_of_another", "key_unknown", "silent", "device", "restarts", "refused", "outbox",
    "calibration", "disk", "temperature", "under_voltage", "clock", "rollout",
)  # fmt: skip
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class FleetLimits:
    """The limits the fleet page marks a booth by; see `CentralServiceSettings`."""

    silent_s: float
    outbox_s: float
    disk_percent: float
    calibration_days: float


class Level(enum.Enum):
    """How something is."""

    BAD = enum.auto()
    BETWEEN = enum.auto()
    """Not as bad as to raise an alert, not as good as to clear one."""
    GOOD = enum.auto()


@dataclass(frozen=True, slots=True)
class Reading:
    """How one thing is now.

    Attributes:
        kind: one of `KINDS`.
        subject: what it is about: a booth, and which device of it; or a version.
        level: how it is.
        detail: value and unit, for people; a driver's own words.
        what: the same of a device as one word, which is said in the reader's language; may be
            empty.
        lasts: whether it has to last before it is raised; else it is at once.
    """

    kind: str
    subject: str
    level: Level
    detail: str = ""
    lasts: bool = False
    what: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that was bad, from then until it is cleared.

    Attributes:
        bad_since: when it was first bad.
        raised_at: when it became an alert; None: not bad for long enough yet.
        told_at: when operators were told last; None: never.
        good_since: since when it has been good again.
        cleared_at: when it was over.
        acknowledged: somebody looks after it: it is not told again.
    """

    bad_since: datetime
    raised_at: datetime | None = None
    told_at: datetime | None = None
    good_since: datetime | None = None
    cleared_at: datetime | None = None
    acknowledged: bool = False


class Notice(enum.StrEnum):
    """What operators are told of an alert."""

    RAISED = "raised"
    AGAIN = "again"
    CLEARED = "cleared"


def readings(
    booth: str,
    beat: Heartbeat,
    heard_at: datetime,
    at: datetime,
    fleet: FleetLimits,
    limits: AlertSettings,
    key_fault: tuple[str, str] | None = None,
) -> Sequence[Reading]:
    """Return how everything a booth tells of is.

    Of a booth that is silent only that is known: the rest stays as it was.

    Args:
        booth: its name.
        beat: its last heartbeat.
        heard_at: when that came, UTC.
        at: now, UTC.
        fleet: limits shared with the fleet page.
        limits: further ones.
        key_fault: what is wrong with the key it signs reports with: kind and detail.
    """
    silent = at - heard_at > timedelta(seconds=fleet.silent_s)
    minutes = (at - heard_at).total_seconds() / 60
    told = Reading(
        "silent", booth, Level.BAD if silent else Level.GOOD, f"{minutes:.0f} min" if silent else ""
    )
    if silent:
        return [told]
    return [
        told,
        *(one for device in beat.devices for one in _device(booth, device, limits)),
        *_photos(booth, beat, fleet, limits),
        _calibration(booth, beat, at, fleet),
        *_machine(booth, beat, limits),
        *_key(booth, key_fault),
    ]


def follow(
    alert: Alert | None,
    reading: Reading,
    at: datetime,
    limits: AlertSettings,
    told_before: datetime | None = None,
) -> tuple[Alert | None, Notice | None]:
    """Return the alert after a reading, None when there is none, and what is told of it.

    Args:
        alert: as it stood, not cleared; None: there was none.
        reading: how the thing is now.
        at: now, UTC.
        limits: of the service.
        told_before: when an earlier alert of the same thing was told last: one that comes and
            goes is not told each time.
    """
    if reading.level is Level.BAD:
        return _bad(alert or Alert(at, told_at=told_before), reading, at, limits)
    if alert is None:
        return None, None
    if reading.level is Level.BETWEEN:
        return (replace(alert, good_since=None), None) if alert.raised_at else (None, None)
    if alert.raised_at is None:
        return None, None
    since = alert.good_since or at
    if at - since < timedelta(seconds=limits.clear_for_s):
        return replace(alert, good_since=since), None
    was_told = alert.told_at is not None and alert.told_at >= alert.raised_at
    return (
        replace(alert, good_since=since, cleared_at=at),
        Notice.CLEARED if was_told else None,
    )


def _bad(
    alert: Alert, reading: Reading, at: datetime, limits: AlertSettings
) -> tuple[Alert, Notice | None]:
    alert = replace(alert, good_since=None)
    if alert.raised_at is None:
        if reading.lasts and at - alert.bad_since < timedelta(seconds=limits.fault_for_s):
            return alert, None
        alert = replace(alert, raised_at=at)
    quiet = timedelta(hours=limits.repeat_hours)
    if alert.acknowledged or (alert.told_at is not None and at - alert.told_at < quiet):
        return alert, None
    first = alert.told_at is None or alert.raised_at is None or alert.told_at < alert.raised_at
    return replace(alert, told_at=at), Notice.RAISED if first else Notice.AGAIN


def _device(booth: str, device: DeviceHealth, limits: AlertSettings) -> Iterator[Reading]:
    subject = f"{booth} {device.name}"
    level = Level.BAD if device.fault else Level.GOOD
    yield Reading("device", subject, level, device.fault, lasts=True, what=device.kind)
    count = device.restarts_hour
    level = _above(count, limits.restarts_per_hour, limits.restarts_per_hour_clear)
    yield Reading("restarts", subject, level, f"{count} / h")


def _photos(
    booth: str, beat: Heartbeat, fleet: FleetLimits, limits: AlertSettings
) -> Iterator[Reading]:
    yield Reading(
        "refused", booth, Level.BAD if beat.outbox_refused else Level.GOOD, str(beat.outbox_refused)
    )
    oldest_s = beat.outbox_oldest_s if beat.outbox_waiting else 0.0
    clear_s = min(limits.outbox_clear_s, fleet.outbox_s)
    detail = f"{beat.outbox_waiting}, {oldest_s / 60:.0f} min"
    yield Reading("outbox", booth, _above(oldest_s, fleet.outbox_s, clear_s), detail)
    if beat.disk_total_bytes:
        free = 100 * beat.disk_free_bytes / beat.disk_total_bytes
        clear = max(limits.disk_clear_percent, fleet.disk_percent)
        yield Reading("disk", booth, _above(-free, -fleet.disk_percent, -clear), f"{free:.0f} %")


def _calibration(booth: str, beat: Heartbeat, at: datetime, fleet: FleetLimits) -> Reading:
    if beat.calibrated_at is None:
        return Reading("calibration", booth, Level.BAD, "–", lasts=True)
    made = beat.calibrated_at
    age = at - (made if made.tzinfo else made.replace(tzinfo=UTC))  # the contract's times are UTC
    old = age > timedelta(days=fleet.calibration_days)
    return Reading(
        "calibration", booth, Level.BAD if old else Level.GOOD, f"{age.days} d", lasts=True
    )


def _key(booth: str, fault: tuple[str, str] | None) -> Iterator[Reading]:
    for kind in ("key_of_another", "key_unknown"):
        if fault is not None and fault[0] == kind:
            # Not at once: a booth that is enrolled anew tells its new key with the next heartbeat.
            yield Reading(kind, booth, Level.BAD, fault[1], lasts=True)
        else:
            yield Reading(kind, booth, Level.GOOD)


def _machine(booth: str, beat: Heartbeat, limits: AlertSettings) -> Iterator[Reading]:
    if beat.temperature_c is not None:
        level = _above(beat.temperature_c, limits.temperature_c, limits.temperature_clear_c)
        yield Reading("temperature", booth, level, f"{beat.temperature_c:.0f} °C")
    if beat.under_voltage is not None:
        level = Level.BAD if beat.under_voltage else Level.GOOD
        yield Reading("under_voltage", booth, level)
    if beat.clock_offset_s is not None:
        off = abs(beat.clock_offset_s)
        level = _above(off, limits.clock_offset_s, limits.clock_offset_clear_s)
        yield Reading("clock", booth, level, f"{beat.clock_offset_s:+.0f} s")


def _above(value: float, limit: float, clear: float) -> Level:
    if value >= limit:
        return Level.BAD
    return Level.GOOD if value <= clear else Level.BETWEEN

"""Figures of the booths for Prometheus: the last heartbeat of each, alerts, the rollout.

Each booth is a few series. There are never more than `metrics_booths` of them: labels are names
from our own table, and what devices and versions booths make up is counted, not named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.central.contract import Heartbeat
from kiosk.central.service import alerts, rollouts
from kiosk.central.service.rollout import BoothUpdate
from kiosk.central.service.settings import CentralServiceSettings
from kiosk.central.service.tables import Booth

_MOST_VERSIONS = 20

_MEANINGS = {
    "silent_seconds": "Since when the booth was not heard of.",
    "device_faults": "Devices that do not work.",
    "camera_restarts_hour": "Restarts of its cameras within the last hour.",
    "outbox_photos": "Photos that wait to be sent.",
    "outbox_oldest_seconds": "Since when the oldest of them waits.",
    "refused_photos": "Photos the service refused, kept at the booth.",
    "disk_free_ratio": "Free part of its disk, 0 to 1.",
    "calibration_age_seconds": "Age of the calibration in use.",
    "temperature_celsius": "Of its processor.",
    "under_voltage": "1: the supply's voltage is too low.",
    "clock_offset_seconds": "What its clock is ahead of this service's.",
}


def families(session: Session, settings: CentralServiceSettings, at: datetime) -> Sequence[Metric]:
    """Return the figures; a figure that a booth does not tell is left out.

    Args:
        session: the transaction.
        settings: of the service.
        at: now, UTC.
    """
    enrolled = Booth.revoked_at.is_(None)
    total = session.scalar(select(func.count()).select_from(Booth).where(enrolled)) or 0
    heard = session.scalars(
        select(Booth)
        .where(enrolled, Booth.heartbeat_at.is_not(None))
        .order_by(Booth.name)
        .limit(settings.metrics_booths)
    ).all()
    by_name = {
        name: GaugeMetricFamily(f"central_booth_{name}", meaning, labels=("booth", "group"))
        for name, meaning in _MEANINGS.items()
    }
    versions: Counter[str] = Counter()
    for booth in heard:
        beat = Heartbeat.model_validate(booth.heartbeat)
        versions[beat.version] += 1
        for name, value in _figures(booth, beat, at):
            by_name[name].add_metric((booth.name, booth.group_name), value)
    return [
        GaugeMetricFamily("central_booths", "Booths that are enrolled.", value=total),
        GaugeMetricFamily(
            "central_booths_without_series",
            "Booths not heard of yet, or above metrics_booths.",
            value=total - len(heard),
        ),
        *by_name.values(),
        _versions(versions),
        _standing(session),
        _rollout(session, settings, at),
    ]


def _figures(booth: Booth, beat: Heartbeat, at: datetime) -> Iterator[tuple[str, float]]:
    if booth.heartbeat_at is not None:
        yield "silent_seconds", max(0.0, (at - booth.heartbeat_at).total_seconds())
    yield "device_faults", sum(bool(device.fault) for device in beat.devices)
    yield "camera_restarts_hour", sum(device.restarts_hour for device in beat.devices)
    yield "outbox_photos", beat.outbox_waiting
    yield "outbox_oldest_seconds", beat.outbox_oldest_s
    yield "refused_photos", beat.outbox_refused
    if beat.disk_total_bytes:
        yield "disk_free_ratio", beat.disk_free_bytes / beat.disk_total_bytes
    if beat.calibrated_at is not None:
        made = beat.calibrated_at
        made = made if made.tzinfo else made.replace(tzinfo=UTC)
        yield "calibration_age_seconds", (at - made).total_seconds()
    if beat.temperature_c is not None:
        yield "temperature_celsius", beat.temperature_c
    if beat.under_voltage is not None:
        yield "under_voltage", float(beat.under_voltage)
    if beat.clock_offset_s is not None:
        yield "clock_offset_seconds", beat.clock_offset_s


def _versions(versions: Counter[str]) -> Metric:
    family = GaugeMetricFamily(
        "central_booth_versions", "Booths by the version they run.", labels=("version",)
    )
    common = dict(versions.most_common(_MOST_VERSIONS))
    others = sum(versions.values()) - sum(common.values())
    for version, count in (*common.items(), *((("others", others),) if others else ())):
        family.add_metric((version,), count)
    return family


def _standing(session: Session) -> Metric:
    family = GaugeMetricFamily("central_alerts", "Alerts that stand.", labels=("kind",))
    for kind, count in alerts.counts(session).items():
        family.add_metric((kind,), count)
    return family


def _rollout(session: Session, settings: CentralServiceSettings, at: datetime) -> Metric:
    family = GaugeMetricFamily(
        "central_rollout_booths", "How booths stand with the newest version.", labels=("standing",)
    )
    rows = rollouts.all_rollouts(session)
    if rows:
        silent = timedelta(seconds=settings.rollout_silent_s)
        found = Counter(r.update for r in rollouts.reports(session, rows[0].version, at, silent))
        for standing in BoothUpdate:
            family.add_metric((standing.name.lower(),), found[standing])
    return family

"""Figures for Prometheus: requests of this service, what waits in the database, and the booths."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.central.contract import OrderState
from kiosk.central.service import fleet_metrics, order_counts
from kiosk.central.service.context import Service
from kiosk.central.service.tables import Job, Order

# The library's own name: set by `server` when several workers add to the same figures.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_registry = CollectorRegistry()
_seconds = Histogram(
    "central_request_seconds", "Time to answer a request.", ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30), registry=_registry,
)  # fmt: skip
_answers = Counter(
    "central_answers", "Answers by status.", ("method", "route", "status"), registry=_registry
)


def observe(method: str, route: str, status: int, spent_s: float) -> None:
    """Note one answered request; `route` is the pattern, never the path itself."""
    _seconds.labels(method, route).observe(spent_s)
    _answers.labels(method, route, str(status)).inc()


def exposition(service: Service) -> bytes:
    """Return all figures in Prometheus' text format.

    Raises:
        ServiceError: the database cannot be asked.
    """
    waiting = CollectorRegistry()
    waiting.register(_Waiting(service))
    requests = _registry
    if os.environ.get(SHARED_FOLDER):
        requests = CollectorRegistry()
        _OfAllWorkers(requests)  # type: ignore[no-untyped-call]
    return generate_latest(requests) + generate_latest(waiting)


class _OfAllWorkers(MultiProcessCollector):
    """Adds up what all workers noted.

    A worker that is about to fill its file, or was killed before it could, has an empty one there;
    the library's own collector fails on it, for as long as it lies there.
    """

    def collect(self) -> Iterable[Metric]:
        files = (str(file) for file in Path(self._path).glob("*.db") if file.stat().st_size)
        merged: Iterable[Metric] = self.merge(list(files), accumulate=True)  # type: ignore[no-untyped-call]
        return merged


class _Waiting(Collector):
    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        now = self._service.clock()

        def work(session: Session) -> tuple[int, float, int, float, int]:
            waiting = order_counts.counts(session, state=OrderState.PENDING)
            count = sum(states[OrderState.PENDING] for states in waiting.values())
            oldest = session.scalar(
                select(func.min(Order.pending_since)).where(Order.state == OrderState.PENDING)
            )
            due, first = session.execute(
                select(func.count(), func.min(Job.due_at)).where(
                    Job.failed_at.is_(None), Job.due_at <= now
                )
            ).one()
            failed = session.scalar(
                select(func.count()).select_from(Job).where(Job.failed_at.is_not(None))
            )
            ages = ((now - at).total_seconds() if at else 0.0 for at in (oldest, first))
            return count, next(ages), due, next(ages), failed or 0

        pending, oldest_s, due, late_s, failed = self._service.database.read(work)
        for name, meaning, value in (
            ("central_orders_pending", "Photos that wait for their review.", pending),
            ("central_orders_oldest_seconds", "Since when the oldest of them waits.", oldest_s),
            ("central_jobs_due", "Background jobs that are due.", due),
            ("central_jobs_late_seconds", "Since when the oldest of them is due.", late_s),
            ("central_jobs_failed", "Background jobs given up.", failed),
        ):
            yield GaugeMetricFamily(name, meaning, value=value)
        settings = self._service.settings
        yield from self._service.database.read(
            lambda session: fleet_metrics.families(session, settings, now)
        )

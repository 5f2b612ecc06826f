"""Which background jobs there are, and how often they are done by themselves."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from kiosk.central.service import (
    alert_sending,
    alerts,
    duplicates,
    erasing,
    notices,
    order_counts,
    print_care,
    print_notices,
    provider_payments,
    retention,
    rollouts,
    support,
    sweeping,
    uploads,
)
from kiosk.central.service.context import Service
from kiosk.central.service.jobs import Task, Worker

TASKS: Mapping[str, Task] = MappingProxyType(
    {
        "look_for_alerts": Task(alerts.look_job, every=timedelta(minutes=1)),
        "mail_alerts": Task(alert_sending.mail_job),
        "post_alerts": Task(alert_sending.post_job),
        "expire_support": Task(support.expire_job, every=timedelta(hours=6)),
        "count_orders": Task(order_counts.fold_job, every=timedelta(minutes=1)),
        "compare_photo": Task(duplicates.compare_job),
        "make_upload": Task(uploads.make_job),
        "mail_photo": Task(notices.photo_job),
        "refund": Task(provider_payments.refund_job),
        "follow_payments": Task(provider_payments.follow_job, every=timedelta(minutes=1)),
        "purge": Task(retention.purge_job, every=timedelta(hours=24)),
        "advance_rollout": Task(rollouts.advance_job, every=timedelta(minutes=5)),
        "tell_prints": Task(print_notices.tell_job),
        "care_for_prints": Task(print_care.care_job, every=timedelta(hours=24)),
        "remove_files": Task(erasing.remove_job),
        "tell_student": Task(notices.tell_job),
        "sweep_storage": Task(sweeping.sweep_job, every=timedelta(hours=24)),
    }
)

SLOW = frozenset({"compare_photo", "make_upload", "purge", "care_for_prints", "sweep_storage"})
"""Kinds that take seconds to hours each, or come by the thousand: they have a worker of their own,
so that alerts, mail and money never wait behind an evening's photos."""


def run(service: Service, stop: threading.Event) -> None:
    """Do all jobs until `stop` is set: the slow ones and the others side by side."""
    slow = {kind: task for kind, task in TASKS.items() if kind in SLOW}
    quick = {kind: task for kind, task in TASKS.items() if kind not in SLOW}
    beside = threading.Thread(target=Worker(service, slow).run, args=(stop,), daemon=True)
    beside.start()
    Worker(service, quick).run(stop)
    beside.join()

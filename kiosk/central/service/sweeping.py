"""Removes stored files that no row names: left by uploads that were cut or refused at the end."""

from __future__ import annotations

import functools
import itertools
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.service.context import Service
from kiosk.central.service.student_tables import PhoneUpload
from kiosk.central.service.support_tables import SupportBundle
from kiosk.central.service.tables import Photo

_log = logging.getLogger(__name__)

# A file is written before its row; an upload under way must not lose it.
MIN_AGE = timedelta(hours=24)
_AT_A_TIME = 500


def sweep_job(service: Service, _detail: Mapping[str, Any]) -> None:
    """Do it as a background job."""
    sweep(service)


def sweep(service: Service) -> int:
    """Remove files older than `MIN_AGE` that no row names, and halves; return how many."""
    before = service.clock() - MIN_AGE
    removed = service.storage.remove_unfinished(before)
    old = (name for name, written in service.storage.files() if written < before)
    while names := list(itertools.islice(old, _AT_A_TIME)):
        used = service.database.read(functools.partial(named, wanted=names))
        removed += sum(service.storage.remove(name, before) for name in names if name not in used)
    if removed:
        _log.info("Removed %d stored files that nothing refers to.", removed)
    return removed


def named(session: Session, wanted: Sequence[str]) -> set[str]:
    """Return which of these files some row needs."""
    used: set[str] = set()
    for column in (
        Photo.photo_sha256, Photo.original_sha256, PhoneUpload.original_sha256,
        SupportBundle.sha256,
    ):  # fmt: skip
        used.update(
            name for name in session.scalars(select(column).where(column.in_(wanted))) if name
        )
    return used

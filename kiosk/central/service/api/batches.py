"""Booths look batches up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from kiosk.central.contract import BATCH_CODE_PATTERN, BatchInfo
from kiosk.central.service import batches
from kiosk.central.service.api.authentication import BoothDependency, ServiceDependency
from kiosk.central.service.api.refusals import refusals

router = APIRouter(prefix="/api/v1/batches", tags=["batches"])


@router.get("/{code}", responses=refusals(401, 404))
def batch(
    code: Annotated[str, Path(pattern=BATCH_CODE_PATTERN)],
    service: ServiceDependency,
    _booth: BoothDependency,
) -> BatchInfo:
    """Return a batch by its code, in any case of letters."""
    now = service.clock()
    return service.database.read(lambda session: batches.info(batches.find(session, code), now))

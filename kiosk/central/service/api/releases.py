"""Booths tell which versions they have, and learn which one to run."""

from __future__ import annotations

from fastapi import APIRouter

from kiosk.central.contract import ReleaseAnswer, ReleaseReport
from kiosk.central.service import rollouts
from kiosk.central.service.api.authentication import BoothDependency, ServiceDependency
from kiosk.central.service.api.refusals import refusals

router = APIRouter(prefix="/api/v1", tags=["fleet"])


@router.post("/release", responses=refusals(401, 413))
def release(
    message: ReleaseReport, service: ServiceDependency, booth: BoothDependency
) -> ReleaseAnswer:
    """Take in which versions a booth has; answer with the one it is to run."""
    now = service.clock()
    return service.database.write(lambda session: rollouts.answer(session, booth, message, now))

"""Is the service alive, and can it do its work?"""

from __future__ import annotations

from fastapi import APIRouter

from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.api.refusals import refusals

router = APIRouter(tags=["health"])


@router.get("/healthz")
def alive() -> dict[str, str]:
    """Answer while the process lives."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: refusals()[503]})
def ready(service: ServiceDependency) -> dict[str, str]:
    """Answer 200 when database and storage can be used, else 503 with the reason."""
    service.database.check()
    service.storage.check()
    return {"status": "ready"}

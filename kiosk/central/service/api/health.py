"""Is the service alive, and can it do its work?"""

from __future__ import annotations

import ipaddress

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from kiosk.central.service import metrics
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.api.refusals import refusals
from kiosk.central.service.errors import ServiceError

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


@router.get("/metrics", response_class=Response, responses=refusals(403))
def figures(request: Request, service: ServiceDependency) -> Response:
    """Return figures for Prometheus, to the addresses of the setting `metrics_for` only."""
    if not _is_among(request.client.host if request.client else "", service.settings.metrics_for):
        raise ServiceError(
            403, "not_allowed", "This address may not read the figures.",
            "Add it to metrics_for in the service's settings.",
        )  # fmt: skip
    return Response(metrics.exposition(service), media_type=CONTENT_TYPE_LATEST)


def _is_among(address: str, networks: str) -> bool:
    try:
        asking = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(asking in ipaddress.ip_network(part.strip()) for part in networks.split(","))

"""Alerts that are over, acknowledging one that stands, and support bundles to be fetched."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from kiosk.central.service import alerts, sessions, support
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.pages.guards import FormToken, Operator, account_of
from kiosk.central.service.pages.rendering import page

router = APIRouter(prefix="/fleet", include_in_schema=False)

Number = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("/alerts")
def show(request: Request, service: ServiceDependency, visitor: Operator) -> Response:
    """Show the alerts that are over, the newest first."""
    rows = service.database.read(alerts.over)
    return page(request, "alerts.html", visitor=visitor, alerts=rows)


@router.post("/alerts/{number}")
def acknowledge(
    number: Number, service: ServiceDependency, visitor: Operator, token: FormToken = ""
) -> Response:
    """Note that this person looks after an alert."""
    sessions.check_form(service, visitor.nonce, token)
    by, now = f"staff:{account_of(visitor).name}", service.clock()
    service.database.write(lambda session: alerts.acknowledge(session, number, by, now))
    return RedirectResponse("/fleet", status_code=303)


@router.get("/support/{number}")
def fetch(number: Number, service: ServiceDependency, visitor: Operator) -> Response:
    """Hand a support bundle out; who fetched it stands in the audit log."""
    by = f"staff:{account_of(visitor).name}"
    name, content = support.fetch(service, number, by, service.clock())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/zip", headers=headers)

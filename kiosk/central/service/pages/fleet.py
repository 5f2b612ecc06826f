"""The booths: which of them needs a person, and what is set for them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.pages.guards import Operator
from kiosk.central.service.pages.rendering import page
from kiosk.central.service.tables import Booth

router = APIRouter(prefix="/fleet", include_in_schema=False)


@router.get("")
def show(request: Request, service: ServiceDependency, visitor: Operator) -> Response:
    """Show all booths."""
    booths = service.database.read(
        lambda session: session.scalars(select(Booth).order_by(Booth.name)).all()
    )
    return page(request, "fleet.html", visitor=visitor, booths=booths)

"""Which booth is asking."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from kiosk.central.service import booths
from kiosk.central.service.context import Service
from kiosk.central.service.tables import Booth

# Only says in the OpenAPI description how to sign in; the check is ours, for its answer's sake.
_scheme = HTTPBearer(auto_error=False, description="the booth's key")


async def service_of(request: Request) -> Service:
    """Return the running service. Asynchronous: no thread is taken for it."""
    service: Service = request.app.state.service
    return service


ServiceDependency = Annotated[Service, Depends(service_of)]


def _booth(
    request: Request,
    service: ServiceDependency,
    _credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_scheme)],
) -> Booth:
    now = service.clock()
    header = request.headers.get("authorization")
    booth = service.database.look(lambda session: booths.authenticate(session, header))
    if booths.is_stale(booth, now):
        service.database.write(lambda session: booths.note_seen(session, booth.id, now))
    return booth


BoothDependency = Annotated[Booth, Depends(_booth)]

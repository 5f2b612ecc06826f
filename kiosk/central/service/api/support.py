"""Where booths send support bundles that were asked of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool

from kiosk.central.contract import SUPPORT_REQUEST_PATTERN, SupportAnswer
from kiosk.central.service import support
from kiosk.central.service.api.authentication import BoothDependency, ServiceDependency
from kiosk.central.service.api.refusals import refusals

router = APIRouter(prefix="/api/v1", tags=["fleet"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.put("/support/{request_id}", responses=refusals(401, 404, 413, 422), openapi_extra=_BODY)
async def take(
    request_id: Annotated[str, Path(pattern=SUPPORT_REQUEST_PATTERN)],
    request: Request,
    service: ServiceDependency,
    booth: BoothDependency,
) -> SupportAnswer:
    """Take a support bundle in; sent again it changes nothing."""
    content = await request.body()
    now = service.clock()
    kept = await run_in_threadpool(support.take, service, booth, request_id, content, now)
    return SupportAnswer(sha256=kept)

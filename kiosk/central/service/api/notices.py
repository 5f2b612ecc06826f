"""Where payment providers tell that something was paid. Their signature is their key."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response

from kiosk.central.service import provider_payments
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.gateways.base import BadNotice, RefundNotice

_log = logging.getLogger(__name__)

router = APIRouter(prefix="/api/v1/notify", include_in_schema=False)


@router.post("/{provider}")
async def notify(provider: str, request: Request, service: ServiceDependency) -> Response:
    """Take a notice in; it is repeated by the provider until it is answered so."""
    gateway = service.gateways.get(provider)
    if gateway is None:
        raise ServiceError(404, "not_found", "No such payment provider is set up.")
    now = service.clock()
    try:
        said = gateway.read_notice(request.headers, await request.body(), now)
    except BadNotice as error:
        _log.warning("A notice in the name of %s is refused: %s.", provider, error)
        return _answer(provider, is_good=False)
    if isinstance(said, RefundNotice):
        refund = said
        await run_in_threadpool(
            service.database.write,
            lambda s: provider_payments.note_refund(s, refund.number, refund.standing, now),
        )
    elif said is not None:
        await run_in_threadpool(provider_payments.take_in, service, said, provider, now)
    return _answer(provider, is_good=True)


def _answer(provider: str, *, is_good: bool) -> Response:
    status = 200 if is_good else 401
    if provider == "alipay":
        return PlainTextResponse("success" if is_good else "failure", status)
    return JSONResponse({"code": "SUCCESS" if is_good else "FAIL", "message": ""}, status)

"""Paying on the student's pages: which ways a device has, and the way back from a provider.

Providers are never told a student's link: they lead back to the payment, and a cookie of the
browser that began it leads on to the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from kiosk.central.contract import PaymentInfo, PaymentState
from kiosk.central.service import payments, provider_payments
from kiosk.central.service.api.authentication import ServiceDependency
from kiosk.central.service.api.payments import Reference
from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.money_tables import ProviderPayment
from kiosk.central.service.own_payments import Chosen, Due
from kiosk.central.service.pages.account import qr_svg
from kiosk.central.service.pages.devices import Device, device_of
from kiosk.central.service.pages.rendering import page

router = APIRouter(include_in_schema=False)

ON_PHONE, BY_CODE = "phone", "code"
_BACK_S = 1800


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay that the page offers.

    Attributes:
        method: how.
        where: `ON_PHONE`: on the phone that shows the page; `BY_CODE`: anywhere else.
    """

    method: str
    where: str


def paying(request: Request, due: Due | None, chosen: Chosen | None, action: str) -> dict[str, Any]:
    """Return what ``payment.html`` shows.

    Args:
        request: what is answered.
        due: what is to be paid, None for nothing.
        chosen: the payment that was chosen, None for none yet.
        action: where the form goes that chooses.
    """
    service: Service = request.app.state.service
    device = device_of(request)
    is_open = due is not None and chosen is not None and chosen.info.state == PaymentState.OPEN
    chosen = chosen if is_open else None
    text = chosen.info.qr_text if chosen else ""
    ways = _ways(service, due, device) if due is not None else []
    if chosen is not None:
        now = Way(chosen.info.method, ON_PHONE if chosen.phone_url else BY_CODE)
        ways = [way for way in ways if way != now]
    return {
        "due": due,
        "payment": chosen.info if chosen else None,
        "pay_action": action,
        "qr": qr_svg(text) if text else None,
        "pay_link": _link(device, chosen),
        "on_phone": bool(chosen and chosen.phone_url),
        "ways": ways,
        "device": device,
        "leaves_wechat": device is Device.WECHAT
        and due is not None
        and _takes_phones(service, due),
    }


def remember(response: Response, service: Service, reference: str, path: str) -> None:
    """Have this browser find back from the provider to the page it pays on."""
    response.set_cookie(
        _cookie(service), _signer(service).dumps([reference, path]), max_age=_BACK_S, path="/",
        secure=service.settings.is_https, httponly=True, samesite="lax",
    )  # fmt: skip


@router.get("/pay/back/{reference}")
def back(reference: Reference, request: Request, service: ServiceDependency) -> Response:
    """Lead on to the student's page; another browser is told how the payment stands.

    What the provider says in the address is not looked at: it is asked.
    """
    now = service.clock()

    def look(session: Session) -> PaymentInfo:
        known = session.get(ProviderPayment, reference)
        if known is None or not known.phone_url:
            raise ServiceError(404, "not_found", "There is no such page.")
        return payments.info(session, payments.find(session, reference), now, service.settings)

    service.database.write(look)
    provider_payments.follow(service, reference)
    try:
        value = _signer(service).loads(request.cookies.get(_cookie(service), ""), max_age=_BACK_S)
        whose, path = value
    except (BadSignature, ValueError, TypeError):
        whose, path = "", ""
    if whose == reference:
        return RedirectResponse(str(path), status_code=303)
    return page(request, "pay_back.html", payment=service.database.write(look))


def _ways(service: Service, due: Due, device: Device) -> list[Way]:
    """The phone's own ways first: what is scanned needs a second device."""
    here = [
        Way(method, ON_PHONE)
        for method in due.ways
        if (gateway := service.gateways.get(method)) is not None
        and gateway.takes_phones
        and _opens(device, method)
    ]
    return here + [Way(method, BY_CODE) for method in due.ways]


def _opens(device: Device, method: str) -> bool:
    return device is Device.PHONE or (device is Device.ALIPAY and method == "alipay")


def _takes_phones(service: Service, due: Due) -> bool:
    found = [service.gateways[method] for method in due.ways if method in service.gateways]
    return any(gateway.takes_phones for gateway in found)


def _link(device: Device, chosen: Chosen | None) -> str:
    """Return what a touch opens: the provider on this phone, or play money."""
    if chosen is None:
        return ""
    if chosen.phone_url:
        return chosen.phone_url if _opens(device, chosen.info.method) else ""
    text = chosen.info.qr_text
    # Alipay's codes are addresses that its app takes, WeChat's are not.
    is_address = text.startswith(("https://", "http://"))
    return text if is_address and device is not Device.WECHAT else ""


def _signer(service: Service) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(service.secret, salt="way back from a payment")


def _cookie(service: Service) -> str:
    return "__Host-pay" if service.settings.is_https else "pay"

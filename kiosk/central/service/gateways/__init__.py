"""Payment providers: one shape, `base.Gateway`, and a module for each."""

from __future__ import annotations

from pathlib import Path

from kiosk.central.service.gateways.alipay import Alipay
from kiosk.central.service.gateways.base import Gateway
from kiosk.central.service.gateways.settings import AlipaySettings, WeChatSettings
from kiosk.central.service.gateways.wechat import WeChat

__all__ = ["Gateway", "open_gateways"]


def open_gateways(
    wechat: WeChatSettings | None, alipay: AlipaySettings | None, base: Path, public_base: str
) -> dict[str, Gateway]:
    """Return the providers that are set up, by the name of the payment method.

    Args:
        wechat: of WeChat Pay; None: not used.
        alipay: of Alipay; None: not used.
        base: what relative paths in them start from.
        public_base: where providers reach this service.

    Raises:
        GatewayKeyError: a key cannot be read.
    """
    made: dict[str, Gateway] = {}
    if wechat is not None:
        made["wechat"] = WeChat(wechat, base, f"{public_base}/api/v1/notify/wechat")
    if alipay is not None:
        made["alipay"] = Alipay(alipay, base, f"{public_base}/api/v1/notify/alipay")
    return made

"""What shows a page: told from the browser's own word, so only ever to offer what helps."""

from __future__ import annotations

import enum
import re

from starlette.requests import Request

_PHONE = re.compile(r"Mobile|Android|iPhone|iPad|HarmonyOS")
# WeChat's window on a computer names itself so; beside it lies the phone that can scan.
_ON_A_COMPUTER = re.compile(r"WindowsWechat|MacWechat")


class Device(enum.StrEnum):
    """What shows the page."""

    COMPUTER = "computer"
    PHONE = "phone"
    WECHAT = "wechat"
    """WeChat's own browser on a phone: it opens neither H5 payments nor Alipay."""
    ALIPAY = "alipay"
    """Alipay's own browser on a phone: it opens Alipay's payments only."""


def device_of(request: Request) -> Device:
    """Return what shows the page; a computer, when it cannot be told."""
    agent = request.headers.get("user-agent", "")
    if "MicroMessenger" in agent and not _ON_A_COMPUTER.search(agent):
        return Device.WECHAT
    if "AlipayClient" in agent:
        return Device.ALIPAY
    return Device.PHONE if _PHONE.search(agent) else Device.COMPUTER

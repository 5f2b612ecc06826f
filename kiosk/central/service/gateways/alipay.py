"""Alipay, by a code or on the phone itself: signed requests, verified answers and notices.

Source: opendocs.alipay.com/open, "alipay.trade.precreate", "alipay.trade.wap.pay",
"alipay.trade.close", "自行实现签名", "自行实现验签".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import requests

from kiosk.central.service.gateways import keys
from kiosk.central.service.gateways.base import (
    BadNotice,
    GatewayError,
    Payer,
    RefundNotice,
    RefundStanding,
    Reported,
    Standing,
)
from kiosk.central.service.gateways.settings import AlipaySettings

_CHINA = timezone(timedelta(hours=8))
_TIME_OUT_S = (5.0, 10.0)
_DONE, _NONE = "10000", "ACQ.TRADE_NOT_EXIST"
# What is closed was paid or is closed already: the query that follows says which.
_NOT_OPEN = frozenset({"ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID"})
# A subject must not hold these.
_NOT_IN_SUBJECTS = str.maketrans("/=&", "   ")
_STANDINGS = {
    "WAIT_BUYER_PAY": Standing.OPEN, "TRADE_CLOSED": Standing.CLOSED,
    "TRADE_SUCCESS": Standing.PAID, "TRADE_FINISHED": Standing.PAID,
}  # fmt: skip


class Alipay:
    """See `Gateway`.

    Args:
        settings: of the application.
        base: what relative paths start from.
        notify_url: where the provider tells that something was paid.

    Raises:
        GatewayKeyError: a key cannot be read.
    """

    def __init__(self, settings: AlipaySettings, base: Path, notify_url: str) -> None:
        self.minutes, self.takes_phones = settings.minutes, settings.wap
        self._settings = settings
        self._notify_url = notify_url
        self._key = keys.private_key(base / settings.private_key_file)
        self._platform = keys.public_key(base / settings.platform_key_file)

    def open(self, reference: str, amount_fen: int, title: str, expires_at: datetime) -> str:
        """See `Gateway.open`."""
        answer = self._call(
            "alipay.trade.precreate",
            _order(reference, amount_fen, title, expires_at),
        )
        return str(answer.get("qr_code", ""))

    def open_on_phone(
        self, reference: str, amount_fen: int, title: str, expires_at: datetime, payer: Payer
    ) -> str:
        """See `Gateway.open_on_phone`. Alipay hears of it when the browser gets there."""
        message = _order(reference, amount_fen, title, expires_at)
        message |= {"product_code": "QUICK_WAP_WAY", "quit_url": payer.back}
        fields = self._signed("alipay.trade.wap.pay", message, {"return_url": payer.back})
        return f"{self._settings.url}?{urlencode(fields)}"

    def query(self, reference: str) -> Reported:
        """See `Gateway.query`."""
        answer = self._call("alipay.trade.query", {"out_trade_no": reference})
        if answer.get("sub_code") == _NONE:
            return Reported(reference, Standing.UNKNOWN)
        return _reported(answer)

    def close(self, reference: str, *, on_phone: bool = False) -> None:
        """See `Gateway.close`. Cancelling ends a code that nobody has scanned, too."""
        method = "alipay.trade.close" if on_phone else "alipay.trade.cancel"
        self._call(method, {"out_trade_no": reference}, _NOT_OPEN if on_phone else frozenset())

    def refund(
        self, reference: str, number: str, amount_fen: int, paid_fen: int, reason: str
    ) -> RefundStanding:
        """See `Gateway.refund`."""
        del paid_fen
        answer = self._call(
            "alipay.trade.refund",
            {
                "out_trade_no": reference,
                "out_request_no": number,
                "refund_amount": _yuan(amount_fen),
                "refund_reason": reason[:80],
            },
        )
        # "N" says that this very call moved nothing: done before, or still under way.
        done = answer.get("fund_change") == "Y"
        return RefundStanding.DONE if done else RefundStanding.ACCEPTED

    def query_refund(self, reference: str, number: str) -> RefundStanding:
        """See `Gateway.query_refund`."""
        message = {"out_trade_no": reference, "out_request_no": number}
        answer = self._call("alipay.trade.fastpay.refund.query", message)
        done = answer.get("refund_status") == "REFUND_SUCCESS"
        return RefundStanding.DONE if done else RefundStanding.UNKNOWN

    def read_notice(
        self, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> Reported | RefundNotice | None:
        """See `Gateway.read_notice`."""
        del headers, now
        try:
            fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
        except ValueError as error:
            raise BadNotice("it is no form") from error
        signature = fields.pop("sign", "")
        fields.pop("sign_type", None)
        if not keys.is_signed(self._platform, _to_sign(fields), signature):
            raise BadNotice("its signature is wrong")
        if fields.get("app_id") != self._settings.app_id:
            raise BadNotice("it is for another application")
        # A refund is told with the trade's own notice; the amount paid stays what it was.
        return _reported(fields)

    def _signed(
        self, method: str, message: Mapping[str, Any], further: Mapping[str, str]
    ) -> dict[str, str]:
        now = datetime.now(_CHINA)
        fields = {
            "app_id": self._settings.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": now.strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "notify_url": self._notify_url,
            "biz_content": json.dumps(message, ensure_ascii=False),
            **further,
        }
        fields["sign"] = keys.sign(self._key, _to_sign(fields))
        return fields

    def _call(
        self, method: str, message: Mapping[str, Any], borne: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """Return the answer, also the one that says "there is no such trade".

        Args:
            method: of the provider's interface.
            message: what it is told.
            borne: refusals that are answers, too.

        Raises:
            GatewayError: no answer, a refusal, or one that the provider did not sign.
        """
        fields = self._signed(method, message, {})
        try:
            answer = requests.post(
                self._settings.url, data=fields, timeout=_TIME_OUT_S, allow_redirects=False
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            raise GatewayError(f"Alipay: {type(error).__name__}") from error
        found = self._verified(method.replace(".", "_") + "_response", answer.content)
        if found.get("code") != _DONE and found.get("sub_code") not in borne | {_NONE}:
            raise GatewayError(f"Alipay answers {found.get('code')}: {found.get('sub_msg')}"[:200])
        return found

    def _verified(self, node: str, content: bytes) -> dict[str, Any]:
        """Return the node whose very bytes are signed: another of its name may follow."""
        try:
            text = content.decode()
            whole = json.loads(text)
            start = text.index("{", text.index(f'"{node}"'))
            found, end = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, KeyError, TypeError) as error:
            raise GatewayError("Alipay's answer is not one") from error
        if not keys.is_signed(self._platform, text[start:end].encode(), str(whole.get("sign"))):
            raise GatewayError("Alipay's answer is not signed by Alipay")
        return found if isinstance(found, dict) else {}


def _to_sign(fields: Mapping[str, str]) -> bytes:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name]).encode()


def _order(reference: str, amount_fen: int, title: str, expires_at: datetime) -> dict[str, Any]:
    return {
        "out_trade_no": reference,
        "total_amount": _yuan(amount_fen),
        "subject": title.translate(_NOT_IN_SUBJECTS)[:80],
        "time_expire": expires_at.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S"),
    }


def _reported(found: Mapping[str, Any]) -> Reported:
    try:
        amount_fen = int(Decimal(str(found.get("total_amount", "0"))) * 100)
    except (InvalidOperation, ValueError, OverflowError):
        amount_fen = 0
    return Reported(
        str(found.get("out_trade_no", "")),
        _STANDINGS.get(str(found.get("trade_status")), Standing.OPEN),
        amount_fen,
        str(found.get("trade_no", ""))[:64],
    )


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"

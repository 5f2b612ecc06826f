"""WeChat Pay, API v3, Native and H5: signed requests, verified answers, encrypted notices.

Source: pay.weixin.qq.com/doc/v3/merchant, "签名生成", "签名验证", "Native下单", "H5下单",
"H5调起支付", "支付成功回调通知".
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.central.service.gateways import keys
from kiosk.central.service.gateways.base import (
    BadNotice,
    GatewayError,
    GatewayKeyError,
    Payer,
    RefundNotice,
    RefundStanding,
    Reported,
    Standing,
)
from kiosk.central.service.gateways.settings import WeChatSettings

_SCHEME = "WECHATPAY2-SHA256-RSA2048"
_TIME_OUT_S = (5.0, 10.0)
# The documents: answers and notices older than five minutes are to be refused.
_MAX_AGE_S = 300
_API_KEY_BYTES = 32
_NOT_FOUND, _OK = 404, 300
_STANDINGS = {
    "SUCCESS": Standing.PAID, "REFUND": Standing.PAID, "NOTPAY": Standing.OPEN,
    "USERPAYING": Standing.OPEN, "PAYERROR": Standing.OPEN,
    "CLOSED": Standing.CLOSED, "REVOKED": Standing.CLOSED,
}  # fmt: skip
_REFUNDS = {
    "SUCCESS": RefundStanding.DONE, "PROCESSING": RefundStanding.ACCEPTED,
    "CLOSED": RefundStanding.FAILED, "ABNORMAL": RefundStanding.FAILED,
}  # fmt: skip


class WeChat:
    """See `Gateway`.

    Args:
        settings: of the merchant.
        base: what relative paths start from.
        notify_url: where the provider tells that something was paid.

    Raises:
        GatewayKeyError: a key cannot be read.
    """

    def __init__(self, settings: WeChatSettings, base: Path, notify_url: str) -> None:
        self.minutes, self.takes_phones = settings.minutes, settings.h5
        self._settings = settings
        self._notify_url = notify_url
        self._key = keys.private_key(base / settings.private_key_file)
        self._platform = keys.public_key(base / settings.platform_key_file)
        path = base / settings.api_key_file
        try:
            self._api_key = path.read_text(encoding="ascii").strip().encode()
        except (OSError, ValueError) as error:
            raise GatewayKeyError(f"{path}: the API v3 key cannot be read: {error}.") from error
        if len(self._api_key) != _API_KEY_BYTES:
            raise GatewayKeyError(f"{path}: the API v3 key has {_API_KEY_BYTES} characters.")

    def open(self, reference: str, amount_fen: int, title: str, expires_at: datetime) -> str:
        """See `Gateway.open`."""
        message = self._order(reference, amount_fen, title, expires_at)
        answer = self._call("POST", "/v3/pay/transactions/native", message)
        return str((answer or {}).get("code_url", ""))

    def open_on_phone(
        self, reference: str, amount_fen: int, title: str, expires_at: datetime, payer: Payer
    ) -> str:
        """See `Gateway.open_on_phone`. The page there wants to be told which site leads to it."""
        message = self._order(reference, amount_fen, title, expires_at)
        scene = {"payer_client_ip": payer.address, "h5_info": {"type": "Wap"}}
        answer = self._call("POST", "/v3/pay/transactions/h5", message | {"scene_info": scene})
        url = str((answer or {}).get("h5_url", ""))
        if not url.startswith(("https://", "http://")):
            raise GatewayError("WeChat Pay's answer leads nowhere")
        return f"{url}&redirect_url={quote(payer.back, safe='')}"

    def query(self, reference: str) -> Reported:
        """See `Gateway.query`."""
        path = f"/v3/pay/transactions/out-trade-no/{reference}?mchid={self._settings.merchant}"
        answer = self._call("GET", path)
        if answer is None:
            return Reported(reference, Standing.UNKNOWN)
        return self._reported(answer)

    def close(self, reference: str, *, on_phone: bool = False) -> None:
        """See `Gateway.close`."""
        del on_phone
        path = f"/v3/pay/transactions/out-trade-no/{reference}/close"
        self._call("POST", path, {"mchid": self._settings.merchant})

    def refund(
        self, reference: str, number: str, amount_fen: int, paid_fen: int, reason: str
    ) -> RefundStanding:
        """See `Gateway.refund`."""
        amount = {"refund": amount_fen, "total": paid_fen, "currency": "CNY"}
        answer = self._call(
            "POST",
            "/v3/refund/domestic/refunds",
            {
                "out_trade_no": reference,
                "out_refund_no": number,
                "reason": reason[:20],
                "amount": amount,
            },
        )
        return _refund(answer)

    def query_refund(self, reference: str, number: str) -> RefundStanding:
        """See `Gateway.query_refund`."""
        del reference
        return _refund(self._call("GET", f"/v3/refund/domestic/refunds/{number}"))

    def read_notice(
        self, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> Reported | RefundNotice | None:
        """See `Gateway.read_notice`."""
        self._verify(headers, body, now.timestamp())
        try:
            message = json.loads(body)
            resource = message["resource"]
            plain = AESGCM(self._api_key).decrypt(
                str(resource["nonce"]).encode(),
                base64.b64decode(resource["ciphertext"]),
                str(resource.get("associated_data") or "").encode(),
            )
            found = json.loads(plain)
        except (ValueError, KeyError, TypeError, InvalidTag) as error:
            raise BadNotice("its body cannot be decrypted") from error
        if found.get("mchid") != self._settings.merchant:
            raise BadNotice("it is for another merchant")
        if "out_refund_no" in found:
            standing = _REFUNDS.get(str(found.get("refund_status")), RefundStanding.ACCEPTED)
            return RefundNotice(str(found["out_refund_no"]), standing)
        if found.get("appid") != self._settings.app_id or "out_trade_no" not in found:
            raise BadNotice("it is for another application")
        return self._reported(found)

    def _order(
        self, reference: str, amount_fen: int, title: str, expires_at: datetime
    ) -> dict[str, Any]:
        return {
            "appid": self._settings.app_id,
            "mchid": self._settings.merchant,
            "description": title[:40],
            "out_trade_no": reference,
            "time_expire": expires_at.isoformat(timespec="seconds"),
            "notify_url": self._notify_url,
            "amount": {"total": amount_fen, "currency": "CNY"},
        }

    def _reported(self, found: Mapping[str, Any]) -> Reported:
        standing = _STANDINGS.get(str(found.get("trade_state")), Standing.OPEN)
        amount = found.get("amount")
        total = amount.get("total") if isinstance(amount, dict) else None
        return Reported(
            str(found.get("out_trade_no", "")),
            standing,
            total if isinstance(total, int) else 0,
            str(found.get("transaction_id", ""))[:64],
        )

    def _call(
        self, verb: str, path: str, message: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Return the answer, None for "there is none".

        Raises:
            GatewayError: no answer, a refusal, or one that the provider did not sign.
        """
        body = b"" if message is None else json.dumps(message, ensure_ascii=False).encode()
        moment, nonce = str(int(time.time())), secrets.token_hex(16)
        text = b"\n".join(
            (verb.encode(), path.encode(), moment.encode(), nonce.encode(), body, b"")
        )
        authorization = (
            f'{_SCHEME} mchid="{self._settings.merchant}",nonce_str="{nonce}",'
            f'signature="{keys.sign(self._key, text)}",timestamp="{moment}",'
            f'serial_no="{self._settings.serial}"'
        )
        headers = {
            "Authorization": authorization,
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Wechatpay-Serial": self._settings.platform_key_id,
        }
        try:
            answer = requests.request(
                verb, self._settings.url.rstrip("/") + path, data=body or None, headers=headers,
                timeout=_TIME_OUT_S, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            raise GatewayError(f"WeChat Pay: {type(error).__name__}") from error
        if answer.status_code == _NOT_FOUND:
            return None
        if answer.status_code >= _OK:
            raise GatewayError(f"WeChat Pay answers {answer.status_code}: {answer.text[:200]}")
        try:
            self._verify(answer.headers, answer.content, time.time())
            found = json.loads(answer.content or b"{}")
        except (BadNotice, ValueError) as error:
            raise GatewayError(f"WeChat Pay's answer is not good: {error}") from error
        return found if isinstance(found, dict) else {}

    def _verify(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        names = ("timestamp", "nonce", "signature", "serial")
        moment, nonce, signature, serial = (headers.get(f"Wechatpay-{n}") or "" for n in names)
        if serial != self._settings.platform_key_id:
            raise BadNotice("it was signed with a key that is not known")
        if not moment.isdecimal() or abs(now - int(moment)) > _MAX_AGE_S:
            raise BadNotice("it is too old")
        text = b"\n".join((moment.encode(), nonce.encode(), body, b""))
        if not keys.is_signed(self._platform, text, signature):
            raise BadNotice("its signature is wrong")


def _refund(answer: Mapping[str, Any] | None) -> RefundStanding:
    if answer is None:
        return RefundStanding.UNKNOWN
    return _REFUNDS.get(str(answer.get("status")), RefundStanding.ACCEPTED)

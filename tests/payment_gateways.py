"""WeChat Pay and Alipay as their documents describe them, on this machine, with keys of their own.

They check what they are sent as strictly as the real ones do, sign what they answer, and encrypt
what they tell. What they cannot show is what the real ones do beyond their documents.
"""

from __future__ import annotations

import base64
import functools
import ipaddress
import json
import re
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

API_KEY = "0123456789abcdefghijklmnopqrstuv"
KEY_ID = "PUB_KEY_ID_0114"
H5_PAGE, CASHIER = "/cgi-bin/mmpayweb-bin/checkmweb", "/cashier"


@functools.cache
def keys() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
    return rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048)


def signature(key: rsa.RSAPrivateKey, text: bytes) -> str:
    return base64.b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


class Gateways:
    """Both providers at one address; `trades` and `refunds` are what they know."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.merchant, self.platform = keys()
        self.trades: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.down = self.forged = self.slow_refunds = False
        self.refused: list[str] = []
        self.appended = ""
        """What somebody on the line puts behind Alipay's answers."""
        self.h5_sites: set[str] = set()
        """Sites that are registered for H5 payments: who leads there from another is refused."""
        self.led_from: list[str] = []
        (folder / "merchant.pem").write_bytes(
            self.merchant.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        (folder / "platform.pem").write_bytes(
            self.platform.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        (folder / "api.key").write_text(API_KEY)
        gateways = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                gateways.answer(self, b"")

            def do_POST(self) -> None:
                gateways.answer(self, self.rfile.read(int(self.headers["Content-Length"] or 0)))

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def settings(self) -> dict[str, Any]:
        keys = {"private_key_file": "merchant.pem", "platform_key_file": "platform.pem"}
        return {
            "wechat": {
                "app_id": "wx1", "merchant": "1900", "serial": "AB12", "api_key_file": "api.key",
                "platform_key_id": KEY_ID, "url": self.address, "h5": True, **keys,
            },
            "alipay": {"app_id": "2021", "url": f"{self.address}/gateway.do", "wap": True, **keys},
        }  # fmt: skip

    def pay(self, reference: str, fen: int | None = None) -> None:
        trade = self.trades[reference]
        trade |= {"state": "paid", "fen": trade["fen"] if fen is None else fen}
        trade["number"] = f"42{secrets.token_hex(8)}"

    # -- what is told by itself ------------------------------------------------------------------

    def wechat_notice(
        self, reference: str, *, at: float | None = None, key: Any = None, **changes: Any
    ) -> tuple[bytes, dict[str, str]]:
        trade = self.trades[reference]
        found = {
            "mchid": "1900", "appid": "wx1", "out_trade_no": reference, "trade_state": "SUCCESS",
            "transaction_id": trade.get("number", "42"), "amount": {"total": trade["fen"]},
        } | changes  # fmt: skip
        return self._wechat_told("TRANSACTION.SUCCESS", found, at, key)

    def wechat_refund_notice(self, number: str, status: str) -> tuple[bytes, dict[str, str]]:
        found = {"mchid": "1900", "out_refund_no": number, "refund_status": status}
        return self._wechat_told(f"REFUND.{status}", found, None, None)

    def _wechat_told(
        self, event: str, found: dict[str, Any], at: float | None, key: Any
    ) -> tuple[bytes, dict[str, str]]:
        nonce = secrets.token_hex(6)
        sealed = AESGCM(API_KEY.encode()).encrypt(
            nonce.encode(), json.dumps(found).encode(), b"transaction"
        )
        resource = {
            "algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": "transaction",
            "ciphertext": base64.b64encode(sealed).decode(), "original_type": "transaction",
        }  # fmt: skip
        body = json.dumps(
            {"id": "1", "event_type": event, "resource_type": "encrypt-resource"}
            | {"resource": resource}
        ).encode()
        return body, self._wechat_signed(body, at, key)

    def alipay_notice(
        self, reference: str, *, key: Any = None, **changes: str
    ) -> tuple[bytes, dict[str, str]]:
        trade = self.trades[reference]
        fields = {
            "app_id": "2021", "out_trade_no": reference, "trade_status": "TRADE_SUCCESS",
            "total_amount": f"{trade['fen'] / 100:.2f}", "trade_no": trade.get("number", "42"),
            "subject": "示范大学 2027 届&照片", "empty": "",
        } | changes  # fmt: skip
        fields["sign"] = signature(key or self.platform, to_sign(fields))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return urlencode(fields | {"sign_type": "RSA2"}).encode(), form

    # -- what is answered ------------------------------------------------------------------------

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if self.down:
            handler.close_connection = True
            return
        target = urlsplit(handler.path)
        said = dict(parse_qsl(target.query, keep_blank_values=True))
        try:
            if handler.command == "GET" and target.path in (H5_PAGE, "/gateway.do", CASHIER):
                status, data, headers = self._page(handler, target.path, said)
            elif target.path == "/favicon.ico":
                status, data, headers = 404, b"", {}
            elif handler.path.startswith("/gateway.do"):
                status, data, headers = 200, self._alipay(body), {}
            else:
                status, data = self._wechat(handler, body)
                headers = self._wechat_signed(data)
        except InvalidSignature:
            self.refused.append(handler.path)
            status, data, headers = 401, b'{"code": "SIGN_ERROR"}', {}
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    # -- what a phone's browser is led to ---------------------------------------------------------

    def _page(
        self, handler: BaseHTTPRequestHandler, path: str, said: dict[str, str]
    ) -> tuple[int, bytes, dict[str, str]]:
        """The page that opens the app, with a button for each thing a person can do there."""
        html = {"Content-Type": "text/html; charset=utf-8"}
        if path == CASHIER:
            if said["do"] == "pay":
                self.pay(said["trade"])
            return 302, b"", {"Location": said["back"]}
        if path == H5_PAGE:
            came_from = handler.headers.get("Referer", "")
            self.led_from.append(came_from)
            if urlsplit(came_from).netloc not in self.h5_sites:
                return 200, "商家参数格式有误，请联系商家解决".encode(), html
            (reference,) = [r for r, t in self.trades.items() if t.get("prepay") == said["prepay"]]
            if self.trades[reference]["state"] != "open":
                return 200, "支付请求已失效，请重新发起支付".encode(), html
            back = said["redirect_url"]
        else:
            signed = dict(said)
            self.merchant.public_key().verify(
                base64.b64decode(signed.pop("sign")), to_sign(signed), PKCS1v15(), SHA256()
            )
            message = json.loads(said["biz_content"])
            assert said["method"] == "alipay.trade.wap.pay"
            assert message["product_code"] == "QUICK_WAP_WAY"
            assert not set(message["subject"]) & set("/=&")
            assert message["quit_url"] == said["return_url"]
            reference, back = message["out_trade_no"], said["return_url"]
            self._opened(reference, round(float(message["total_amount"]) * 100), "alipay wap")
            back += "?" + urlencode({"out_trade_no": reference, "total_amount": "0.01"})
        links = "".join(
            f'<p><a id="{do}" href="{CASHIER}?{quoted}">{do}</a>'
            for do in ("pay", "leave")
            if (
                quoted := urlencode({"do": do, "trade": reference, "back": back}).replace(
                    "&", "&amp;"
                )
            )
        )
        return 200, f"<!doctype html>{links}".encode(), html

    def _wechat_signed(
        self, body: bytes, at: float | None = None, key: Any = None
    ) -> dict[str, str]:
        moment, nonce = str(int(time.time() if at is None else at)), secrets.token_hex(8)
        key = key or (self.merchant if self.forged else self.platform)
        return {
            "Content-Type": "application/json",
            "Wechatpay-Timestamp": moment,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": KEY_ID,
            "Wechatpay-Signature": signature(key, f"{moment}\n{nonce}\n".encode() + body + b"\n"),
        }

    def _wechat(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        said = dict(re.findall(r'(\w+)="([^"]*)"', handler.headers["Authorization"]))
        head = f"{handler.command}\n{handler.path}\n{said['timestamp']}\n{said['nonce_str']}\n"
        self.merchant.public_key().verify(
            base64.b64decode(said["signature"]), head.encode() + body + b"\n", PKCS1v15(), SHA256()
        )
        assert (said["mchid"], said["serial_no"]) == ("1900", "AB12")
        message = json.loads(body or b"{}")
        path = handler.path.partition("?")[0]
        if path == "/v3/pay/transactions/native":
            assert set(message) == {
                "appid", "mchid", "description", "out_trade_no",
                "time_expire", "notify_url", "amount",
            }  # fmt: skip
            self._opened(message["out_trade_no"], message["amount"]["total"], "native")
            return 200, json.dumps({"code_url": f"weixin://pay/{len(self.trades)}"}).encode()
        if path == "/v3/pay/transactions/h5":
            scene = message["scene_info"]
            ipaddress.ip_address(scene["payer_client_ip"])
            assert scene["h5_info"]["type"] in ("Wap", "iOS", "Android")
            reference = message["out_trade_no"]
            self._opened(reference, message["amount"]["total"], "h5")
            self.trades[reference]["ip"] = scene["payer_client_ip"]
            prepay = self.trades[reference].setdefault("prepay", secrets.token_hex(8))
            url = f"{self.address}{H5_PAGE}?prepay={prepay}&package=1"
            return 200, json.dumps({"h5_url": url}).encode()
        if path.startswith("/v3/refund"):
            if handler.command == "POST":
                number, amount = message["out_refund_no"], message["amount"]
                self._refunded(message["out_trade_no"], number, amount["refund"])
            else:
                number = path.rpartition("/")[2]
            if number not in self.refunds:
                return 404, b'{"code": "RESOURCE_NOT_EXISTS"}'
            return 200, json.dumps({"status": self.refunds[number]["status"]}).encode()
        reference = path.removesuffix("/close").rpartition("/")[2]
        trade = self.trades.get(reference)
        if trade is None:
            return 404, b'{"code": "ORDER_NOT_EXIST"}'
        if path.endswith("/close"):
            if trade["state"] == "paid":
                return 400, b'{"code": "ORDERPAID"}'
            trade["state"] = "closed"
            return 204, b""
        state = {"open": "NOTPAY", "paid": "SUCCESS", "closed": "CLOSED"}[trade["state"]]
        found = {"out_trade_no": reference, "trade_state": state, "amount": {"total": trade["fen"]}}
        return 200, json.dumps(found | {"transaction_id": trade.get("number", "")}).encode()

    def _alipay(self, body: bytes) -> bytes:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        self.merchant.public_key().verify(
            base64.b64decode(fields.pop("sign")), to_sign(fields), PKCS1v15(), SHA256()
        )
        message = json.loads(fields["biz_content"])
        reference, method = message["out_trade_no"], fields["method"]
        good: dict[str, Any] = {"code": "10000", "msg": "Success", "out_trade_no": reference}
        if method == "alipay.trade.precreate":
            self._opened(reference, round(float(message["total_amount"]) * 100), "alipay")
            good["qr_code"] = f"https://qr.alipay.example/{reference}"
        elif method == "alipay.trade.cancel":
            self.trades[reference]["state"] = "closed"
            good["action"] = "close"
        elif method == "alipay.trade.close":
            trade = self.trades.get(reference)
            if trade is None or trade["state"] != "open":
                sub = "TRADE_NOT_EXIST" if trade is None else "TRADE_STATUS_ERROR"
                good = {"code": "40004", "sub_code": f"ACQ.{sub}", "sub_msg": "交易状态不合法"}
            else:
                trade["state"] = "closed"
        elif method == "alipay.trade.refund":
            fen = round(float(message["refund_amount"]) * 100)
            known = message["out_request_no"] in self.refunds
            self._refunded(reference, message["out_request_no"], fen)
            good["fund_change"] = "N" if known or self.slow_refunds else "Y"
        elif method == "alipay.trade.fastpay.refund.query":
            done = self.refunds.get(message["out_request_no"], {}).get("status") == "SUCCESS"
            good |= {"refund_status": "REFUND_SUCCESS"} if done else {}
        elif self.trades.get(reference, {"state": "open"})["state"] == "open":
            good = {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST", "sub_msg": "交易不存在"}
        else:
            trade = self.trades[reference]
            states = {"paid": "TRADE_SUCCESS", "closed": "TRADE_CLOSED"}
            good["trade_status"] = states[trade["state"]]
            good |= {
                "total_amount": f"{trade['fen'] / 100:.2f}",
                "trade_no": trade.get("number", ""),
            }
        node = json.dumps(good, ensure_ascii=False)
        key = self.merchant if self.forged else self.platform
        name = method.replace(".", "_") + "_response"
        return (
            f'{{"{name}":{node},"sign":"{signature(key, node.encode())}"{self.appended}}}'.encode()
        )

    def _opened(self, reference: str, fen: int, kind: str) -> None:
        trade = self.trades.setdefault(reference, {"state": "open", "fen": fen, "kind": kind})
        assert trade["kind"] == kind, "商户订单号重复: one number is one kind of payment"

    def _refunded(self, reference: str, number: str, fen: int) -> None:
        trade = self.trades[reference]
        assert trade["state"] == "paid"
        if number not in self.refunds:
            trade["back"] = trade.get("back", 0) + fen
            assert trade["back"] <= trade["fen"], "more went back than came"
            status = "PROCESSING" if self.slow_refunds else "SUCCESS"
            self.refunds[number] = {"status": status, "fen": fen}


def to_sign(fields: dict[str, str]) -> bytes:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name]).encode()

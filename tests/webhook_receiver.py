"""A real HTTP server that is POSTed to, and checks signatures as Standard Webhooks says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()


class WebhookReceiver:
    """Keeps what it takes. `answers` are given first, then 204; a 302 leads to `leads_to`."""

    def __init__(self, answers: tuple[int, ...] = (), leads_to: str = "") -> None:
        self.taken: list[dict[str, Any]] = []
        self.names: list[str] = []
        self.asked = 0
        self._answers, self._leads_to = list(answers), leads_to
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.asked += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver._answers.pop(0) if receiver._answers else 204
                if status == 204:
                    receiver.take(dict(self.headers), body)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", receiver._leads_to)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/hook"

    def take(self, headers: dict[str, str], body: bytes) -> None:
        name, moment = headers["webhook-id"], headers["webhook-timestamp"]
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        signed = hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
        assert headers["webhook-signature"] == "v1," + base64.b64encode(signed).decode()
        self.names.append(name)
        self.taken.append(json.loads(body))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

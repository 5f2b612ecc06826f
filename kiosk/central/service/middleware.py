"""What holds for every request: its size, the headers of its answer, a line in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.central.service import metrics
from kiosk.central.service.errors import ServiceError

_log = logging.getLogger("kiosk.central.requests")

CODE_PICTURE_BYTES = 8_000_000
"""A picture of a capture code: a phone's screenshot."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The receipt's address is its key: it must not reach other sites.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


_STATIC = "/static/"


def headers_of(path: str, *, https: bool) -> dict[str, str]:
    """Return the headers that every answer has, unless it has its own of that name.

    Args:
        path: of the request.
        https: whether browsers are told to come by HTTPS only.
    """
    headers = dict(SECURITY_HEADERS)
    if not path.startswith(_STATIC):
        headers["Cache-Control"] = "no-store"
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


class SecurityHeaders:
    """Adds the security headers; everything but static files is not to be cached.

    Args:
        app: what answers.
        https: whether browsers are told to come by HTTPS only.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._static = _encoded(headers_of(_STATIC, https=https))
        self._others = _encoded(headers_of("/", https=https))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                is_static = scope["path"].startswith(_STATIC)
                given = list(message.get("headers", ()))
                names = {name for name, _ in given}
                wanted = self._static if is_static else self._others
                given += [pair for pair in wanted if pair[0] not in names]
                message = {**message, "headers": given}
            await send(message)

        await self._app(scope, receive, sending)


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


class BodyLimit:
    """Refuses bodies that are too large: at once when announced, else when they have grown so.

    Args:
        app: what answers.
        upload_bytes: limit of a submission.
        roster_bytes: limit of a roster.
        support_bytes: limit of a support bundle.
        other_bytes: limit of everything else.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        upload_bytes: int,
        roster_bytes: int,
        support_bytes: int,
        other_bytes: int,
    ) -> None:
        self._app = app
        self._upload_bytes = upload_bytes
        self._roster_bytes = roster_bytes
        self._support_bytes = support_bytes
        self._other_bytes = other_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        refusal = ServiceError(
            413, "too_large", f"The request has more than {limit} bytes.",
            "Check the booth's settings of camera and portrait.",
        )  # fmt: skip
        seen = 0

        async def receiving() -> Message:
            nonlocal seen
            # Raised where the body is read, inside of the application: it makes the answer.
            if announced.isdecimal() and int(announced) > limit:
                raise refusal
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise refusal
            return message

        await self._app(scope, receiving, send)

    def _limit(self, path: str) -> int:
        is_phone = path.startswith("/r/") and path.endswith("/upload")
        if is_phone or path.startswith("/api/v1/submissions/"):
            return self._upload_bytes
        if path.startswith("/api/v1/support/"):
            return self._support_bytes
        if path == "/my" or path.startswith("/b/"):
            return CODE_PICTURE_BYTES
        if path.startswith("/batches/") and path.endswith(("/roster", "/proofs")):
            return self._roster_bytes
        return self._other_bytes


class RequestLog:
    """One line a request, with the route instead of the path: a path may hold a receipt's key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.monotonic(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", None) or "(no route)"
            spent_s = time.monotonic() - begun
            _log.info("%s %s %d %.0f ms", scope["method"], route, status, spent_s * 1000)
            # A method nobody offers would be one more series for each that is made up.
            metrics.observe(
                scope["method"] if route != "(no route)" else "-", route, status, spent_s
            )

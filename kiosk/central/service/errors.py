"""Refusals: each with a code for programs, and a message and remedy for people."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from kiosk.central.contract import ErrorAnswer


class ServiceError(HTTPException):
    """A request is refused; never a fault of the service itself.

    An `HTTPException`, because the framework lets only those pass unchanged while it reads a
    body.

    Attributes:
        status: HTTP status.
        code: for programs, such as ``order_locked``.
        message: what happened.
        remedy: what to do next.
        retry_after_s: when the same request may succeed, seconds; None when it won't.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        remedy: str = "",
        *,
        retry_after_s: int | None = None,
    ) -> None:
        headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
        if status == 401:  # noqa: PLR2004 - HTTP's own number
            headers["WWW-Authenticate"] = "Bearer"
        super().__init__(status, message, headers)
        self.status = status
        self.code = code
        self.message = message
        self.remedy = remedy
        self.retry_after_s = retry_after_s

    @property
    def answer(self) -> ErrorAnswer:
        """The refusal as the contract's message."""
        return ErrorAnswer(code=self.code, message=self.message, remedy=self.remedy)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

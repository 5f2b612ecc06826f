"""What the OpenAPI description says of refusals."""

from __future__ import annotations

from typing import Any

from kiosk.central.contract import ErrorAnswer

_MEANINGS = {
    401: "the booth's key is missing, unknown or revoked",
    403: "the booth may not do this",
    404: "there is no such thing",
    409: "not possible as things stand",
    413: "too large",
    415: "a type of file that is not taken",
    422: "the message is wrong",
    429: "too often; Retry-After says when",
    503: "not now; Retry-After says when",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of these refusals and of those that are always possible."""
    return {
        status: {"model": ErrorAnswer, "description": _MEANINGS[status]}
        for status in sorted({*statuses, 422, 503})
    }

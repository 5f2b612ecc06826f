"""From an HTTP answer to a message, or to the fault it means."""

from __future__ import annotations

from typing import TypeVar

import requests
from pydantic import BaseModel, ValidationError

from kiosk.central.contract import ErrorAnswer
from kiosk.central.errors import CentralRefused, CentralUnreachable

_TEMPORARY = frozenset({429, 502, 503, 504})
_SERVER_FAULT = 500
_Answer = TypeVar("_Answer", bound=BaseModel)


def parsed(answer: type[_Answer], response: requests.Response) -> _Answer:
    """Return the message an answer holds.

    Raises:
        CentralUnreachable: it holds another, or something else answered.
    """
    try:
        return answer.model_validate_json(response.content)
    except ValidationError as error:
        if not _is_message(response):
            raise foreign(response) from error
        raise CentralUnreachable(
            f"What answers at {response.url} is not this booth's central backend, or of another "
            f"version: its {answer.__name__} does not fit. Check central.url.",
            answered=True,
        ) from error


def failure_of(response: requests.Response) -> CentralUnreachable | CentralRefused:
    """Return what an answer means that is none of success.

    The central backend says in words why it refuses. What does not is somebody else's answer, and
    no reason to give a photo up.
    """
    status = response.status_code
    try:
        answer = ErrorAnswer.model_validate_json(response.content)
    except ValidationError:
        if status < _SERVER_FAULT and status not in _TEMPORARY:
            return foreign(response)
        answer = ErrorAnswer(
            code=f"http_{status}",
            message=f"The central backend answered {status} {response.reason}.",
            remedy="Check central.url, and any proxy between.",
        )
    if status in _TEMPORARY:
        return CentralUnreachable(
            f"{answer.message} {answer.remedy}".strip(),
            answered=True,
            retry_after_s=_retry_after_s(response),
        )
    if status >= _SERVER_FAULT:
        # Its own mistake, and perhaps only with this request: asking again at once is no help.
        return CentralUnreachable(f"{answer.message} {answer.remedy}".strip(), answered=True)
    return CentralRefused(answer, status)


def foreign(response: requests.Response) -> CentralUnreachable:
    """Return the fault that something else answered: a network's login page, a proxy."""
    return CentralUnreachable(
        f"Something else than the central backend answered at {response.url} "
        f"({response.status_code} {response.reason}): perhaps the network's login page, or a "
        "proxy. Log this booth in to the network, and check central.url.",
        answered=True,
        foreign=True,
    )


def says_ready(response: requests.Response) -> bool:
    """Return whether this is the central backend's own word that it is ready."""
    try:
        found = response.json()
    except requests.JSONDecodeError:
        return False
    return bool(found == {"status": "ready"})


def _is_message(response: requests.Response) -> bool:
    try:
        return isinstance(response.json(), dict)
    except requests.JSONDecodeError:
        return False


def _retry_after_s(response: requests.Response) -> float:
    """Return the seconds of Retry-After; 0 when it is missing or a date.

    A date would need this booth's clock to be right, which it may not be.
    """
    try:
        return max(0.0, float(response.headers.get("Retry-After", "0")))
    except ValueError:
        return 0.0


def reason_of(error: requests.RequestException) -> str:
    """Return in words why there was no answer."""
    if isinstance(error, requests.ConnectTimeout):
        return "connecting took too long"
    if isinstance(error, requests.ReadTimeout):
        return "the answer took too long"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.ConnectionError):
        return "the connection failed or broke"
    return type(error).__name__

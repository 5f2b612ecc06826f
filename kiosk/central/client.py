"""The booth's way to the central backend: typed calls, patience for temporary faults only."""

from __future__ import annotations

import hashlib
import random as random_module
import re
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

import requests
from pydantic import BaseModel, SecretStr

from kiosk.central.backoff import Random, delay_s
from kiosk.central.contract import (
    BATCH_CODE_PATTERN,
    BatchInfo,
    EnrolmentAnswer,
    EnrolmentRequest,
    ErrorAnswer,
    Heartbeat,
    HeartbeatAnswer,
    OriginalOffer,
    OriginalRequest,
    PaymentInfo,
    PaymentRequest,
    ReleaseAnswer,
    ReleaseReport,
    Submission,
    SubmissionAnswer,
    SupportAnswer,
    Vouch,
)
from kiosk.central.errors import CentralRefused, CentralUnreachable
from kiosk.central.replies import failure_of, foreign, parsed, reason_of, says_ready
from kiosk.central.store_upload import StoreUpload
from kiosk.settings.central import CentralSettings

_NOT_FOUND = 404
# What was put into the store is not there, or not whole.
_SEND_WITH_PHOTO = frozenset({"original_missing", "hash_mismatch"})
_BODY_HEADERS = frozenset({"content-length", "transfer-encoding"})
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
_Answer = TypeVar("_Answer", bound=BaseModel)


class CentralClient:
    """Calls to the central backend. May be used by several threads at once.

    Every call may be repeated without harm (payments carry the booth's own reference,
    submissions their photo's hash), so a temporary fault is tried again here a few times.
    All calls raise `CentralUnreachable` for what may succeed later and `CentralRefused` for
    what will not.

    Args:
        settings: the address and the patience.
        token: this booth's key, as ``kiosk central booth add`` printed it.
        sleep: waits so many seconds; handed in by tests.
        random: source of the jitter; handed in by tests.
    """

    def __init__(
        self,
        settings: CentralSettings,
        token: str | SecretStr,
        *,
        sleep: Callable[[float], None] = time.sleep,
        random: Random = random_module.random,
    ) -> None:
        self._base = str(settings.url).rstrip("/")
        self._token = token.get_secret_value() if isinstance(token, SecretStr) else token
        self._settings = settings
        self._store = StoreUpload(settings)
        self._sleep = sleep
        self._random = random
        # requests does not promise that a session may be shared between threads.
        self._local = threading.local()

    def batch(self, code: str) -> BatchInfo:
        """Return the batch of this code, in any case of letters."""
        if not re.fullmatch(BATCH_CODE_PATTERN, code):
            # Whatever was scanned: a foreign text is not sent anywhere.
            answer = ErrorAnswer(
                code="batch_unknown",
                message="This is not a batch code.",
                remedy="A batch code is 4 to 8 letters and digits.",
            )
            raise CentralRefused(answer, _NOT_FOUND)
        return self._call(BatchInfo, "GET", f"/api/v1/batches/{_segment(code)}")

    def open_payment(self, request: PaymentRequest) -> PaymentInfo:
        """Open a payment, or return it as it stands when its reference is known already."""
        return self._call(PaymentInfo, "POST", "/api/v1/payments", json=_plain(request))

    def payment(self, reference: str) -> PaymentInfo:
        """Return a payment as it stands."""
        return self._call(PaymentInfo, "GET", f"/api/v1/payments/{_segment(reference)}")

    def vouch(self, reference: str, vouch: Vouch) -> PaymentInfo:
        """Say that booth staff took the money."""
        path = f"/api/v1/payments/{_segment(reference)}/vouch"
        return self._call(PaymentInfo, "POST", path, json=_plain(vouch))

    def close_payment(self, reference: str) -> PaymentInfo:
        """Give a payment up. A settled one stays settled."""
        return self._call(PaymentInfo, "POST", f"/api/v1/payments/{_segment(reference)}/close")

    def submit(self, submission: Submission, photo: bytes, original: bytes) -> SubmissionAnswer:
        """Send a photo and its original; return once the service has confirmed both.

        Args:
            submission: what belongs to the photo.
            photo: the composed JPEG.
            original: the still as the camera wrote it.
        """
        if self._was_put_straight(submission, original):
            try:
                return self._send(submission, photo, None)
            except CentralRefused as refusal:
                if refusal.code not in _SEND_WITH_PHOTO:
                    raise
        return self._send(submission, photo, original)

    def _was_put_straight(self, submission: Submission, original: bytes) -> bool:
        """Whether the original now lies in the store that the service may have offered."""
        if not self._store.is_worth_trying:
            return False
        request = OriginalRequest(bytes=len(original), media_type=submission.original_media_type)
        path = f"/api/v1/originals/{submission.original_sha256}"
        try:
            offer = self._call(OriginalOffer, "POST", path, json=_plain(request))
        except CentralRefused as refusal:
            if refusal.concerns_booth:
                raise
            return False  # an older service, or a refusal that the photo will meet as well
        return self._store.put(offer, original)

    def _send(
        self, submission: Submission, photo: bytes, original: bytes | None
    ) -> SubmissionAnswer:
        files: dict[str, tuple[str | None, bytes, str]] = {
            "meta": (None, submission.model_dump_json().encode(), "application/json"),
            "photo": ("photo.jpg", photo, "image/jpeg"),
        }
        if original is not None:
            files["original"] = ("original", original, submission.original_media_type)
        path = f"/api/v1/submissions/{submission.photo_sha256}"
        return self._confirmed(submission, self._call(SubmissionAnswer, "PUT", path, files=files))

    def find_submission(self, submission: Submission) -> SubmissionAnswer | None:
        """Return the service's confirmation of this photo, None when it does not have it.

        Asked before megabytes are sent a second time.
        """
        path = f"/api/v1/submissions/{submission.photo_sha256}"
        try:
            return self._confirmed(submission, self._call(SubmissionAnswer, "GET", path))
        except CentralRefused as refusal:
            if refusal.status == _NOT_FOUND:
                return None
            raise

    def heartbeat(self, beat: Heartbeat) -> HeartbeatAnswer:
        """Tell how this booth is; return what is set for it."""
        return self._call(HeartbeatAnswer, "POST", "/api/v1/heartbeat", json=_plain(beat))

    def release(self, report: ReleaseReport) -> ReleaseAnswer:
        """Tell which versions this booth has; return which one it is to run."""
        return self._call(ReleaseAnswer, "POST", "/api/v1/release", json=_plain(report))

    def send_support(self, request: str, bundle: bytes) -> None:
        """Send the support bundle that was asked for. Sent again it changes nothing.

        Args:
            request: as the heartbeat's answer named it.
            bundle: a ZIP.
        """
        path = f"/api/v1/support/{_segment(request)}"
        headers = {"Content-Type": "application/octet-stream"}
        self._call(SupportAnswer, "PUT", path, data=bundle, headers=headers)

    def enrol(self, code: str, report_key: str = "") -> EnrolmentAnswer:
        """Make this client's key known by a one-time code; the key itself is not sent.

        Args:
            code: as the fleet page shows it.
            report_key: public key of the booth's reports, base64.
        """
        key_hash = hashlib.sha256(self._token.encode()).hexdigest()
        request = EnrolmentRequest(code=code, key_hash=key_hash, report_key=report_key)
        return self._call(EnrolmentAnswer, "POST", "/api/v1/enrolment", json=_plain(request))

    def health(self) -> None:
        """Return when the service is ready, raise when it is not. Never tried again."""
        response = self._once("GET", "/readyz", {})
        if not response.ok:
            raise failure_of(response)
        if not says_ready(response):
            raise foreign(response)

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if request.path_url != "/api/v1/enrolment":  # the key is not known there yet
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def _confirmed(self, submission: Submission, answer: SubmissionAnswer) -> SubmissionAnswer:
        wanted = (submission.photo_sha256, submission.original_sha256)
        if (answer.photo_sha256, answer.original_sha256) != wanted:
            raise CentralUnreachable(
                "The central backend confirmed another photo than the one sent. "
                "It is kept and will be sent again.",
                answered=True,
            )
        return answer

    def _call(self, answer: type[_Answer], verb: str, path: str, **arguments: Any) -> _Answer:
        failures = 0
        while True:
            try:
                response = self._once(verb, path, arguments)
                if response.ok:
                    return parsed(answer, response)
                raise failure_of(response)
            except CentralUnreachable as fault:
                failures += 1
                wait = self._wait_s(fault, failures)
                if wait is None:
                    raise
                self._sleep(wait)

    def _wait_s(self, fault: CentralUnreachable, failures: int) -> float | None:
        """Return the seconds before the next try, None when there is to be none."""
        settings = self._settings
        if failures > settings.retries or (fault.answered and fault.retry_after_s is None):
            return None
        wait = delay_s(failures, settings.retry_first_s, settings.retry_longest_s, self._random)
        if fault.retry_after_s:
            if fault.retry_after_s > settings.retry_longest_s:
                return None  # not for this call: the outbox waits as long as it was asked to
            wait = max(wait, fault.retry_after_s)
        return wait

    def _once(self, verb: str, path: str, arguments: dict[str, Any]) -> requests.Response:
        session = self._session()
        settings = self._settings
        try:
            response = session.request(
                verb,
                self._base + path,
                timeout=(settings.connect_time_out_s, settings.read_time_out_s),
                allow_redirects=False,
                **arguments,
            )
            if not any(name in response.headers for name in _BODY_HEADERS):
                # A line that breaks between two headers looks like an answer without a body.
                raise requests.ConnectionError("cut within the headers")
        except requests.RequestException as error:
            # A connection that broke half-way must not be used again.
            session.close()
            raise CentralUnreachable(
                f"No answer from the central backend at {self._base}: {reason_of(error)}. "
                "Check the network and central.url."
            ) from error
        return response

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            # As `auth`, not as a header: a .netrc would replace the header.
            session.auth = self._authorise
            session.headers["Accept"] = "application/json"
            # A proxy of the environment is for the outside, never for this machine itself.
            session.trust_env = self._settings.url.host not in _THIS_MACHINE
            self._local.session = session
        return session


def _plain(message: BaseModel) -> dict[str, Any]:
    return message.model_dump(mode="json")


def _segment(text: str) -> str:
    """Return `text` as one segment of a path, whatever was scanned or typed."""
    return quote(text, safe="")

"""The finished photo into the outbox, with all that belongs to it, and its receipt."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.booth.payments import reference_for
from kiosk.booth.photographer import Shot
from kiosk.central.contract import Submission
from kiosk.central.errors import OutboxError, OutboxFull
from kiosk.central.outbox import Outbox
from kiosk.central.outbox_index import EntryState
from kiosk.central.signature import sign
from kiosk.portrait.report import Remark
from kiosk.visit.model import Declaration, PaymentMethod, Receipt, Stored, StoreFailed, StorePhoto

log = logging.getLogger(__name__)

_TOKEN_BYTES = 24
"""192 random bits: nobody guesses another student's link."""
_NUMBER_LENGTH = 6


def receipt_number(token: str) -> str:
    """Return the short number printed on the receipt: six letters and digits, grouped.

    It names the receipt to a person and opens nothing.
    """
    digest = hashlib.sha256(token.encode()).digest()
    text = base64.b32encode(digest).decode()[:_NUMBER_LENGTH]
    return f"{text[:3]}-{text[3:]}"


class Submitting:
    """Writes photos to the outbox.

    Args:
        outbox: the booth's memory.
        booth: this booth's name.
        key: this booth's key; signs what it shot.
        public_url: the address students' phones reach the central backend at.
        report_key: signs the reports; None leaves them unsigned.
    """

    def __init__(
        self,
        outbox: Outbox,
        *,
        booth: str,
        key: str,
        public_url: str,
        report_key: Ed25519PrivateKey | None = None,
    ) -> None:
        self._outbox = outbox
        self._booth = booth
        self._key = key.encode()
        self._report_key = report_key
        self._public_url = public_url.rstrip("/")
        self._receipts: dict[str, Receipt] = {}
        self._tokens: dict[str, str] = {}
        self._lock = threading.Lock()

    def store(self, effect: StorePhoto, shot: Shot) -> Stored | StoreFailed:
        """Put one photo into the outbox; asked again for the same photo it answers the same.

        Also after an attempt that failed half-way, or is still running: whichever is kept, the
        receipt opens it.
        """
        name = effect.photo.photo_id
        with self._lock:
            if name not in self._receipts:
                token = self._tokens.setdefault(name, secrets.token_urlsafe(_TOKEN_BYTES))
                receipt = Receipt(receipt_number(token), f"{self._public_url}/r/{token}")
                submission = self._submission(effect, shot, receipt, token)
                try:
                    self._outbox.put(submission, shot.portrait.jpeg, shot.still.data)
                except OutboxFull as error:
                    log.error("%s", error)  # noqa: TRY400 - anticipated: no traceback
                    return StoreFailed("outbox_full", effect.request)
                except OutboxError as error:
                    log.error("%s", error)  # noqa: TRY400
                    return StoreFailed("outbox_broken", effect.request)
                self._receipts[name] = receipt
            return Stored(self._receipts[name], effect.request)

    def delivered(self) -> tuple[str, ...]:
        """Return the photos of this visit that the central backend has confirmed."""
        return tuple(photo for photo in list(self._receipts) if self._was_sent(photo))

    def _was_sent(self, photo: str) -> bool:
        entry = self._outbox.entry(photo)
        return entry is not None and entry.state is EntryState.SENT

    def forget(self) -> None:
        """Forget the receipts of the visit that ended."""
        self._receipts.clear()
        self._tokens.clear()

    def _submission(
        self, effect: StorePhoto, shot: Shot, receipt: Receipt, token: str
    ) -> Submission:
        photo, original = shot.portrait.photo_sha256, shot.still.sha256
        signature = hmac.new(self._key, f"{photo}{original}".encode(), hashlib.sha256)
        report = _with_declared(shot.portrait.report.as_dict(), effect.declared)
        if self._report_key is not None:
            report = sign(report, self._report_key)
        student, payment = effect.student, effect.payment
        return Submission(
            batch=effect.batch.code,
            booth=self._booth,
            code_hash=student.code_hash,
            decoder=student.decoder,
            masked_name=student.masked_name,
            masked_number=student.masked_number,
            last_four=effect.last_four,
            photo_sha256=photo,
            original_sha256=original,
            original_media_type=shot.still.media_type,
            shot_at=shot.shot_at.astimezone(UTC),
            consent_version=effect.consent.version,
            consent_at=datetime.fromisoformat(effect.consent.at_utc),
            payment_reference=_reference(effect),
            payment_method=payment.method.value,
            payment_amount_fen=payment.amount_fen,
            staff_passed=effect.staff_passed,
            receipt_number=receipt.number,
            receipt_token=token,
            report=report,
            signature=signature.hexdigest(),
        )


def _with_declared(report: dict[str, Any], declared: Sequence[Declaration]) -> dict[str, Any]:
    """Return the report with what the student said, as remarks: a person is to look at it."""
    if not declared:
        return report
    said = [asdict(Remark(f"declared_{what}", serious=False)) for what in declared]
    return report | {"remarks": [*report.get("remarks", ()), *said]}


def _reference(effect: StorePhoto) -> str:
    """Return the payment's reference: the one it would have had when it could not be opened.

    Staff took the fee while the network was away; the central backend records it by this.
    """
    payment = effect.payment
    if payment.reference or payment.method is not PaymentMethod.COUNTER:
        return payment.reference
    return reference_for(effect.batch.code, effect.student.code_hash, payment.method, 0)

"""Fees on their way: opened at the central backend, followed until settled or closed.

A payment's reference is made from batch and code, so the same student asking again, at this or
another booth, meets the payment already made instead of paying twice.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from kiosk.central.client import CentralClient
from kiosk.central.contract import PaymentInfo, PaymentRequest, PaymentState, Vouch
from kiosk.central.errors import CentralError, CentralRefused, CentralUnreachable
from kiosk.visit.model import (
    ClosePayment,
    Event,
    OpenPayment,
    Payment,
    PaymentChanged,
    PaymentFailed,
    PaymentMethod,
    VouchPayment,
)

log = logging.getLogger(__name__)

_REFERENCE_LENGTH = 32
"""The longest ``out_trade_no`` WeChat Pay takes."""
_ATTEMPTS = 20
"""So often one student may let a payment for one batch expire."""
_REFERENCE_USED = "reference_used"
"""The central backend's refusal: it knows another payment by this reference."""


def reference_for(batch: str, code_hash: str, method: PaymentMethod, attempt: int) -> str:
    """Return a payment's reference: the same for the same student, batch, method and attempt."""
    name = f"{batch.upper()}|{code_hash}|{method}|{attempt}"
    return hashlib.sha256(name.encode()).hexdigest()[:_REFERENCE_LENGTH]


class Payments:
    """Opens, follows, vouches for and closes payments.

    Args:
        client: the way to the central backend.
        post: hands an event to the visit.
        booth: this booth's name, noted where staff vouches.
        poll_s: seconds between two looks at an open payment.
    """

    def __init__(
        self, client: CentralClient, post: Callable[[Event], None], *, booth: str, poll_s: float
    ) -> None:
        self._client = client
        self._post = post
        self._booth = booth
        self._poll_s = poll_s
        self._followed: dict[str, threading.Event] = {}
        self._unwanted: set[str] = set()
        self._lock = threading.Lock()

    def open(self, effect: OpenPayment) -> None:
        """Open a payment and follow it; returns when it is settled, failed or closed."""
        stop = threading.Event()
        with self._lock:
            self._followed[effect.request] = stop
        try:
            self._follow(effect, stop)
        finally:
            with self._lock:
                self._followed.pop(effect.request, None)
                self._unwanted.discard(effect.request)

    def _follow(self, effect: OpenPayment, stop: threading.Event) -> None:
        if effect.method is PaymentMethod.WAIVED:
            paid = Payment(PaymentMethod.WAIVED, effect.amount_fen, settled=True)
            self._post(PaymentChanged(paid, effect.request))
            return
        try:
            info = self._opened(effect)
        except CentralError as error:
            self._refuse(effect, error)
            return
        known: PaymentInfo | None = None
        while not stop.is_set():
            if info != known:
                self._post(PaymentChanged(_for_visit(info), effect.request))
                known = info
            if info.state is PaymentState.SETTLED:
                return
            if info.state is PaymentState.CLOSED:
                self._post(PaymentFailed("payment_expired", effect.request))
                return
            stop.wait(self._poll_s)
            try:
                info = self._client.payment(info.reference)
            except CentralUnreachable:
                continue  # the student may be paying right now: keep looking
            except CentralError as error:
                self._refuse(effect, error)
                return
        given_up = known is None and effect.request in self._unwanted
        if given_up and info.state is PaymentState.OPEN:
            self._close(info.reference)  # before the visit knew it by its reference

    def _opened(self, effect: OpenPayment) -> PaymentInfo:
        """Return the first attempt that is not given up.

        Raises:
            CentralError: it could not be opened.
        """
        last = _ATTEMPTS - 1
        for attempt in range(_ATTEMPTS):
            try:
                info = self._client.open_payment(_request(effect, attempt))
            except CentralRefused as error:
                # Of an earlier day, with another fee: it stands as it is, this is a new one.
                if error.code != _REFERENCE_USED or attempt == last:
                    raise
                continue
            if info.state is not PaymentState.CLOSED:
                break
        return info

    def _refuse(self, effect: OpenPayment, error: CentralError) -> None:
        log.warning("payment: %s", error)
        offline = isinstance(error, CentralUnreachable)
        notice = "payment_offline" if offline else "payment_refused"
        self._post(PaymentFailed(notice, effect.request))

    def vouch(self, effect: VouchPayment) -> None:
        """Tell the central backend that staff took the money.

        When it cannot be told now it learns it with the photo: the submission says how the
        fee was paid.
        """
        reference = effect.payment.reference
        if not reference:
            return
        try:
            self._client.vouch(reference, Vouch(staff=self._booth))
        except CentralError as error:
            log.warning(
                "payment %s is vouched for, to be told with the photo: %s", reference, error
            )

    def close(self, effect: ClosePayment) -> None:
        """Stop following a payment, and close it unless money has moved."""
        with self._lock:
            stop = self._followed.get(effect.request)
            if stop is not None:
                self._unwanted.add(effect.request)
                stop.set()
        if effect.payment.reference and not effect.payment.settled:
            self._close(effect.payment.reference)

    def _close(self, reference: str) -> None:
        try:
            self._client.close_payment(reference)
        except CentralError as error:
            log.warning("payment %s is left to expire: %s", reference, error)

    def stop(self) -> None:
        """Stop following all payments."""
        with self._lock:
            for stop in self._followed.values():
                stop.set()


def _request(effect: OpenPayment, attempt: int) -> PaymentRequest:
    code_hash = effect.student.code_hash
    return PaymentRequest(
        reference=reference_for(effect.batch.code, code_hash, effect.method, attempt),
        batch=effect.batch.code,
        code_hash=code_hash,
        method=effect.method.value,
        amount_fen=effect.amount_fen,
    )


def _for_visit(info: PaymentInfo) -> Payment:
    payment = Payment(PaymentMethod(info.method), info.amount_fen, reference=info.reference)
    return replace(payment, qr_text=info.qr_text, settled=info.state is PaymentState.SETTLED)

"""Carries the visit's effects out, each where it may block, and posts the answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Protocol

from kiosk.booth.batches import BatchDirectory, BatchUnavailable
from kiosk.booth.identification import Identification
from kiosk.booth.payments import Payments
from kiosk.booth.photographer import Photographer
from kiosk.booth.submitting import Submitting
from kiosk.visit.model import (
    BatchRefused,
    Calibrate,
    CheckLastFour,
    CheckPin,
    ClosePayment,
    CodeRefused,
    Consent,
    ConsentRecorded,
    DecodeCode,
    Effect,
    Event,
    Forget,
    Guide,
    LookUpBatch,
    Note,
    Notice,
    OpenPayment,
    PaymentFailed,
    PhotoFailed,
    RecordConsent,
    ScanCodes,
    StoreFailed,
    StorePhoto,
    TakePhoto,
    VouchPayment,
)

log = logging.getLogger(__name__)

_WORKERS = 4
"""Look-ups, a payment that is followed, its closing, and the outbox may run at once."""


class Switchboard(Protocol):
    """What the performer switches: cameras, coach, lamp, screen."""

    def scan(self, *, on: bool) -> None:
        """Switch the reading of codes."""

    def guide(self, *, on: bool) -> None:
        """Switch live view, coach and modelling light."""

    def rest_coach(self) -> None:
        """Let the coach rest until it is asked to guide again; live view and light stay on."""

    def forget(self) -> None:
        """Clear the screen of everything personal."""


class Desk(Protocol):
    """Who calibrates the booth."""

    def perform(self, effect: Calibrate) -> None:
        """Begin what staff touched; returns at once."""

    def stop(self) -> None:
        """Finish what runs."""


class Performer:
    """Effects in, answers out.

    Args:
        post: hands an event to the visit.
        switches: cameras, coach, lamp and screen.
        batches, identification, payments, photographer, submitting, calibration: the parts that
            do the work.
    """

    def __init__(
        self,
        post: Callable[[Event], None],
        switches: Switchboard,
        *,
        batches: BatchDirectory,
        identification: Identification,
        payments: Payments,
        photographer: Photographer,
        submitting: Submitting,
        calibration: Desk,
    ) -> None:
        self._post = post
        self._switches = switches
        self._batches = batches
        self._identification = identification
        self._payments = payments
        self._photographer = photographer
        self._submitting = submitting
        self._calibration = calibration
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="effect")
        # The face models of the portrait are used by one thread at a time.
        self._darkroom = ThreadPoolExecutor(1, thread_name_prefix="portrait")

    def stop(self) -> None:
        """Finish what runs; nothing new is begun."""
        self._payments.stop()
        self._calibration.stop()
        for pool in (self._workers, self._darkroom):
            pool.shutdown(wait=True, cancel_futures=True)

    def perform(self, effect: Effect) -> None:
        """Begin an effect; returns at once."""
        match effect:
            case ScanCodes(on=on):
                self._switches.scan(on=on)
            case Guide(on=on):
                self._switches.guide(on=on)
            case Forget():
                self._photographer.forget()
                self._submitting.forget()
                self._switches.forget()
            case Calibrate():
                self._calibration.perform(effect)
            case Note(what=what):
                log.info("visit: %s", what)
            case RecordConsent(version=version, request=request):
                at = datetime.now(UTC).isoformat(timespec="seconds")
                self._post(ConsentRecorded(Consent(version, at), request))
            case TakePhoto():
                self._switches.rest_coach()  # the processor belongs to the photo now
                self._begin(self._darkroom, effect, lambda: self._take(effect))
            case _:
                self._begin(self._workers, effect, lambda: self._work(effect))

    def _begin(self, pool: ThreadPoolExecutor, effect: Effect, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception:  # the student must get an answer; once an effect, so it is logged
                log.exception("%s failed in a way nobody thought of", type(effect).__name__)
                if (answer := _refusal(effect)) is not None:
                    self._post(answer)

        pool.submit(run)

    def _work(self, effect: Effect) -> None:
        match effect:
            case LookUpBatch():
                self._post(self._identification.look_up_batch(effect))
            case DecodeCode():
                self._post(self._identification.decode_code(effect))
            case CheckLastFour():
                self._post(self._identification.check_last_four(effect))
            case CheckPin():
                self._post(self._identification.check_pin(effect))
            case OpenPayment():
                self._payments.open(effect)
            case VouchPayment():
                self._payments.vouch(effect)
            case ClosePayment():
                self._payments.close(effect)
            case StorePhoto():
                self._store(effect)
            case _:
                log.error("nobody carries out %s", type(effect).__name__)

    def _take(self, effect: TakePhoto) -> None:
        try:
            batch = self._batches.known(effect.batch.code)
        except BatchUnavailable as error:
            self._post(PhotoFailed(error.notice, effect.request))
            return
        self._post(self._photographer.take(effect, batch))

    def _store(self, effect: StorePhoto) -> None:
        shot = self._photographer.shot(effect.photo.photo_id)
        if shot is None:
            self._post(StoreFailed("photo_gone", effect.request))
            return
        self._post(self._submitting.store(effect, shot))


def _refusal(effect: Effect) -> Event | None:
    """Return the answer that says an effect failed, so that the student need not wait."""
    match effect:
        case LookUpBatch(request=request):
            return BatchRefused(Notice.NO_ANSWER, request)
        case DecodeCode(request=request):
            return CodeRefused(Notice.NO_ANSWER, request)
        case OpenPayment(request=request):
            return PaymentFailed(Notice.NO_ANSWER, request)
        case TakePhoto(request=request):
            return PhotoFailed(Notice.NO_ANSWER, request)
        case StorePhoto(request=request):
            return StoreFailed(Notice.NO_ANSWER, request)
        case _:
            return None

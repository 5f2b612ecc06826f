"""Each effect reaches its part, and every question gets an answer, even from a broken part."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from booth_parts import BATCH, BATCH_INFO, CONSENT, STUDENT
from standin import wait_for

from kiosk.booth.batches import BatchUnavailable
from kiosk.booth.performer import Performer
from kiosk.visit import model as m

PHOTO = m.Photo("c" * 64, passed=True)
PAYMENT = m.Payment(m.PaymentMethod.SANDBOX, 2000, reference="ref", settled=True)
STORE = m.StorePhoto(PHOTO, BATCH, STUDENT, CONSENT, PAYMENT, "store:1")
SHOT = object()


class Parts:
    """All parts in one: write down what is asked, answer, or break."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []
        self.error: Exception | None = None
        self.batch_error: Exception | None = None
        self.shots: dict[str, object] = {PHOTO.photo_id: SHOT}

    def part(self, *names: str, answers: dict[str, object] | None = None):
        def call(name):
            def work(*given, **named):
                self.asked.append((name, *given, *named.values()))
                if self.error is not None:
                    raise self.error
                return (answers or {}).get(name)

            return work

        return SimpleNamespace(**{name: call(name) for name in names})

    def known(self, code: str):
        if self.batch_error is not None:
            raise self.batch_error
        return BATCH_INFO

    def names(self) -> list[str]:
        return [name for name, *_ in self.asked]


class Running:
    def __init__(self) -> None:
        self.parts = parts = Parts()
        self.posted: list[m.Event] = []
        photographer = parts.part(
            "take", "forget", answers={"take": m.PhotoReady(PHOTO, "photo:1")}
        )
        photographer.shot = parts.shots.get
        self.rested = 0
        switches = parts.part("scan", "guide", "forget")
        switches.rest_coach = self.rest_coach
        self.performer = Performer(
            self.posted.append,
            switches,
            batches=SimpleNamespace(known=parts.known),
            identification=parts.part(
                "look_up_batch", "decode_code", "check_last_four", "check_pin",
                answers={
                    "look_up_batch": m.BatchFound(BATCH, "batch:1"),
                    "decode_code": m.CodeAccepted(STUDENT, "code:1"),
                    "check_last_four": m.LastFourChecked(True, "last:1"),
                    "check_pin": m.PinChecked(True, "pin:1"),
                },
            ),
            payments=parts.part("open", "vouch", "close", "stop"),
            photographer=photographer,
            submitting=parts.part(
                "store", "forget",
                answers={"store": m.Stored(m.Receipt("A-1", "https://x"), "store:1")},
            ),
            calibration=parts.part("perform", "stop"),
        )  # fmt: skip

    def rest_coach(self) -> None:
        self.rested += 1

    def answer(self, effect: m.Effect) -> m.Event:
        self.performer.perform(effect)
        return wait_for(lambda: self.posted)[-1]


def test_calibration_is_handed_on(running):
    running.performer.perform(m.Calibrate("begin"))
    assert running.parts.asked == [("perform", m.Calibrate("begin"))]


@pytest.fixture
def running():
    running = Running()
    yield running
    running.parts.error = None
    running.performer.stop()


@pytest.mark.parametrize(
    ("effect", "part", "answer"),
    [
        (m.LookUpBatch("Z3K8F7", "batch:1"), "look_up_batch", m.BatchFound),
        (m.DecodeCode("text", BATCH, "code:1"), "decode_code", m.CodeAccepted),
        (m.CheckLastFour("629X", STUDENT, BATCH, "last:1"), "check_last_four", m.LastFourChecked),
        (m.CheckPin("246810", "pin:1"), "check_pin", m.PinChecked),
        (m.TakePhoto(BATCH, "photo:1"), "take", m.PhotoReady),
        (STORE, "store", m.Stored),
    ],
)
def test_question_reaches_its_part_and_the_answer_the_visit(running, effect, part, answer):
    assert isinstance(running.answer(effect), answer)
    assert running.parts.asked[0][:2] == (part, effect)


@pytest.mark.parametrize(
    ("effect", "part"),
    [
        (m.OpenPayment(m.PaymentMethod.SANDBOX, 2000, BATCH, STUDENT, "payment:1"), "open"),
        (m.VouchPayment(PAYMENT, "payment:1"), "vouch"),
        (m.ClosePayment(PAYMENT, "payment:1"), "close"),
    ],
)
def test_payments_are_handed_on(running, effect, part):
    running.performer.perform(effect)
    wait_for(lambda: (part, effect) in running.parts.asked)


def test_switches_are_set_before_perform_returns(running):
    for effect in (m.ScanCodes(True), m.Guide(True), m.Guide(False)):
        running.performer.perform(effect)
    assert running.parts.asked == [("scan", True), ("guide", True), ("guide", False)]


def test_the_coach_rests_once_a_photo_is_taken(running):
    running.answer(m.TakePhoto(BATCH, "photo:1"))
    assert running.rested == 1


def test_forget_clears_photos_receipts_and_screen(running):
    running.performer.perform(m.Forget())
    assert running.parts.names() == ["forget", "forget", "forget"]


def test_consent_is_answered_at_once_with_the_clock_in_utc(running):
    running.performer.perform(m.RecordConsent("2026-1", "consent:1"))
    (recorded,) = running.posted
    assert recorded.request == "consent:1"
    assert recorded.consent.version == "2026-1"
    assert recorded.consent.at_utc.endswith("+00:00")


@pytest.mark.parametrize(
    "effect",
    [
        m.LookUpBatch("Z3K8F7", "r:1"),
        m.DecodeCode("text", BATCH, "r:1"),
        m.OpenPayment(m.PaymentMethod.SANDBOX, 2000, BATCH, STUDENT, "r:1"),
        m.TakePhoto(BATCH, "r:1"),
        m.StorePhoto(PHOTO, BATCH, STUDENT, CONSENT, PAYMENT, "r:1"),
    ],
)
def test_broken_part_is_answered_for_so_that_nobody_waits(running, effect, caplog):
    running.parts.error = RuntimeError("mistake")
    with caplog.at_level(logging.ERROR):
        answer = running.answer(effect)
    assert answer.request == "r:1"
    assert answer.notice == m.Notice.NO_ANSWER
    assert type(effect).__name__ in caplog.text


def test_broken_part_works_again_for_the_next_question(running):
    running.parts.error = RuntimeError("mistake")
    running.answer(m.TakePhoto(BATCH, "photo:1"))
    running.parts.error = None
    running.posted.clear()
    assert isinstance(running.answer(m.TakePhoto(BATCH, "photo:1")), m.PhotoReady)


def test_no_photo_for_a_batch_that_is_not_known(running):
    running.parts.batch_error = BatchUnavailable("central_offline")
    assert running.answer(m.TakePhoto(BATCH, "r:1")) == m.PhotoFailed("central_offline", "r:1")
    assert "take" not in running.parts.names()


def test_photo_that_is_gone_is_not_stored(running):
    running.parts.shots.clear()
    assert running.answer(STORE) == m.StoreFailed("photo_gone", "store:1")


def test_stop_stops_following_payments(running):
    running.performer.stop()
    assert "stop" in running.parts.names()

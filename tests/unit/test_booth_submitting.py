"""Into the outbox, once, with all that belongs to the photo; and the receipt that opens it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from booth_parts import BATCH, CONSENT, STUDENT
from central_samples import jpeg, sha256

from hardware.base import Still
from kiosk.booth.payments import reference_for
from kiosk.booth.photographer import Shot
from kiosk.booth.submitting import Submitting, receipt_number
from kiosk.central.errors import OutboxError, OutboxFull
from kiosk.central.outbox import Outbox
from kiosk.central.service.words.rules import WORDS as REVIEWER
from kiosk.central.signature import Verified, load_signing_key, public_key, verify
from kiosk.portrait.report_page import words
from kiosk.visit import model as m

KEY = "the booth's key"
PORTRAIT, ORIGINAL = jpeg(1), jpeg(2, 60, 80)
PHOTO = m.Photo(sha256(PORTRAIT), passed=True)
PAYMENT = m.Payment(m.PaymentMethod.SANDBOX, 2000, reference="0123456789abcdef", settled=True)
STORE = m.StorePhoto(
    PHOTO, BATCH, STUDENT, CONSENT, PAYMENT, "store:1", last_four="629X", staff_passed=True
)
SHOT_AT = datetime(2027, 3, 1, 16, 0, tzinfo=timezone(timedelta(hours=8)))
SHOT = Shot(
    Still(ORIGINAL, "image/jpeg", 0.0),
    SimpleNamespace(
        jpeg=PORTRAIT,
        photo_sha256=PHOTO.photo_id,
        report=SimpleNamespace(as_dict=lambda: {"conforms": True}),
    ),
    SHOT_AT,
)


class Running:
    def __init__(self, folder) -> None:
        self.outbox = Outbox(folder, b"k" * 32, min_free_bytes=0)
        self.submitting = Submitting(
            self.outbox, booth="booth-1", key=KEY, public_url="https://centre.example/"
        )

    def stored(self):
        with self.outbox.claim(PHOTO.photo_id) as parcel:
            assert parcel is not None
            return parcel


@pytest.fixture
def running(tmp_path):
    running = Running(tmp_path / "outbox")
    yield running
    running.outbox.close()


def token_of(receipt: m.Receipt) -> str:
    assert receipt.url.startswith("https://centre.example/r/")
    return receipt.url.rpartition("/")[2]


def test_receipt_opens_what_was_stored(running):
    answer = running.submitting.store(STORE, SHOT)
    assert answer.request == "store:1"
    submission = running.stored().submission
    assert submission.receipt_token == token_of(answer.receipt)
    assert submission.receipt_number == answer.receipt.number
    assert not answer.receipt.delivered


def test_receipt_number_is_short_can_be_said_aloud_and_belongs_to_its_token():
    assert re.fullmatch(r"[A-Z2-7]{3}-[A-Z2-7]{3}", receipt_number("token"))
    assert receipt_number("token") == receipt_number("token")
    assert len({receipt_number(str(i)) for i in range(200)}) == 200


def test_all_that_belongs_to_the_photo_goes_with_it(running):
    running.submitting.store(STORE, SHOT)
    parcel = running.stored()
    sent = parcel.submission
    assert (parcel.photo, parcel.original) == (PORTRAIT, ORIGINAL)
    assert (sent.photo_sha256, sent.original_sha256) == (sha256(PORTRAIT), sha256(ORIGINAL))
    assert sent.consent_at == datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
    assert sent.consent_version == "2026-1"
    assert sent.shot_at == SHOT_AT
    assert sent.shot_at.utcoffset() == timedelta(0)
    assert (sent.batch, sent.booth, sent.decoder) == ("Z3K8F7", "booth-1", "simulated")
    assert (sent.last_four, sent.staff_passed) == ("629X", True)
    assert sent.payment_reference == PAYMENT.reference
    assert (sent.payment_method, sent.payment_amount_fen) == ("sandbox", 2000)
    assert sent.report == {"conforms": True}


def test_signature_is_made_with_the_booths_key(running):
    running.submitting.store(STORE, SHOT)
    text = f"{sha256(PORTRAIT)}{sha256(ORIGINAL)}".encode()
    expected = hmac.new(KEY.encode(), text, hashlib.sha256).hexdigest()
    assert running.stored().submission.signature == expected


def test_report_is_signed_with_the_booths_own_key(tmp_path):
    key = load_signing_key(tmp_path / "report.key")
    with Outbox(tmp_path / "outbox", b"k" * 32, min_free_bytes=0) as outbox:
        Submitting(
            outbox, booth="b", key=KEY, public_url="https://centre.example", report_key=key
        ).store(STORE, SHOT)
        with outbox.claim(PHOTO.photo_id) as parcel:
            report = json.loads(parcel.submission.model_dump_json())["report"]
    assert verify(report, public_key(key)) is Verified.VALID
    assert verify({**report, "conforms": False}, public_key(key)) is Verified.INVALID


def test_stored_again_it_is_the_same_receipt_and_one_entry(running):
    first = running.submitting.store(STORE, SHOT)
    again = running.submitting.store(replace(STORE, request="store:2"), SHOT)
    assert again == m.Stored(first.receipt, "store:2")
    assert len(running.outbox.entries()) == 1


def test_stored_after_an_attempt_that_failed_half_way_the_receipt_is_right(running, monkeypatch):
    put = running.outbox.put

    def put_and_fail(*given):
        put(*given)
        raise OutboxError("the disk went away after the file was written")

    monkeypatch.setattr(running.outbox, "put", put_and_fail)
    assert running.submitting.store(STORE, SHOT) == m.StoreFailed("outbox_broken", "store:1")
    monkeypatch.undo()
    answer = running.submitting.store(STORE, SHOT)
    assert running.stored().submission.receipt_token == token_of(answer.receipt)


def test_two_attempts_at_once_give_one_receipt(running):
    receipts: list = []
    threads = [
        threading.Thread(target=lambda: receipts.append(running.submitting.store(STORE, SHOT)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(receipts) == 4
    assert len(set(receipts)) == 1
    assert running.stored().submission.receipt_token == token_of(receipts[0].receipt)


@pytest.mark.parametrize(
    ("error", "notice"),
    [(OutboxFull("full"), "outbox_full"), (OutboxError("broken"), "outbox_broken")],
)
def test_outbox_that_fails_is_told_and_may_be_tried_again(running, monkeypatch, error, notice):
    def put(*_):
        raise error

    monkeypatch.setattr(running.outbox, "put", put)
    assert running.submitting.store(STORE, SHOT) == m.StoreFailed(notice, "store:1")
    assert running.submitting.delivered() == ()
    monkeypatch.undo()
    assert isinstance(running.submitting.store(STORE, SHOT), m.Stored)


def test_full_disk(tmp_path):
    with Outbox(tmp_path, b"k" * 32, min_free_bytes=10**18) as outbox:
        submitting = Submitting(outbox, booth="b", key=KEY, public_url="https://centre.example")
        assert submitting.store(STORE, SHOT) == m.StoreFailed("outbox_full", "store:1")


def test_counter_money_taken_without_network_has_the_reference_it_would_have_had(running):
    cash = m.Payment(m.PaymentMethod.COUNTER, 2000, settled=True)
    running.submitting.store(replace(STORE, payment=cash), SHOT)
    sent = running.stored().submission
    method = m.PaymentMethod.COUNTER
    assert sent.payment_reference == reference_for("Z3K8F7", STUDENT.code_hash, method, 0)
    assert (sent.payment_method, sent.payment_amount_fen) == ("counter", 2000)


def test_waived_fee_needs_no_reference(running):
    waived = m.Payment(m.PaymentMethod.WAIVED, 0, settled=True)
    running.submitting.store(replace(STORE, payment=waived), SHOT)
    assert running.stored().submission.payment_reference == ""


def test_delivered_once_the_central_backend_has_confirmed(running):
    running.submitting.store(STORE, SHOT)
    assert running.submitting.delivered() == ()
    running.outbox.mark_sent(PHOTO.photo_id)
    assert running.submitting.delivered() == (PHOTO.photo_id,)
    running.submitting.forget()
    assert running.submitting.delivered() == ()


def test_what_the_student_said_is_a_remark_for_the_reviewer(running):
    said = (m.Declaration.JEWELLERY, m.Declaration.COVERED_EARS)
    running.submitting.store(replace(STORE, declared=said), SHOT)
    report = running.stored().submission.report
    assert [remark["key"] for remark in report["remarks"]] == [
        "declared_jewellery", "declared_covered_ears",
    ]  # fmt: skip
    assert not any(remark["serious"] for remark in report["remarks"]), "it may still pass"
    assert report["conforms"] is True


@pytest.mark.parametrize("what", m.Declaration)
def test_the_reviewer_reads_every_declaration_in_both_languages(what):
    chinese, english = REVIEWER[f"rule_declared_{what}"]
    assert chinese.startswith("本人声明")
    assert "student says" in english
    assert f"declared_{what}" in words()["remarks"]

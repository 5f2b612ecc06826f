"""Who stands there: what is accepted, and the sentence for what is not."""

from __future__ import annotations

import pytest
from booth_parts import BATCH, STUDENT, FakeCentral

from kiosk.booth.batches import BatchDirectory
from kiosk.booth.identification import Identification
from kiosk.booth.pin import hash_pin
from kiosk.codes.capture import load_decoders
from kiosk.codes.keys import load_keys
from kiosk.codes.simulated import issue
from kiosk.settings.codes import CodeSettings
from kiosk.visit import model as m


@pytest.fixture
def central():
    return FakeCentral()


@pytest.fixture
def make(central, tmp_path):
    def make(pin_hash=None):
        settings = CodeSettings(key_file="capture-code.key")
        return Identification(
            BatchDirectory(central, tmp_path / "batches"),
            load_decoders(settings, tmp_path),
            settings=settings,
            pin_hash=pin_hash,
        )

    return make


@pytest.mark.parametrize("text", ["Z3K8F7", " z3k8f7 ", "https://kiosk.example/?batch=Z3K8F7"])
def test_batch_is_found_as_typed_or_scanned(make, text):
    answer = make().look_up_batch(m.LookUpBatch(text, "batch:1"))
    assert answer == m.BatchFound(BATCH, "batch:1")


def test_text_that_is_no_batch_code_may_be_a_capture_code(make, central):
    answer = make().look_up_batch(m.LookUpBatch("CCK1:ABCDEFGH", "scan:1"))
    assert answer == m.BatchRefused("batch_code_malformed", "scan:1", not_a_batch=True)
    assert not central.calls, "a student's code is sent nowhere"


def test_batch_that_is_not_there_and_one_that_cannot_be_asked_for(make, central):
    look_up = m.LookUpBatch("N0SUCH", "batch:1")
    assert make().look_up_batch(look_up) == m.BatchRefused("batch_unknown", "batch:1")
    central.offline = True
    assert make().look_up_batch(look_up) == m.BatchRefused("central_offline", "batch:1")


def test_capture_code_gives_masked_fields_only(make, tmp_path):
    key = load_keys(tmp_path / "capture-code.key", create=True).current
    text = issue("2023010208", "李明", "11010120050315629X", key)
    answer = make().decode_code(m.DecodeCode(text, BATCH, "code:1"))
    assert answer.request == "code:1"
    student = answer.student
    assert (student.masked_name, student.last_four, student.decoder) == ("李*", "629X", "simulated")
    assert "李明" not in repr(student)
    assert "2023010208" not in repr(student)


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("", "code_empty"),
        ("x" * 2000, "code_too_long"),
        ("CCK1:AAAA", "code_forged"),
        ("CCK9:AAAA", "code_unknown_version"),
        ("wxp://f2f0abc", "code_is_payment_code"),
    ],
)
def test_other_codes_are_refused_by_name(make, text, notice):
    answer = make().decode_code(m.DecodeCode(text, BATCH, "code:1"))
    assert answer == m.CodeRefused(notice, "code:1")


def test_last_four_are_compared(make):
    check = make().check_last_four
    assert check(m.CheckLastFour("629x", STUDENT, BATCH, "r")) == m.LastFourChecked(True, "r")
    assert check(m.CheckLastFour("6291", STUDENT, BATCH, "r")) == m.LastFourChecked(False, "r")


def test_opaque_code_has_no_last_four_to_compare(make):
    opaque = m.Student("b" * 64)
    assert make().check_last_four(m.CheckLastFour("1234", opaque, BATCH, "r")).matches


def test_staff_pin(make):
    identification = make(hash_pin("246810"))
    assert identification.check_pin(m.CheckPin("246810", "pin:1")) == m.PinChecked(True, "pin:1")
    assert identification.check_pin(m.CheckPin("246811", "pin:1")) == m.PinChecked(False, "pin:1")


def test_without_a_pin_nobody_is_staff(make):
    assert not make().check_pin(m.CheckPin("", "pin:1")).right


def test_hash_that_is_none_lets_nobody_in_and_says_what_to_do(make, caplog):
    assert make("246810").check_pin(m.CheckPin("246810", "pin:1")) == m.PinChecked(False, "pin:1")
    assert "kiosk config pin" in caplog.text
    assert "Traceback" not in caplog.text

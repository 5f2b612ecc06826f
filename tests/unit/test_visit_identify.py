"""Identify: batch, capture code, last four, confirmation; as the manual has it."""

from __future__ import annotations

import pytest
from visit_walk import FREE, OPAQUE, RULES, SETTINGS, STUDENT, Walk, personal

from kiosk.visit import buttons
from kiosk.visit import model as m
from kiosk.visit.model import Button, State


def test_the_idle_booth_scans_and_offers_to_start() -> None:
    walk = Walk()
    assert walk.state is State.IDLE
    assert walk.switched(m.ScanCodes)
    assert Button.START in buttons(walk.visit)


def test_touching_start_asks_for_the_batch_unless_the_booth_has_one() -> None:
    assert Walk().touch(Button.START).state is State.BATCH
    walk = Walk(booth_batch=FREE).touch(Button.START)
    assert walk.state is State.CODE
    assert walk.visit.batch == FREE


def test_a_batch_qr_shown_to_the_idle_booth_starts_the_visit() -> None:
    walk = Walk().scan("https://kiosk.example/?c=Z3K8F7")
    assert (walk.state, walk.visit.busy) == (State.BATCH, True)
    assert walk.newest(m.LookUpBatch).text == "https://kiosk.example/?c=Z3K8F7"
    assert walk.answer(m.LookUpBatch, m.BatchFound, FREE).state is State.CODE


def test_a_capture_code_shown_to_the_idle_booth_of_one_batch_starts_the_visit() -> None:
    walk = Walk(booth_batch=FREE).scan("capture code")
    assert walk.state is State.CODE
    assert walk.newest(m.DecodeCode).batch == FREE
    assert walk.answer(m.DecodeCode, m.CodeAccepted, STUDENT).state is State.LAST_FOUR


def test_the_capture_code_may_come_before_the_batch() -> None:
    walk = Walk().scan("capture code")
    walk.answer(m.LookUpBatch, m.BatchRefused, "not_a_batch_code", not_a_batch=True)
    assert (walk.state, walk.visit.notice) == (State.BATCH, m.Notice.CODE_KEPT)
    walk.keys("z3k8f7").touch(Button.NEXT).answer(m.LookUpBatch, m.BatchFound, FREE)
    assert walk.state is State.CODE
    assert walk.newest(m.DecodeCode).text == "capture code"
    assert walk.answer(m.DecodeCode, m.CodeAccepted, STUDENT).state is State.LAST_FOUR


def test_what_was_typed_as_a_batch_code_is_not_kept_as_a_capture_code() -> None:
    walk = Walk().touch(Button.START).keys("Z3K8F7").touch(Button.NEXT)
    walk.answer(m.LookUpBatch, m.BatchRefused, "batch_unknown", not_a_batch=True)
    assert (walk.state, walk.visit.notice) == (State.BATCH, "batch_unknown")
    assert walk.visit.early_code == ""


def test_a_batch_code_is_typed_on_the_keypad() -> None:
    walk = Walk().touch(Button.START).keys("z3k")
    assert walk.visit.typed == "Z3K"
    walk.touch(Button.NEXT)
    assert walk.visit.notice == m.Notice.BATCH_CODE_SHORT
    walk.keys("8f7ABCDEF-!").touch(Button.ERASE)
    assert walk.visit.typed == "Z3K8F7A"
    walk.touch(Button.ERASE, Button.NEXT)
    assert walk.newest(m.LookUpBatch).text == "Z3K8F7"


def test_full_width_keys_count_as_the_plain_ones() -> None:
    assert Walk().touch(Button.START).keys("\uff5a\uff13").visit.typed == "Z3"


def test_an_unknown_batch_says_so_and_keeps_what_was_typed() -> None:
    walk = Walk().touch(Button.START).keys("XXXX").touch(Button.NEXT)
    walk.answer(m.LookUpBatch, m.BatchRefused, "batch_unknown")
    assert (walk.state, walk.visit.notice) == (State.BATCH, "batch_unknown")
    assert walk.visit.typed == "XXXX"
    assert not walk.visit.busy


def test_a_wrong_qr_is_named_and_scanning_goes_on() -> None:
    walk = Walk().to_code().scan("https://example.com/menu")
    walk.answer(m.DecodeCode, m.CodeRefused, "not_a_capture_code")
    assert (walk.state, walk.visit.notice) == (State.CODE, "not_a_capture_code")
    assert walk.switched(m.ScanCodes)
    walk.scan("capture code")
    assert walk.newest(m.DecodeCode).text == "capture code"


def test_the_same_code_held_up_is_asked_once_and_again_after_a_while() -> None:
    walk = Walk().to_code().scan("X").scan("X")
    assert len(walk.all(m.DecodeCode)) == 1
    walk.answer(m.DecodeCode, m.CodeRefused, "network_down").scan("X")
    assert len(walk.all(m.DecodeCode)) == 1
    walk.tick(SETTINGS.scan_repeat_s).scan("X")
    assert len(walk.all(m.DecodeCode)) == 2


def test_a_poster_in_the_code_cameras_view_does_not_keep_a_visit_alive() -> None:
    walk = Walk().to_code()
    for _ in range(int(SETTINGS.identify_time_out_s) + 1):
        walk.tick(1)
        if walk.scan("poster").visit.waiting:
            walk.answer(m.DecodeCode, m.CodeRefused, "not_a_capture_code")
    assert walk.state is State.ENDED


def test_scanning_is_off_once_the_code_is_known() -> None:
    walk = Walk().to_last_four()
    assert not walk.switched(m.ScanCodes)
    assert walk.touch(Button.BACK).state is State.CODE
    assert walk.switched(m.ScanCodes)


@pytest.mark.parametrize(
    ("policy", "keys", "typed"),
    [
        ("count", "6(7)", "6(7)"),
        ("count", "\uff16\uff08\uff17\uff09", "6(7)"),
        ("count", "123x", "123X"),
        ("strip", "45(67)", "4567"),
        ("exclude", "(3456)", "3456"),
    ],
)
def test_the_last_four_are_checked_by_themselves_when_complete(
    policy: str, keys: str, typed: str
) -> None:
    batch = m.Batch("Z3K8F7", "江南大学", "2027", bracket_policy=policy)
    walk = Walk().to_last_four(batch).keys(keys)
    assert walk.newest(m.CheckLastFour).typed == typed
    assert walk.answer(m.CheckLastFour, m.LastFourChecked, True).state is State.CONFIRM
    assert walk.visit.last_four == typed


def test_wrong_last_fours_are_counted_and_end_the_visit() -> None:
    walk = Walk().to_last_four()
    for attempt in range(1, RULES.max_attempts):
        walk.keys("0000").answer(m.CheckLastFour, m.LastFourChecked, False)
        assert (walk.state, walk.visit.notice) == (State.LAST_FOUR, m.Notice.LAST_FOUR_WRONG)
        assert (walk.visit.attempts, walk.visit.typed) == (attempt, "")
    # Going back to the code and forth again gives no new attempts.
    walk.touch(Button.BACK).scan("capture code").answer(m.DecodeCode, m.CodeAccepted, STUDENT)
    walk.keys("0000").answer(m.CheckLastFour, m.LastFourChecked, False)
    assert (walk.state, walk.visit.end_reason) == (State.ENDED, m.EndReason.TOO_MANY_ATTEMPTS)
    assert personal(walk.visit) == []


def test_an_opaque_codes_last_four_is_kept_for_the_centre_and_not_compared() -> None:
    walk = Walk().to_last_four(student=OPAQUE).keys("12")
    walk.touch(Button.ERASE).keys("234")
    assert walk.state is State.CONFIRM
    assert walk.visit.last_four == "1234"
    assert walk.all(m.CheckLastFour) == []


def test_not_me_goes_back_to_the_code_and_forgets_the_student() -> None:
    walk = Walk().to_confirm().touch(Button.BACK)
    assert walk.state is State.CODE
    assert (walk.visit.student, walk.visit.last_four) == (None, "")
    # The same phone may be shown again at once.
    assert walk.scan("capture code").newest(m.DecodeCode).request == walk.visit.waiting


def test_back_from_the_first_screen_is_idle() -> None:
    assert Walk().touch(Button.START, Button.BACK).state is State.IDLE
    assert Walk(booth_batch=FREE).touch(Button.START, Button.BACK).state is State.IDLE
    assert Walk().to_code().touch(Button.BACK).state is State.BATCH


def test_no_answer_lets_the_student_try_again() -> None:
    walk = Walk().to_code().scan("X").tick(SETTINGS.process_time_out_s)
    assert (walk.state, walk.visit.notice) == (State.CODE, m.Notice.NO_ANSWER)
    late = walk.newest(m.DecodeCode).request
    walk.scan("Y").do(m.CodeAccepted(STUDENT, late))
    assert walk.state is State.CODE, "the answer to the abandoned scan must not count"
    assert walk.answer(m.DecodeCode, m.CodeAccepted, STUDENT).state is State.LAST_FOUR

"""From anywhere: time-out, cancel, language, staff help, faults."""

from __future__ import annotations

import pytest
from visit_walk import COUNTER, FREE, PHOTO, RECEIPT, RULES, SETTINGS, STUDENT, Walk, personal

from kiosk.visit import buttons
from kiosk.visit import model as m
from kiosk.visit.anywhere import WARNED
from kiosk.visit.model import Button, Fault, State
from kiosk.visit.staff import CODE_MAX_LENGTH

STAGES = {
    State.BATCH: lambda: Walk().touch(Button.START),
    State.CODE: lambda: Walk().to_code(),
    State.LAST_FOUR: lambda: Walk().to_last_four(),
    State.CONFIRM: lambda: Walk().to_confirm(),
    State.CONSENT: lambda: Walk().to_consent(),
    State.PAY: lambda: Walk().agreed(COUNTER),
    State.POSE: lambda: Walk().to_pose(),
    State.SHOOT: lambda: Walk().to_shoot(),
    State.LOOK: lambda: Walk().to_look(),
    State.SUBMIT: lambda: Walk().to_submit(),
    State.RECEIPT: lambda: Walk().to_receipt(),
}


@pytest.mark.parametrize("state", [s for s in WARNED if s is not State.FAULT])
def test_a_student_who_has_left_is_asked_and_then_forgotten(state: State) -> None:
    walk = STAGES[state]()
    if state is State.PAY:
        walk.answer(m.OpenPayment, m.PaymentChanged, m.Payment(m.PaymentMethod.SANDBOX, 2000, "P"))
    limit = RULES.time_out_s[state]
    walk.tick(limit - RULES.warn_s - 1)
    assert walk.visit.warning_s is None
    walk.tick(1)
    assert walk.visit.warning_s == RULES.warn_s
    assert Button.STAY in buttons(walk.visit)
    walk.tick(RULES.warn_s / 2).touch(Button.STAY)
    assert (walk.state, walk.visit.warning_s) == (state, None)
    walk.tick(limit)
    assert (walk.state, walk.visit.end_reason) == (State.ENDED, m.EndReason.TIMED_OUT)
    assert m.Forget() in walk.effects
    assert personal(walk.visit) == []
    assert walk.tick(SETTINGS.ended_time_out_s).state is State.IDLE


@pytest.mark.parametrize("state", [s for s in STAGES if s not in (State.SUBMIT, State.RECEIPT)])
def test_cancel_ends_the_visit_from_any_screen(state: State) -> None:
    walk = STAGES[state]().touch(Button.CANCEL)
    assert (walk.state, walk.visit.end_reason) == (State.ENDED, m.EndReason.CANCELLED)
    assert personal(walk.visit) == []
    assert not walk.switched(m.ScanCodes)
    assert not walk.switched(m.Guide)


@pytest.mark.parametrize("state", STAGES)
def test_the_language_changes_anywhere_and_nothing_else_with_it(state: State) -> None:
    walk = STAGES[state]()
    before = walk.visit
    after = walk.do(m.LanguageTouched(m.Language.ENGLISH)).visit
    assert after.language is m.Language.ENGLISH
    assert (after.state, after.student, after.photo) == (before.state, before.student, before.photo)
    assert (after.typed, after.waiting, after.busy) == (before.typed, before.waiting, before.busy)


def test_the_idle_booth_goes_back_to_its_own_language() -> None:
    walk = Walk().do(m.LanguageTouched(m.Language.ENGLISH)).tick(5)
    assert walk.visit.language is m.Language.ENGLISH
    assert walk.tick(RULES.time_out_s[State.IDLE]).visit.language is m.Language.CHINESE
    assert Walk().do(m.LanguageTouched(m.Language.ENGLISH)).to_pose().visit.language == "en"


@pytest.mark.parametrize("state", STAGES)
def test_help_comes_and_goes_and_the_visit_stands_where_it_was(state: State) -> None:
    walk = STAGES[state]()
    before = walk.visit
    walk.touch(Button.HELP)
    assert (walk.state, walk.visit.returns_to) == (State.HELP, state)
    walk.touch(Button.BACK)
    assert walk.state is state
    assert (walk.visit.student, walk.visit.photo) == (before.student, before.photo)
    assert (walk.visit.waiting, walk.visit.payment_request) == (
        before.waiting,
        before.payment_request,
    )
    assert walk.to_staff().touch(Button.STAFF_CLOSE).state is state


def test_help_that_does_not_come_goes_back_to_the_student() -> None:
    walk = Walk().to_consent().touch(Button.HELP).tick(SETTINGS.help_time_out_s)
    assert walk.state is State.CONSENT
    walk.to_staff().tick(SETTINGS.help_time_out_s)
    assert walk.state is State.CONSENT, "staff who forgot to close leave nobody in charge"


def test_the_pin_is_not_shown_again_and_counts_only_digits() -> None:
    walk = Walk().to_pose().touch(Button.HELP).keys("12a(4")
    assert walk.visit.typed == "124"
    walk.touch(Button.ERASE).keys("3").touch(Button.NEXT)
    assert walk.newest(m.CheckPin).pin == "123"
    assert walk.visit.typed == ""
    assert Button.NEXT not in buttons(walk.visit)


def test_guessing_the_pin_locks_it_even_over_visits_and_spares_the_student() -> None:
    walk = Walk().to_look()
    for attempt in range(RULES.max_attempts):
        if attempt == 2:  # a new visit gives no new attempts
            walk.touch(Button.CANCEL, Button.DONE).to_look()
        if walk.state is not State.HELP:
            walk.touch(Button.HELP)
        walk.keys("1111").touch(Button.NEXT).answer(m.CheckPin, m.PinChecked, False)
    assert (walk.state, walk.visit.notice) == (State.HELP, m.Notice.PIN_LOCKED)
    walk.keys("2468").touch(Button.NEXT)
    assert len(walk.all(m.CheckPin)) == RULES.max_attempts
    walk.touch(Button.BACK, Button.HELP)
    assert walk.visit.notice is None
    assert walk.keys("2").visit.notice is m.Notice.PIN_LOCKED, "a dead keypad says why"
    assert walk.visit.typed == ""
    assert walk.touch(Button.BACK).visit.photo == PHOTO
    walk.tick(RULES.time_out_s[State.LOOK] - 1).touch(Button.STAY)
    while walk.visit.now < walk.visit.pin_locked_until:
        walk.tick(30).touch(Button.STAY)
    assert walk.to_staff().visit.pin_attempts == 0


def test_a_pin_answer_after_leaving_help_lets_nobody_in() -> None:
    walk = Walk().to_pose().touch(Button.HELP).keys("2468").touch(Button.NEXT, Button.BACK)
    assert walk.answer(m.CheckPin, m.PinChecked, True).state is State.POSE
    walk.touch(Button.HELP).answer(m.CheckPin, m.PinChecked, True)
    assert walk.state is State.HELP


def test_only_staff_types_a_capture_code() -> None:
    walk = Walk().to_code().keys("CC1")
    assert walk.visit.typed == ""
    walk.to_staff().keys("CC1.x").touch(Button.ERASE, Button.NEXT)
    assert walk.state is State.CODE
    assert walk.newest(m.DecodeCode).text == "CC1."
    assert walk.answer(m.DecodeCode, m.CodeAccepted, STUDENT).state is State.LAST_FOUR


def test_a_code_with_keys_held_down_stays_as_long_as_codes_are() -> None:
    walk = Walk().to_code().to_staff().keys("é\n" + "C" * (CODE_MAX_LENGTH + 5))
    assert walk.visit.typed == "C" * CODE_MAX_LENGTH


def test_staff_ends_a_visit() -> None:
    walk = Walk().to_look().to_staff().touch(Button.STAFF_END)
    assert (walk.state, walk.visit.end_reason) == (State.ENDED, m.EndReason.STAFF)
    assert m.Note("visit ended: staff") in walk.effects


def test_a_stored_photo_reaches_its_receipt_while_staff_is_there() -> None:
    walk = Walk().to_submit().to_staff().answer(m.StorePhoto, m.Stored, RECEIPT)
    assert walk.state is State.STAFF
    assert walk.touch(Button.STAFF_CLOSE).state is State.RECEIPT


def test_a_lost_camera_is_waited_for_and_the_visit_goes_on_where_it_was() -> None:
    walk = Walk().to_pose().do(m.FaultRaised(Fault.CAMERA))
    assert (walk.state, walk.visit.returns_to) == (State.FAULT, State.POSE)
    assert walk.switched(m.Guide), "live view is kept asking, or its return would go unnoticed"
    walk.do(m.FaultCleared(Fault.CAMERA))
    assert walk.state is State.POSE
    assert m.Guide(True) in walk.last, "the coach starts afresh"
    assert walk.visit.student == STUDENT


def test_several_faults_are_waited_for_together() -> None:
    walk = Walk().to_pose().do(m.FaultRaised(Fault.CAMERA)).do(m.FaultRaised(Fault.GUIDANCE))
    assert walk.do(m.FaultCleared(Fault.CAMERA)).state is State.FAULT
    assert walk.do(m.FaultCleared(Fault.GUIDANCE)).state is State.POSE


def test_a_fault_is_shown_only_where_the_device_is_needed() -> None:
    walk = Walk().to_consent().do(m.FaultRaised(Fault.CAMERA)).do(m.FaultRaised(Fault.CODE_CAMERA))
    assert walk.state is State.CONSENT
    assert set(walk.visit.faults) == {Fault.CAMERA, Fault.CODE_CAMERA}
    walk = Walk().to_look().do(m.FaultRaised(Fault.CAMERA))
    assert walk.touch(Button.AGAIN).state is State.FAULT
    assert walk.do(m.FaultCleared(Fault.CAMERA)).state is State.POSE


def test_a_camera_lost_during_the_still_costs_no_take() -> None:
    walk = Walk().to_shoot().do(m.FaultRaised(Fault.CAMERA))
    assert (walk.state, walk.visit.returns_to) == (State.FAULT, State.SHOOT)
    walk.answer(m.TakePhoto, m.PhotoFailed, "still_failed")
    assert (walk.state, walk.visit.returns_to) == (State.FAULT, State.POSE)
    walk.do(m.FaultCleared(Fault.CAMERA))
    assert (walk.state, walk.visit.takes_left) == (State.POSE, FREE.takes)


def test_a_photo_already_shot_is_shown_though_the_camera_is_gone() -> None:
    walk = Walk().to_shoot().do(m.FaultRaised(Fault.CAMERA))
    assert walk.answer(m.TakePhoto, m.PhotoReady, PHOTO).state is State.LOOK


def test_no_visit_begins_while_the_booth_cannot_take_photos() -> None:
    walk = Walk().do(m.FaultRaised(Fault.CAMERA))
    assert walk.state is State.IDLE
    assert walk.touch(Button.START).state is State.FAULT
    assert walk.do(m.FaultCleared(Fault.CAMERA)).state is State.BATCH
    walk = Walk(FREE).do(m.FaultRaised(Fault.OUTBOX)).scan("capture code")
    assert (walk.state, walk.all(m.DecodeCode)) == (State.FAULT, [])
    assert walk.do(m.FaultCleared(Fault.OUTBOX)).state is State.CODE


def test_a_fault_that_stays_lets_the_student_go() -> None:
    walk = Walk().to_pose().do(m.FaultRaised(Fault.CAMERA)).tick(SETTINGS.help_time_out_s)
    assert (walk.state, walk.visit.end_reason) == (State.ENDED, m.EndReason.TIMED_OUT)
    walk.tick(SETTINGS.ended_time_out_s)
    assert (walk.state, walk.visit.faults) == (State.IDLE, (Fault.CAMERA,))


def test_help_over_a_fault_goes_back_to_the_fault_or_to_the_visit() -> None:
    walk = Walk().to_pose().do(m.FaultRaised(Fault.CAMERA)).to_staff()
    assert Button.STAFF_SHOOT not in buttons(walk.visit)
    assert walk.touch(Button.STAFF_CLOSE).state is State.FAULT
    walk.to_staff().do(m.FaultCleared(Fault.CAMERA))
    assert walk.state is State.STAFF
    assert walk.touch(Button.STAFF_CLOSE).state is State.POSE


def test_a_fault_nothing_needs_is_logged_and_stops_nobody() -> None:
    walk = Walk().to_pose().do(m.FaultRaised("printer"))
    assert walk.state is State.POSE
    assert any("printer" in note.what for note in walk.all(m.Note))


def test_a_clock_that_jumps_back_ends_nothing() -> None:
    walk = Walk().to_pose().tick(10)
    assert walk.do(m.Tick(3)).visit.now == 10


def test_the_booths_batch_can_change_between_visits() -> None:
    walk = Walk().do(m.BoothBatchChanged(FREE))
    assert walk.touch(Button.START).visit.batch == FREE

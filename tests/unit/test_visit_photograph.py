"""Pose, shoot, look, submit: takes are counted fairly, and no photo is lost or sent twice."""

from __future__ import annotations

from dataclasses import replace

from visit_walk import BAD_PHOTO, CONSENT, FREE, PHOTO, RECEIPT, SETTINGS, STUDENT, Walk, personal

from kiosk.guidance.model import Arrow, Coaching
from kiosk.visit import buttons
from kiosk.visit import model as m
from kiosk.visit.model import Button, State

ONE_TAKE = replace(FREE, takes=1)


def test_posing_switches_guidance_on_and_shows_the_coachs_word() -> None:
    walk = Walk().to_pose()
    assert walk.switched(m.Guide)
    word = Coaching("turn_left", Arrow.TURN_LEFT, 0.0)
    assert walk.do(m.Coached(word)).visit.coaching == word


def test_a_face_on_the_chair_keeps_the_visit_alive() -> None:
    walk = Walk().to_pose()
    for _ in range(int(SETTINGS.pose_time_out_s) + 5):
        walk.tick(1).do(m.Coached(face_seen=True))
    assert walk.state is State.POSE
    for _ in range(int(SETTINGS.pose_time_out_s) + 5):
        walk.tick(1).do(m.Coached(face_seen=False))
    assert walk.state is State.IDLE


def test_the_coach_shoots_and_the_photo_costs_a_take() -> None:
    walk = Walk().to_shoot()
    assert walk.newest(m.TakePhoto).batch == FREE
    assert walk.visit.busy
    walk.do(m.Coached(shoot=True))
    assert len(walk.all(m.TakePhoto)) == 1
    walk.answer(m.TakePhoto, m.PhotoReady, PHOTO)
    assert (walk.state, walk.visit.photo) == (State.LOOK, PHOTO)
    assert (walk.visit.takes_left, walk.visit.takes_used) == (FREE.takes - 1, 1)
    assert not walk.switched(m.Guide)


def test_the_lamp_and_live_view_stay_on_while_the_still_is_taken() -> None:
    assert Walk().to_shoot().switched(m.Guide)


def test_a_still_that_failed_costs_no_take_and_starts_the_coach_afresh() -> None:
    walk = Walk().to_shoot().answer(m.TakePhoto, m.PhotoFailed, "still_failed")
    assert (walk.state, walk.visit.notice) == (State.POSE, "still_failed")
    assert (walk.visit.takes_left, walk.visit.takes_used) == (FREE.takes, 0)
    assert m.Guide(True) in walk.last
    walk.do(m.Coached())
    assert walk.visit.notice == "still_failed", "the student must have time to read it"
    walk.tick(SETTINGS.notice_s).do(m.Coached())
    assert (walk.state, walk.visit.notice) == (State.POSE, None)


def test_a_photo_that_does_not_come_in_time_costs_no_take_and_is_ignored_when_it_comes() -> None:
    walk = Walk().to_shoot().tick(SETTINGS.process_time_out_s)
    assert (walk.state, walk.visit.notice) == (State.POSE, m.Notice.PHOTO_SLOW)
    walk.answer(m.TakePhoto, m.PhotoReady, PHOTO)
    assert (walk.state, walk.visit.photo) == (State.POSE, None)


def test_a_good_photo_may_be_taken_or_shot_again() -> None:
    walk = Walk().to_look()
    assert {Button.TAKE, Button.AGAIN} <= set(buttons(walk.visit))
    assert walk.touch(Button.AGAIN).state is State.POSE


def test_a_photo_that_did_not_pass_can_only_be_shot_again() -> None:
    walk = Walk().to_look(BAD_PHOTO)
    assert Button.TAKE not in buttons(walk.visit)
    assert walk.touch(Button.TAKE).state is State.LOOK
    assert walk.touch(Button.AGAIN).state is State.POSE


def test_without_takes_left_a_good_photo_can_only_be_taken() -> None:
    walk = Walk().to_look(batch=ONE_TAKE)
    assert Button.AGAIN not in buttons(walk.visit)
    assert walk.touch(Button.AGAIN).state is State.LOOK
    assert walk.touch(Button.TAKE).state is State.SUBMIT


def test_without_takes_left_staff_helps_over_a_bad_photo() -> None:
    walk = Walk().to_look(BAD_PHOTO, ONE_TAKE)
    assert not {Button.TAKE, Button.AGAIN} & set(buttons(walk.visit))
    walk.to_staff().touch(Button.STAFF_ANOTHER_TAKE)
    assert (walk.visit.takes_left, walk.visit.notice) == (1, m.Notice.TAKE_ADDED)
    walk.touch(Button.STAFF_CLOSE)
    assert walk.state is State.LOOK
    assert walk.shoot_again().state is State.LOOK


def test_nobody_is_shot_when_all_takes_are_used() -> None:
    walk = Walk().to_pose()
    walk.visit = replace(walk.visit, takes_left=0)
    walk.do(m.Coached(Coaching(), face_seen=True, shoot=True))
    assert (walk.state, walk.all(m.TakePhoto)) == (State.POSE, [])
    walk.to_staff()
    assert Button.STAFF_SHOOT not in buttons(walk.visit)


def test_it_is_on_record_whether_a_photo_passed() -> None:
    for photo, told in ((PHOTO, "photo passed"), (BAD_PHOTO, "photo did not pass")):
        assert m.Note(told) in Walk().to_look(photo).effects


def test_staff_may_let_a_photo_pass_but_only_that_one() -> None:
    walk = Walk().to_look(BAD_PHOTO).to_staff().touch(Button.STAFF_PASS)
    assert Button.STAFF_PASS not in buttons(walk.visit), "once is enough"
    walk.touch(Button.STAFF_CLOSE)
    assert Button.TAKE in buttons(walk.visit)
    walk.shoot_again(BAD_PHOTO)
    assert Button.TAKE not in buttons(walk.visit)
    walk.to_staff().touch(Button.STAFF_PASS, Button.STAFF_CLOSE, Button.TAKE)
    assert walk.newest(m.StorePhoto).staff_passed


def test_staff_has_the_photo_taken_for_a_sitter_the_coach_cannot_content() -> None:
    walk = Walk().to_pose().to_staff().touch(Button.STAFF_SHOOT)
    assert walk.state is State.SHOOT
    assert walk.switched(m.Guide)
    assert walk.answer(m.TakePhoto, m.PhotoReady, BAD_PHOTO).state is State.LOOK


def test_the_submission_holds_all_that_belongs_to_it() -> None:
    walk = Walk().to_submit()
    stored = walk.newest(m.StorePhoto)
    assert (stored.photo, stored.batch, stored.student) == (PHOTO, FREE, STUDENT)
    assert (stored.consent, stored.last_four) == (CONSENT, "6(7)")
    assert stored.payment.settled
    walk.touch(Button.TAKE, Button.NEXT)
    assert len(walk.all(m.StorePhoto)) == 1


def test_submitted_is_said_only_when_the_photo_is_safe() -> None:
    walk = Walk().to_submit()
    assert walk.visit.receipt is None
    walk.answer(m.StorePhoto, m.Stored, RECEIPT)
    assert (walk.state, walk.visit.receipt) == (State.RECEIPT, RECEIPT)


def test_a_photo_that_cannot_be_stored_is_not_lost() -> None:
    walk = Walk().to_submit().answer(m.StorePhoto, m.StoreFailed, "disk_full")
    assert (walk.state, walk.visit.notice) == (State.SUBMIT, "disk_full")
    assert {Button.NEXT, Button.HELP} <= set(buttons(walk.visit))
    assert Button.CANCEL not in buttons(walk.visit)
    walk.touch(Button.NEXT)
    again = walk.all(m.StorePhoto)
    assert len(again) == 2
    assert again[0] == again[1], "the same photo under the same request"
    assert walk.answer(m.StorePhoto, m.Stored, RECEIPT).state is State.RECEIPT


def test_storing_is_tried_again_by_itself_while_the_student_has_left() -> None:
    walk = Walk().to_submit()
    for _ in range(3):
        walk.answer(m.StorePhoto, m.StoreFailed, "disk_full").tick(SETTINGS.process_time_out_s)
    assert len(walk.all(m.StorePhoto)) == 4
    assert walk.visit.photo == PHOTO
    assert walk.answer(m.StorePhoto, m.Stored, RECEIPT).state is State.RECEIPT


def test_a_slow_disk_is_waited_for_before_anything_is_stored_again() -> None:
    walk = Walk().to_submit().tick(SETTINGS.process_time_out_s)
    assert (walk.state, walk.visit.notice) == (State.SUBMIT, m.Notice.STORE_SLOW)
    assert len(walk.all(m.StorePhoto)) == 1
    assert walk.answer(m.StorePhoto, m.Stored, RECEIPT).state is State.RECEIPT


def test_the_receipt_says_when_the_centre_has_the_photo() -> None:
    walk = Walk().to_receipt().do(m.Delivered("another photo"))
    assert not walk.visit.receipt.delivered
    assert walk.do(m.Delivered(PHOTO.photo_id)).visit.receipt.delivered


def test_a_delivery_faster_than_the_receipt_counts() -> None:
    walk = Walk().to_submit().do(m.Delivered(PHOTO.photo_id))
    walk.answer(m.StorePhoto, m.Stored, RECEIPT)
    assert walk.visit.receipt.delivered


def test_everything_is_forgotten_after_the_receipt() -> None:
    walk = Walk().to_receipt().do(m.LanguageTouched(m.Language.ENGLISH)).touch(Button.DONE)
    assert walk.state is State.IDLE
    assert m.Forget() in walk.last
    assert personal(walk.visit) == []
    assert walk.visit.language is m.Language.CHINESE
    assert Walk().to_receipt().tick(SETTINGS.receipt_time_out_s).state is State.IDLE


def test_the_stored_answer_of_an_earlier_visit_never_shows_in_the_next() -> None:
    walk = Walk().to_submit()
    earlier = walk.newest(m.StorePhoto).request
    walk.to_staff().touch(Button.STAFF_END, Button.DONE)
    assert walk.state is State.IDLE
    walk.to_submit().do(m.Stored(RECEIPT, earlier))
    assert (walk.state, walk.visit.receipt) == (State.SUBMIT, None)


def test_a_photo_that_comes_while_help_is_shown_is_looked_at_afterwards() -> None:
    walk = Walk().to_shoot().touch(Button.HELP).answer(m.TakePhoto, m.PhotoReady, PHOTO)
    assert (walk.state, walk.visit.takes_used) == (State.HELP, 1)
    assert walk.touch(Button.BACK).state is State.LOOK


def test_student_declares_what_no_camera_sees_and_takes_it_back() -> None:
    walk = Walk().to_look()
    for what in (m.Declaration.JEWELLERY, m.Declaration.MAKE_UP, m.Declaration.JEWELLERY):
        walk.do(m.Declared(what))
    assert walk.visit.declared == (m.Declaration.MAKE_UP,)
    assert walk.visit.touched_at == walk.visit.now, "somebody is there"
    walk.do(m.Touched(Button.TAKE))
    assert walk.newest(m.StorePhoto).declared == (m.Declaration.MAKE_UP,)


def test_declaration_is_of_one_photo_and_is_made_on_its_screen_only() -> None:
    walk = Walk().to_look().do(m.Declared(m.Declaration.MAKE_UP)).do(m.Touched(Button.AGAIN))
    assert walk.visit.declared == ()
    assert walk.do(m.Declared(m.Declaration.MAKE_UP)).visit.declared == ()

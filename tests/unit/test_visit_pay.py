"""Consent and payment: nothing without the one, no money lost with the other."""

from __future__ import annotations

from dataclasses import replace

from visit_walk import CONSENT, COUNTER, FREE, PAID, PHOTO, SETTINGS, Walk

from kiosk.visit import buttons
from kiosk.visit import model as m
from kiosk.visit.model import Button, State

OPEN = m.Payment(m.PaymentMethod.SANDBOX, 3000, reference="P-1", qr_text="weixin://pay")
SETTLED = replace(OPEN, settled=True)


def opened(walk: Walk) -> Walk:
    walk.agreed(PAID)
    assert walk.state is State.PAY
    return walk.answer(m.OpenPayment, m.PaymentChanged, OPEN)


def test_refusing_consent_ends_the_visit() -> None:
    walk = Walk().to_consent().touch(Button.REFUSE)
    assert (walk.state, walk.visit.end_reason) == (State.ENDED, m.EndReason.CONSENT_REFUSED)
    assert m.Forget() in walk.last


def test_consent_is_recorded_with_version_and_time() -> None:
    walk = Walk().to_consent().touch(Button.AGREE, Button.AGREE)
    assert len(walk.all(m.RecordConsent)) == 1, "touched twice, recorded once"
    assert walk.newest(m.RecordConsent).version == SETTINGS.consent_version
    walk.answer(m.RecordConsent, m.ConsentRecorded, CONSENT)
    assert walk.visit.consent == CONSENT


def test_a_free_batch_asks_for_no_payment() -> None:
    walk = Walk().agreed(FREE)
    assert walk.state is State.POSE
    assert walk.visit.payment == m.Payment(m.PaymentMethod.WAIVED, 0, settled=True)


def test_where_the_school_pays_the_student_is_not_asked() -> None:
    waived = replace(PAID, methods=(m.PaymentMethod.WAIVED,))
    walk = Walk().agreed(waived)
    assert walk.state is State.POSE
    assert walk.all(m.OpenPayment) == []


def test_the_payment_qr_is_shown_and_the_visit_goes_on_when_it_is_paid() -> None:
    walk = Walk().agreed(PAID)
    assert (walk.state, walk.visit.busy) == (State.PAY, True)
    asked = walk.newest(m.OpenPayment)
    assert (asked.method, asked.amount_fen) == (m.PaymentMethod.SANDBOX, 3000)
    walk.answer(m.OpenPayment, m.PaymentChanged, OPEN)
    assert (walk.state, walk.visit.busy) == (State.PAY, False)
    assert walk.visit.payment.qr_text == "weixin://pay"
    walk.answer(m.OpenPayment, m.PaymentChanged, SETTLED)
    assert walk.state is State.POSE


def test_a_failed_payment_can_be_tried_again() -> None:
    walk = opened(Walk()).answer(m.OpenPayment, m.PaymentFailed, "payment_expired")
    assert (walk.state, walk.visit.notice) == (State.PAY, "payment_expired")
    first = walk.newest(m.OpenPayment).request
    walk.touch(Button.NEXT)
    assert walk.newest(m.OpenPayment).request != first
    walk.answer(m.OpenPayment, m.PaymentChanged, SETTLED)
    assert walk.state is State.POSE


def test_a_payment_nobody_opens_in_time_can_be_tried_again() -> None:
    walk = Walk().agreed(PAID).tick(SETTINGS.process_time_out_s)
    assert (walk.state, walk.visit.notice) == (State.PAY, m.Notice.NO_ANSWER)
    assert walk.newest(m.ClosePayment).request == walk.newest(m.OpenPayment).request
    assert Button.NEXT in buttons(walk.visit)


def test_cancelling_closes_the_open_payment() -> None:
    walk = opened(Walk()).touch(Button.CANCEL)
    assert walk.state is State.ENDED
    assert walk.newest(m.ClosePayment).payment == OPEN
    assert walk.visit.notice is None


def test_cancelling_while_it_is_being_opened_closes_it_when_it_comes() -> None:
    walk = Walk().agreed(PAID).touch(Button.CANCEL)
    request = walk.newest(m.OpenPayment).request
    assert walk.newest(m.ClosePayment).request == request
    walk.do(m.PaymentChanged(OPEN, request))
    assert walk.newest(m.ClosePayment).payment == OPEN
    assert walk.state is State.ENDED


def test_a_payment_that_settles_as_the_student_cancels_is_on_record() -> None:
    walk = opened(Walk()).touch(Button.CANCEL)
    walk.answer(m.OpenPayment, m.PaymentChanged, SETTLED)
    assert any("P-1" in note.what for note in walk.all(m.Note))
    assert walk.state is State.ENDED


def test_cancelling_after_paying_tells_the_student_the_payment_is_kept() -> None:
    walk = opened(Walk()).answer(m.OpenPayment, m.PaymentChanged, SETTLED).touch(Button.CANCEL)
    assert (walk.state, walk.visit.notice) == (State.ENDED, m.Notice.PAYMENT_KEPT)
    assert any("P-1" in note.what for note in walk.all(m.Note))
    assert walk.all(m.ClosePayment) == [], "a settled payment is not closed"


def test_a_late_payment_of_one_student_never_pays_for_the_next() -> None:
    walk = opened(Walk())
    earlier = walk.newest(m.OpenPayment).request
    walk.touch(Button.CANCEL, Button.DONE).agreed(PAID)
    walk.do(m.PaymentChanged(SETTLED, earlier))
    assert walk.state is State.PAY
    assert walk.visit.payment is None


def test_paying_while_help_was_asked_counts() -> None:
    walk = opened(Walk()).touch(Button.HELP)
    walk.answer(m.OpenPayment, m.PaymentChanged, SETTLED)
    assert (walk.state, walk.visit.returns_to) == (State.HELP, State.POSE)
    assert walk.touch(Button.BACK).state is State.POSE


def test_help_does_not_open_the_payment_a_second_time() -> None:
    walk = opened(Walk()).touch(Button.HELP, Button.BACK)
    assert walk.state is State.PAY
    assert len(walk.all(m.OpenPayment)) == 1
    assert walk.visit.payment == OPEN


def test_staff_takes_the_fee_at_the_counter() -> None:
    walk = Walk().agreed(COUNTER).answer(m.OpenPayment, m.PaymentChanged, OPEN).to_staff()
    walk.touch(Button.STAFF_PAID)
    assert walk.state is State.POSE
    assert walk.newest(m.ClosePayment).payment == OPEN, "nobody pays twice"
    asked = walk.newest(m.OpenPayment)
    assert (asked.method, asked.amount_fen) == (m.PaymentMethod.COUNTER, 2000)
    assert walk.all(m.VouchPayment) == [], "it has no name yet"
    named = m.Payment(m.PaymentMethod.COUNTER, 2000, reference="P-8")
    walk.answer(m.OpenPayment, m.PaymentChanged, named)
    assert walk.state is State.POSE
    assert walk.newest(m.VouchPayment).payment == replace(named, settled=True)
    walk.answer(m.OpenPayment, m.PaymentChanged, replace(named, settled=True))
    assert len(walk.all(m.VouchPayment)) == 1


def test_money_taken_without_network_still_lets_the_student_go_on() -> None:
    walk = Walk().agreed(COUNTER).answer(m.OpenPayment, m.PaymentFailed, "payment_offline")
    walk.to_staff().touch(Button.STAFF_PAID)
    walk.answer(m.OpenPayment, m.PaymentFailed, "payment_offline")
    assert walk.state is State.POSE
    walk.do(m.Coached(shoot=True)).answer(m.TakePhoto, m.PhotoReady, PHOTO).touch(Button.TAKE)
    paid = walk.newest(m.StorePhoto).payment
    assert (paid.method, paid.settled, paid.reference) == (m.PaymentMethod.COUNTER, True, "")


def test_a_counter_payment_that_was_opened_keeps_its_reference() -> None:
    batch = replace(COUNTER, methods=(m.PaymentMethod.COUNTER,))
    counter = m.Payment(m.PaymentMethod.COUNTER, 2000, reference="P-7")
    walk = Walk().agreed(batch).answer(m.OpenPayment, m.PaymentChanged, counter)
    assert walk.state is State.PAY
    walk.to_staff().touch(Button.STAFF_PAID)
    assert walk.newest(m.VouchPayment).payment.reference == "P-7"
    assert walk.all(m.ClosePayment) == []


def test_staff_cannot_take_money_where_the_batch_does_not() -> None:
    walk = opened(Walk()).to_staff()
    assert Button.STAFF_PAID not in buttons(walk.visit)
    assert walk.touch(Button.STAFF_PAID).state is State.STAFF


def test_no_money_is_asked_for_while_the_camera_is_away() -> None:
    walk = Walk().to_consent(PAID).do(m.FaultRaised(m.Fault.CAMERA))
    assert walk.state is State.CONSENT
    walk.touch(Button.AGREE).answer(m.RecordConsent, m.ConsentRecorded, CONSENT)
    assert (walk.state, walk.all(m.OpenPayment)) == (State.FAULT, [])
    walk.do(m.FaultCleared(m.Fault.CAMERA))
    assert walk.state is State.PAY
    assert len(walk.all(m.OpenPayment)) == 1


def test_who_had_nothing_to_pay_is_not_told_of_a_payment() -> None:
    walk = Walk().to_pose().touch(Button.CANCEL)
    assert (walk.state, walk.visit.notice) == (State.ENDED, None)
    assert not [note for note in walk.all(m.Note) if "payment" in note.what]

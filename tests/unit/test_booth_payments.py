"""Fees: nobody pays twice, no payment is followed for nothing, no money is lost from sight."""

from __future__ import annotations

import logging
import re
import threading

import pytest
from booth_parts import BATCH, STUDENT, FakeCentral, refused
from standin import wait_for

from kiosk.booth.payments import Payments, reference_for
from kiosk.central.contract import PaymentState
from kiosk.visit import model as m

SANDBOX, COUNTER, WAIVED = m.PaymentMethod.SANDBOX, m.PaymentMethod.COUNTER, m.PaymentMethod.WAIVED
FIRST = reference_for(BATCH.code, STUDENT.code_hash, SANDBOX, 0)


def open_effect(method=SANDBOX, fen=2000, request="payment:1") -> m.OpenPayment:
    return m.OpenPayment(method, fen, BATCH, STUDENT, request)


class Running:
    def __init__(self) -> None:
        self.central = FakeCentral()
        self.posted: list[m.Event] = []
        self.payments = Payments(self.central, self.posted.append, booth="booth-1", poll_s=0.01)
        self.threads: list[threading.Thread] = []

    def follow(self, effect: m.OpenPayment) -> threading.Thread:
        thread = threading.Thread(target=self.payments.open, args=(effect,))
        thread.start()
        self.threads.append(thread)
        return thread

    @property
    def payment(self) -> m.Payment:
        return wait_for(lambda: self.posted)[-1].payment

    def settled(self) -> list[m.Event]:
        return [e for e in self.posted if isinstance(e, m.PaymentChanged) and e.payment.settled]


@pytest.fixture
def running():
    running = Running()
    yield running
    running.central.may_answer.set()
    running.payments.stop()
    for thread in running.threads:
        thread.join(5)
        assert not thread.is_alive(), "a payment is still followed"


def test_reference_is_the_same_for_the_same_student_batch_method_and_attempt():
    again = reference_for("z3k8f7", STUDENT.code_hash, SANDBOX, 0)
    assert again == FIRST
    assert re.fullmatch(r"[0-9a-f]{32}", FIRST)
    others = {
        reference_for("N5W2Q8", STUDENT.code_hash, SANDBOX, 0),
        reference_for(BATCH.code, "b" * 64, SANDBOX, 0),
        reference_for(BATCH.code, STUDENT.code_hash, COUNTER, 0),
        reference_for(BATCH.code, STUDENT.code_hash, SANDBOX, 1),
    }
    assert len(others | {FIRST}) == 5


def test_opened_then_settled_are_told_once_each(running):
    running.follow(open_effect())
    assert running.payment.reference == FIRST
    assert running.payment.qr_text
    assert not running.payment.settled
    wait_for(lambda: running.central.calls.count("payment") > 3)
    running.central.set(FIRST, PaymentState.SETTLED)
    running.threads[0].join(5)
    assert [e.payment.settled for e in running.posted] == [False, True]


def test_who_paid_before_does_not_pay_again(running):
    running.follow(open_effect())
    wait_for(lambda: running.posted)
    running.central.set(FIRST, PaymentState.SETTLED)
    running.threads[0].join(5)
    running.posted.clear()
    running.payments.open(open_effect(request="payment:2"))
    assert [(e.payment.settled, e.request) for e in running.posted] == [(True, "payment:2")]
    assert len(running.central.payments) == 1


def test_after_a_payment_given_up_comes_the_next_attempt(running):
    running.follow(open_effect())
    wait_for(lambda: running.posted)
    running.payments.close(m.ClosePayment(running.payment, "payment:1"))
    running.threads[0].join(5)
    running.follow(open_effect(request="payment:2"))
    wait_for(lambda: running.posted[-1].request == "payment:2")
    assert running.payment.reference == reference_for(BATCH.code, STUDENT.code_hash, SANDBOX, 1)


def test_after_a_changed_fee_comes_a_new_payment(running):
    running.follow(open_effect())
    wait_for(lambda: running.posted)
    running.payments.close(m.ClosePayment(running.payment, "payment:1"))
    running.threads[0].join(5)
    running.follow(open_effect(fen=2500, request="payment:2"))
    wait_for(lambda: running.posted[-1].request == "payment:2")
    assert running.payment.amount_fen == 2500


def test_payment_that_expires_is_told(running):
    running.follow(open_effect())
    wait_for(lambda: running.posted)
    running.central.set(FIRST, PaymentState.CLOSED)
    running.threads[0].join(5)
    assert running.posted[-1] == m.PaymentFailed("payment_expired", "payment:1")


def test_nothing_to_pay_needs_no_network(running):
    running.central.offline = True
    running.payments.open(open_effect(WAIVED, 0))
    assert running.settled()[0].payment.method is WAIVED
    assert not running.central.calls


def test_without_network_the_student_is_told(running):
    running.central.offline = True
    running.payments.open(open_effect())
    assert running.posted == [m.PaymentFailed("payment_offline", "payment:1")]


def test_refusal_is_told(running):
    running.central.refusal = refused("batch_closed", 409)
    running.payments.open(open_effect())
    assert running.posted == [m.PaymentFailed("payment_refused", "payment:1")]


def test_network_that_fails_while_the_student_pays_is_waited_out(running):
    running.follow(open_effect())
    wait_for(lambda: running.posted)
    running.central.offline = True
    asked = running.central.calls.count("payment")
    wait_for(lambda: running.central.calls.count("payment") > asked + 2)
    running.central.set(FIRST, PaymentState.SETTLED)
    running.central.offline = False
    running.threads[0].join(5)
    assert len(running.settled()) == 1


def test_close_ends_the_following_and_the_open_payment(running):
    running.follow(open_effect())
    payment = running.payment
    running.payments.close(m.ClosePayment(payment, "payment:1"))
    running.threads[0].join(5)
    assert running.central.payments[FIRST].state is PaymentState.CLOSED


def test_close_leaves_settled_money_alone(running):
    running.follow(open_effect())
    payment = running.payment
    running.central.set(FIRST, PaymentState.SETTLED)
    running.threads[0].join(5)
    running.payments.close(m.ClosePayment(running.payment, "payment:1"))
    assert "close_payment" not in running.central.calls
    # The visit did not know yet that it was paid: the central backend knows better.
    running.payments.close(m.ClosePayment(payment, "payment:1"))
    assert running.central.payments[FIRST].state is PaymentState.SETTLED


def test_payment_given_up_while_it_is_opened_is_closed_too(running):
    running.central.may_answer.clear()
    running.follow(open_effect())
    wait_for(lambda: "open_payment" in running.central.calls)
    running.payments.close(m.ClosePayment(m.Payment(SANDBOX, 2000), "payment:1"))
    running.central.may_answer.set()
    running.threads[0].join(5)
    assert running.central.payments[FIRST].state is PaymentState.CLOSED
    assert running.posted == []


def test_booth_that_stops_leaves_open_payments_open(running):
    running.follow(open_effect())
    wait_for(lambda: running.posted)
    running.payments.stop()
    running.threads[0].join(5)
    assert running.central.payments[FIRST].state is PaymentState.OPEN


def test_close_without_network_is_logged_and_not_more(running, caplog):
    running.central.offline = True
    with caplog.at_level(logging.WARNING):
        running.payments.close(m.ClosePayment(m.Payment(SANDBOX, 2000, FIRST), "payment:1"))
    assert "left to expire" in caplog.text


def test_staff_vouches(running):
    running.follow(open_effect(COUNTER))
    running.payments.vouch(m.VouchPayment(running.payment, "payment:1"))
    wait_for(running.settled)


def test_vouching_without_network_is_logged_and_told_with_the_photo(running, caplog):
    running.central.offline = True
    with caplog.at_level(logging.WARNING):
        running.payments.vouch(m.VouchPayment(m.Payment(COUNTER, 2000, FIRST), "payment:1"))
    assert "to be told with the photo" in caplog.text


def test_vouching_for_a_payment_without_a_name_asks_nobody(running):
    running.payments.vouch(m.VouchPayment(m.Payment(COUNTER, 2000), "payment:1"))
    assert not running.central.calls

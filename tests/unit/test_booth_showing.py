"""A visit on the screen, with the QR codes that belong to it and only while they do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import zxingcpp
from booth_parts import FakeScreen

from kiosk.booth.showing import Showing
from kiosk.visit.model import Payment, PaymentMethod, Receipt, State, Visit

URL = "https://centre.example/r/abc"
PAYING = Visit(
    state=State.PAY, payment=Payment(PaymentMethod.SANDBOX, 2000, "ref", "https://pay.example/ref")
)
DONE = Visit(state=State.RECEIPT, receipt=Receipt("ABC-234", URL))


@pytest.fixture
def screen():
    return FakeScreen()


@pytest.fixture
def show(screen):
    return Showing(screen)


def texts(pixels):
    return [code.text for code in zxingcpp.read_barcodes(np.ascontiguousarray(pixels))]


def test_every_visit_is_shown(show, screen):
    show(PAYING)
    show(DONE)
    assert screen.states == [State.PAY, State.RECEIPT]


def test_qr_codes_can_be_read(show, screen):
    show(PAYING)
    assert texts(screen.payment_qr[-1]) == ["https://pay.example/ref"]
    show(DONE)
    assert texts(screen.receipt_qr[-1]) == [URL]


def test_qr_code_is_drawn_once_however_often_the_visit_is_shown(show, screen):
    for second in range(5):
        show(replace(PAYING, now=float(second)))
    assert len(screen.payment_qr) == 1
    assert screen.receipt_qr == []


def test_qr_codes_go_when_they_belong_to_nobody(show, screen):
    show(PAYING)
    show(replace(PAYING, payment=replace(PAYING.payment, qr_text="", settled=True)))
    assert screen.payment_qr[-1] is None
    show(DONE)
    show(Visit())
    assert screen.receipt_qr[-1] is None


def test_every_visit_is_shown_outside_too(screen):
    outside = []
    Showing(screen, outside.append)(PAYING)
    assert outside == [PAYING]

"""A mistake is logged once with its traceback, another one too, and the same again much later."""

from __future__ import annotations

import logging

from kiosk.mistakes import AGAIN_S, Mistakes


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def here():
    raise KeyError("here")


def elsewhere():
    raise KeyError("elsewhere")


def fail(mistakes, what="the visit cannot be shown", how=here):
    try:
        how()
    except KeyError as error:
        mistakes.made(what, error)


def test_the_same_mistake_is_logged_once_however_often_it_is_made(caplog):
    mistakes = Mistakes(logging.getLogger("test"), clock=Clock())
    for _ in range(1000):
        fail(mistakes)
    assert len(caplog.records) == 1
    assert "the visit cannot be shown" in caplog.text
    assert "Traceback" in caplog.text
    assert "here" in caplog.text


def test_another_mistake_is_another(caplog):
    mistakes = Mistakes(logging.getLogger("test"), clock=Clock())
    fail(mistakes)
    fail(mistakes, how=elsewhere)
    fail(mistakes, "the network cannot be told")
    assert len(caplog.records) == 3


def test_one_that_goes_on_is_logged_again_with_how_often(caplog):
    clock = Clock()
    mistakes = Mistakes(logging.getLogger("test"), clock=clock)
    for _ in range(5):
        fail(mistakes)
    clock.now += AGAIN_S
    fail(mistakes)
    assert len(caplog.records) == 2
    assert "4 times more" in caplog.messages[1]

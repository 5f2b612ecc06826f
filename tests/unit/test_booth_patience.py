"""A camera's silence is told once, after a while, and its return once."""

from __future__ import annotations

import logging

import pytest

from hardware.errors import DeviceLost
from kiosk.booth.patience import Patience


class Watched:
    def __init__(self, patience_s: float) -> None:
        self.now = 100.0
        self.told: list[str] = []
        self.patience = Patience(
            "main", patience_s,
            on_fault=self.told.append, on_recovered=lambda: self.told.append("back"),
            clock=lambda: self.now,
        )  # fmt: skip

    def fail(self, *at_s: float) -> None:
        for seconds in at_s:
            self.now = 100.0 + seconds
            self.patience.failed(DeviceLost("The cable is out. Plug it in."))


@pytest.fixture
def watched():
    return Watched(1.5)


def test_a_hiccup_is_not_told(watched):
    watched.fail(0.0, 0.5, 1.4)
    watched.patience.succeeded()
    assert watched.told == []


def test_two_hiccups_do_not_add_up(watched):
    watched.fail(0.0, 1.0)
    watched.patience.succeeded()
    watched.fail(1.2, 2.0)
    assert watched.told == []


def test_a_long_silence_is_told_once_with_its_reason(watched):
    watched.fail(0.0, 1.0, 1.5, 2.0, 60.0)
    assert watched.told == ["The cable is out. Plug it in."]


def test_the_return_is_told_once_and_the_next_fault_again(watched):
    watched.fail(0.0, 2.0)
    watched.patience.succeeded()
    watched.patience.succeeded()
    watched.fail(10.0, 12.0)
    assert [word == "back" for word in watched.told] == [False, True, False]


def test_without_patience_the_first_failure_is_told():
    watched = Watched(0.0)
    watched.fail(0.0)
    assert len(watched.told) == 1


def test_log_names_what_no_device_should_raise_with_its_place(watched, caplog):
    with caplog.at_level(logging.WARNING):
        watched.patience.failed(DeviceLost("gone"))
        watched.patience.succeeded()
        watched.patience.failed(KeyError("mistake"))
        watched.patience.failed(KeyError("mistake"))
    assert [bool(r.exc_info) for r in caplog.records] == [False, True]

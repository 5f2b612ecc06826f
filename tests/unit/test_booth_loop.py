"""The visit's own thread: in order, on time, and not to be killed by anybody's mistake."""

from __future__ import annotations

import logging

import pytest
from standin import wait_for

from kiosk.booth.loop import VisitLoop
from kiosk.settings.visit import VisitSettings
from kiosk.visit import start
from kiosk.visit.model import (
    Button,
    KeyTouched,
    Language,
    LanguageTouched,
    ScanCodes,
    State,
    Touched,
)
from kiosk.visit.rules import rules_from

RULES = rules_from(VisitSettings())


class Running:
    def __init__(self) -> None:
        self.log: list[tuple[str, object]] = []
        self.perform_error: Exception | None = None
        self.show_error: Exception | None = None
        self.loop = VisitLoop(start(RULES), RULES, perform=self.perform, show=self.show)

    def perform(self, effect) -> None:
        self.log.append(("perform", effect))
        if self.perform_error is not None:
            raise self.perform_error

    def show(self, visit) -> None:
        self.log.append(("show", visit))
        if self.show_error is not None:
            raise self.show_error


@pytest.fixture
def running():
    running = Running()
    running.loop.start()
    yield running
    running.loop.stop()


def test_time_passes_by_itself(running):
    wait_for(lambda: running.loop.visit.now > 0)
    then = running.loop.visit.now
    wait_for(lambda: running.loop.visit.now > then)
    assert running.loop.is_turning


def test_first_thing_shown_is_the_idle_booth():
    running = Running()
    assert not running.loop.is_turning
    running.loop.start()
    assert running.log[0][1].state is State.IDLE
    running.loop.stop()


def test_events_are_handled_in_the_order_they_came(running):
    running.loop.post(Touched(Button.START))
    for key in "Z3K8F7":
        running.loop.post(KeyTouched(key))
    running.loop.post(Touched(Button.ERASE))
    running.loop.post(KeyTouched("8"))
    wait_for(lambda: running.loop.visit.typed == "Z3K8F8")


def test_what_follows_is_begun_after_the_screen_knows(running):
    wait_for(lambda: ("perform", ScanCodes(True)) in running.log)
    shown = [i for i, (what, v) in enumerate(running.log) if what == "show" and v.scanning]
    assert shown[0] < running.log.index(("perform", ScanCodes(True)))


def test_mistake_while_an_effect_is_begun_does_not_end_the_visit(running, caplog):
    wait_for(lambda: running.loop.visit.scanning)
    running.perform_error = RuntimeError("mistake")
    with caplog.at_level(logging.ERROR):
        running.loop.post(Touched(Button.START))
        for key in "Z3K8F7":
            running.loop.post(KeyTouched(key))
        running.loop.post(Touched(Button.NEXT))
        wait_for(lambda: "could not be begun" in caplog.text)
        running.loop.post(LanguageTouched(Language.ENGLISH))
        wait_for(lambda: running.loop.visit.language is Language.ENGLISH)
    assert "LookUpBatch could not be begun" in caplog.text


def test_mistake_while_the_visit_is_shown_is_logged_once_and_does_not_end_it(running, caplog):
    running.show_error = RuntimeError("mistake")
    with caplog.at_level(logging.ERROR):
        running.loop.post(Touched(Button.START))
        wait_for(lambda: running.loop.visit.state is State.BATCH)
        shown = len(running.log)
        wait_for(lambda: len(running.log) > shown + 2)
        assert caplog.text.count("the visit cannot be shown") == 1
        running.show_error = None
        shown = len(running.log)
        wait_for(lambda: len(running.log) > shown)


def test_event_the_visit_chokes_on_leaves_it_as_it_was(running, caplog):
    wait_for(lambda: running.loop.visit.scanning)
    with caplog.at_level(logging.ERROR):
        running.loop.post(KeyTouched(None))  # what a mistake of the screens would look like
        running.loop.post(Touched(Button.START))
        running.loop.post(KeyTouched(None))
        running.loop.post(LanguageTouched(Language.ENGLISH))
        wait_for(lambda: running.loop.visit.language is Language.ENGLISH)
    assert running.loop.visit.state is State.BATCH
    assert caplog.text.count("could not take KeyTouched in") == 1, "once, though made twice"


def test_stop_before_start_is_no_mistake():
    Running().loop.stop()

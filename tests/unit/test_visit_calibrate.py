"""Calibration at the screen: what staff is offered in each phase, and what a touch does."""

from __future__ import annotations

import pytest
from visit_walk import RULES, Walk

from kiosk.visit import buttons
from kiosk.visit import model as m
from kiosk.visit.model import Button, State

OFFERED = {
    "place": {Button.NEXT, Button.STAFF_SKIP, Button.STAFF_CLOSE},
    "busy": {Button.STAFF_CLOSE},
    "result": {Button.NEXT, Button.AGAIN, Button.STAFF_CLOSE},
    "done": {Button.STAFF_CLOSE},
}


def begun() -> Walk:
    walk = Walk().to_staff().touch(Button.STAFF_CALIBRATE)
    assert (walk.state, walk.newest(m.Calibrate).move) == (State.CALIBRATE, "begin")
    return walk


@pytest.mark.parametrize("phase", OFFERED)
def test_only_what_does_something_in_a_phase_is_offered(phase: str) -> None:
    walk = begun().do(m.Calibrated(m.Calibration(phase=phase)))
    choices = {Button.NEXT, Button.AGAIN, Button.STAFF_SKIP, Button.STAFF_CLOSE}
    assert set(buttons(walk.visit)) & choices == OFFERED[phase]


@pytest.mark.parametrize(
    ("phase", "button", "what"),
    [
        ("place", Button.NEXT, "go"),
        ("place", Button.STAFF_SKIP, "skip"),
        ("result", Button.NEXT, "go"),
        ("result", Button.AGAIN, "again"),
    ],
)
def test_a_touch_is_done_once_until_the_desk_waits_again(
    phase: str, button: Button, what: str
) -> None:
    walk = begun().do(m.Calibrated(m.Calibration(phase=phase)))
    walk.touch(button, button, Button.NEXT, Button.AGAIN, Button.STAFF_SKIP)
    assert [effect.move for effect in walk.all(m.Calibrate)] == ["begin", what]


def test_nobody_calibrates_while_a_student_is_served() -> None:
    walk = Walk().to_pose().to_staff()
    assert Button.STAFF_CALIBRATE not in buttons(walk.visit)
    assert walk.touch(Button.STAFF_CALIBRATE).state is State.STAFF


def test_closing_ends_it_and_what_comes_late_is_not_shown() -> None:
    walk = begun().touch(Button.STAFF_CLOSE)
    assert (walk.state, walk.newest(m.Calibrate).move) == (State.IDLE, "end")
    before = walk.visit.calibration
    assert walk.do(m.Calibrated(m.Calibration(phase="result"))).visit.calibration == before


def test_who_has_left_it_open_gives_the_booth_back_to_students() -> None:
    walk = begun().tick(RULES.time_out_s[State.CALIBRATE])
    assert (walk.state, walk.newest(m.Calibrate).move) == (State.IDLE, "end")

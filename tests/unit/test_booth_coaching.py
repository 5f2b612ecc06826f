"""The coach's words: passed on when they are new, and a fault of the face models told once."""

from __future__ import annotations

import pytest
from booth_parts import FakeScreen

from kiosk.booth.coaching import CoachRelay
from kiosk.guidance.model import Assessment, Coaching, CoachWord
from kiosk.visit.model import Coached, Fault, FaultCleared, FaultRaised

SEEN = Assessment(1, 0.0, 1)
WORD = CoachWord(Coaching(hint="raise_chin"), face_seen=True)


class Running:
    def __init__(self, repeat_s: float) -> None:
        self.screen = FakeScreen()
        self.posted: list = []
        self.heard: list = []
        self.failing: list[bool] = []
        self.relay = CoachRelay(
            self.posted.append,
            self.screen,
            (lambda *heard: self.heard.append(heard),),
            repeat_s=repeat_s,
            on_failing=self.failing.append,
        )


@pytest.fixture
def running():
    return Running(1000.0)


def test_same_word_is_said_once_but_drawn_and_heard_every_time(running):
    for _ in range(5):
        running.relay(SEEN, WORD)
    assert running.posted == [Coached(WORD.coaching, face_seen=True)]
    assert running.screen.outlines == 5
    assert running.heard == [(SEEN, WORD)] * 5


def test_same_word_is_repeated_after_a_while_so_that_the_visit_stays_alive():
    running = Running(0.0)
    for _ in range(3):
        running.relay(SEEN, WORD)
    assert len(running.posted) == 3


@pytest.mark.parametrize(
    "other",
    [
        CoachWord(Coaching(hint="lower_chin"), face_seen=True),
        CoachWord(Coaching(ring=0.5), face_seen=True),
        CoachWord(Coaching(hint="raise_chin"), face_seen=False),
    ],
)
def test_another_word_is_said_at_once(running, other):
    running.relay(SEEN, WORD)
    running.relay(SEEN, other)
    assert running.posted[1:] == [Coached(other.coaching, face_seen=other.face_seen)]


def test_word_to_shoot_is_never_kept_back(running):
    shoot = CoachWord(Coaching(ring=1.0), face_seen=True, shoot=True)
    running.relay(SEEN, CoachWord(Coaching(ring=1.0), face_seen=True))
    running.relay(SEEN, shoot)
    running.relay(SEEN, shoot)
    assert [event.shoot for event in running.posted] == [False, True, True]


def test_fault_is_told_once_and_cleared_by_the_next_result(running):
    running.relay.failed(RuntimeError("model"))
    running.relay.failed(RuntimeError("model"))
    assert running.posted == [FaultRaised(Fault.GUIDANCE)]
    running.relay(SEEN, WORD)
    running.relay(SEEN, WORD)
    assert running.posted[1:] == [FaultCleared(Fault.GUIDANCE), Coached(WORD.coaching)]
    assert running.failing == [True, False]

"""Cameras, coach and lamp: on while wanted, and guidance also while it has to get well."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from booth_parts import FakeScreen

from kiosk.booth.switches import Switches


class Board:
    """Remembers how everything is switched."""

    def __init__(self) -> None:
        self.live = self.codes = self.coached = self.scanner = False
        self.resumed = 0
        self.level = 0.0
        self.screen = FakeScreen()
        self.switches = Switches(
            SimpleNamespace(show=lambda *, on: setattr(self, "live", on)),
            SimpleNamespace(show=lambda *, on: setattr(self, "codes", on)),
            SimpleNamespace(resume=self.resume, pause=lambda: setattr(self, "coached", False)),
            SimpleNamespace(light=self.light, scan=lambda *, on: setattr(self, "scanner", on)),
            self.screen,
        )

    def resume(self) -> None:
        self.coached = True
        self.resumed += 1

    def light(self, *, on: bool) -> None:
        self.level = float(on)

    @property
    def guiding(self) -> tuple[bool, bool, float]:
        return self.live, self.coached, self.level


@pytest.fixture
def board():
    return Board()


def test_guide_switches_picture_coach_and_lamp(board):
    board.switches.guide(on=True)
    assert board.guiding == (True, True, 1.0)
    board.switches.guide(on=False)
    assert board.guiding == (False, False, 0.0)


def test_guide_ordered_anew_starts_the_coach_afresh(board):
    board.switches.guide(on=True)
    board.switches.guide(on=True)
    assert board.resumed == 2


def test_guidance_that_fails_goes_on_trying_when_the_visit_is_over(board):
    board.switches.guide(on=True)
    board.switches.guidance_fails(True)
    board.switches.guide(on=False)
    assert board.guiding == (True, True, 0.0)
    board.switches.guidance_fails(False)
    assert board.guiding == (False, False, 0.0)


def test_guidance_that_fails_at_the_last_frame_is_given_more(board):
    board.switches.guide(on=True)
    board.switches.guide(on=False)
    board.switches.guidance_fails(True)
    assert board.guiding == (True, True, 0.0)
    board.switches.guide(on=True)
    board.switches.guidance_fails(False)
    assert board.guiding == (True, True, 1.0)


def test_scan_and_forget(board):
    board.switches.scan(on=True)
    assert board.codes
    assert board.scanner
    board.switches.scan(on=False)
    assert not board.codes
    assert not board.scanner
    board.switches.forget()
    assert (board.screen.payment_qr, board.screen.receipt_qr) == ([None], [None])


def test_the_coach_rests_while_a_photo_is_made_and_the_picture_stays(board):
    board.switches.guide(on=True)
    board.switches.rest_coach()
    assert board.guiding == (True, False, 1.0)
    board.switches.guide(on=True)
    assert board.guiding == (True, True, 1.0)


def test_a_coach_that_has_to_get_well_does_not_rest(board):
    board.switches.guide(on=True)
    board.switches.guidance_fails(True)
    board.switches.rest_coach()
    assert board.coached


def test_a_dark_picture_stays_on_with_its_lamp_until_it_is_light(board):
    board.switches.guide(on=True)
    board.switches.picture_dark(True)
    board.switches.guide(on=False)
    assert (board.live, board.level) == (True, 1.0), "else nobody would see it become light"
    board.switches.picture_dark(False)
    assert board.guiding == (False, False, 0.0)


def test_a_picture_that_is_light_again_interrupts_no_visit(board):
    board.switches.guide(on=True)
    resumed = board.resumed
    board.switches.picture_dark(True)
    board.switches.picture_dark(False)
    assert board.guiding == (True, True, 1.0)
    assert board.resumed == resumed

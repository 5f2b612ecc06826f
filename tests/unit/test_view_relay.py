"""What the sitter is guided by is what calibration knows of the camera in use."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.backdrop import clean_plate
from calibration.profile import Profile
from hardware.base import Frame
from hardware.failover import STAND_IN
from kiosk.booth.view_relay import ViewRelay
from kiosk.guidance.calibrated_view import UNCALIBRATED, CalibratedView, StillField
from kiosk.standards import load

LEVEL = (60, 120, 160)
MIDDLE = [[2.0, 0.0, -0.5], [0.0, 2.0, -0.5], [0.0, 0.0, 1.0]]
"""The still shows the middle half of the live view."""


def profile(*, live: bool = True, matrix: list | None = None) -> Profile:
    still = np.full((48, 64, 3), 200, np.uint8)
    empty = np.full((36, 64, 3), LEVEL, np.uint8)
    sections = {} if matrix is None else {"view_map": {"matrix": matrix}}
    return Profile(
        "north", clean_plate([still] * 3), sections=sections, live=empty if live else None
    )


def frame(width: int = 1280, height: int = 720, **metadata: float) -> Frame:
    return Frame(np.zeros((height, width, 3), np.uint8), 1, 0.0, metadata)


class Told:
    def __init__(self, own: Profile | None, stand_in: Profile | None = None) -> None:
        self.views: list[CalibratedView] = []
        self.guides: list = []
        self.relay = ViewRelay(
            load("chsi"), own, stand_in, look_by=self.views.append, show_guide=self.guides.append
        )


def test_without_calibration_the_whole_view_counts_and_no_level_is_known():
    assert CalibratedView.of(None) == UNCALIBRATED


def test_a_profile_tells_the_backdrops_level_and_the_stills_field():
    view = CalibratedView.of(profile(matrix=MIDDLE))
    assert view.plate_level == LEVEL
    still = view.still
    assert (still.left, still.top, still.right, still.bottom) == pytest.approx(
        (0.25, 0.25, 0.75, 0.75)
    )


def test_a_profile_without_a_live_view_knows_no_level():
    assert CalibratedView.of(profile(live=False)) == UNCALIBRATED


def test_told_once_and_again_when_the_frame_becomes_another():
    told = Told(profile(matrix=MIDDLE))
    for _ in range(3):
        told.relay.frame_shown(frame())
    assert len(told.views) == len(told.guides) == 1
    assert told.guides[0].centre_x == pytest.approx(0.5)
    told.relay.frame_shown(frame(640, 480))
    assert len(told.guides) == 2


def test_the_outline_is_drawn_where_the_still_is():
    middle, whole = Told(profile(matrix=MIDDLE)), Told(profile())
    for told in (middle, whole):
        told.relay.frame_shown(frame())
    assert middle.guides[0].face_width == pytest.approx(whole.guides[0].face_width / 2)
    assert middle.guides[0].crown_y == pytest.approx(0.25 + whole.guides[0].crown_y / 2)


def test_the_stand_in_is_judged_by_its_own_profile_or_by_none():
    told = Told(profile(matrix=MIDDLE))
    told.relay.frame_shown(frame())
    told.relay.frame_shown(frame(**{STAND_IN: 1.0}))
    told.relay.frame_shown(frame())
    assert told.views == [CalibratedView.of(profile(matrix=MIDDLE)), UNCALIBRATED, told.views[0]]
    both = Told(profile(matrix=MIDDLE), profile())
    both.relay.frame_shown(frame(**{STAND_IN: 1.0}))
    assert both.views == [CalibratedView(tuple(map(float, LEVEL)), StillField())]


def test_a_new_calibration_holds_from_the_next_frame_on():
    told = Told(profile())
    told.relay.frame_shown(frame())
    told.relay.use(profile(matrix=MIDDLE))
    told.relay.frame_shown(frame())
    assert told.views[-1].still != told.views[0].still

"""The rectangle: targets where they can be met, ranges where not, and what is missed named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.portrait.framing import Head, Room, frame, place
from kiosk.standards import load

CHSI = load("chsi")
USUAL = Head(crown_y=200, eyes_y=452, face_width=300, centre_x=540)


def test_usual_head_meets_eyes_and_crown_exactly():
    framing = frame(USUAL, CHSI)
    assert framing.head.eyes_y == pytest.approx(250)
    assert framing.head.crown_y == pytest.approx(80)
    assert framing.head.centre_x == pytest.approx(240)
    assert framing.misses == ()


def test_rectangle_has_the_photo_s_shape():
    left, top, right, bottom = frame(USUAL, CHSI).box
    assert (right - left) / (bottom - top) == pytest.approx(480 / 640)


def test_wide_face_gives_way_in_the_crown_before_the_eyes():
    framing = frame(Head(200, 452, 480, 540), CHSI)
    assert framing.misses == ()
    assert framing.head.eyes_y == pytest.approx(250)
    assert framing.head.crown_y > 80
    assert framing.head.face_width <= 300


def test_width_out_of_reach_is_missed_by_name_and_amount():
    framing = frame(Head(100, 500, 100, 540), CHSI)
    (miss,) = framing.misses
    assert miss.what == "face_width"
    assert miss.limit == 180
    assert miss.by == pytest.approx(180 - framing.head.face_width)
    assert framing.head.eyes_y == pytest.approx(250)
    assert framing.head.crown_y == pytest.approx(80)


def test_stays_above_an_edge_that_cuts_the_person_off():
    free = frame(USUAL, CHSI)
    bottom = free.box[3] - 40
    held = frame(USUAL, CHSI, Room(bottom=bottom))
    assert held.box[3] <= bottom + 1e-6
    assert held.misses == ()


def test_high_hair_is_kept_in_the_photo():
    framing = frame(USUAL, CHSI, Room(hair_top=60))
    assert framing.box[1] <= 60
    assert framing.misses == ()


def test_head_without_height_is_refused():
    with pytest.raises(ValueError, match="crown above its eyes"):
        frame(Head(500, 400, 300, 540), CHSI)


@given(
    crown=st.floats(0, 2000),
    rise=st.floats(20, 2000),
    width=st.floats(20, 2000),
    centre=st.floats(-100, 4000),
    bottom=st.none() | st.floats(10, 4000),
)
def test_what_is_said_is_so(crown, rise, width, centre, bottom):
    head = Head(crown, crown + rise, width, centre)
    framing = frame(head, CHSI, Room(bottom=bottom))
    again = place(head, framing.left, framing.top, framing.scale)
    assert again == framing.head
    rules = CHSI.geometry
    said = {miss.what for miss in framing.misses}
    assert ("eyes" in said) == (not rules.eyes_min_px <= again.eyes_y <= rules.eyes_max_px)
    assert ("face_width" in said) == (
        not rules.face_width_min_px <= again.face_width <= rules.face_width_max_px
    )
    assert "centre" not in said

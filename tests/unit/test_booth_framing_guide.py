"""The outline on the live view stands where the photo will be cut."""

from __future__ import annotations

import pytest

from kiosk.booth.framing_guide import face_guide
from kiosk.standards import load

STANDARD = load("chsi")
CROWN = STANDARD.geometry.crown_target_px / STANDARD.file.height_px
EYES = STANDARD.geometry.eyes_target_px / STANDARD.file.height_px
FACE = STANDARD.geometry.face_width_target_px / STANDARD.file.width_px


def test_wide_picture_is_used_in_its_full_height():
    guide = face_guide(STANDARD, 1280, 720)
    assert guide.centre_x == pytest.approx(0.5)
    assert (guide.crown_y, guide.eyes_y) == pytest.approx((CROWN, EYES))
    assert guide.face_width == pytest.approx(FACE * 720 * 3 / 4 / 1280)


def test_picture_of_the_photos_shape_is_used_whole():
    guide = face_guide(STANDARD, 480, 640)
    assert (guide.crown_y, guide.face_width) == pytest.approx((CROWN, FACE))


def test_tall_picture_is_used_in_its_full_width():
    guide = face_guide(STANDARD, 720, 1280)
    assert guide.face_width == pytest.approx(FACE)
    height = 720 * 4 / 3 / 1280
    assert guide.crown_y == pytest.approx((1 - height) / 2 + CROWN * height)


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (720, 1280), (3280, 2464)])
def test_order_of_a_face_and_room_for_it(size):
    guide = face_guide(STANDARD, *size)
    order = [0.0, guide.crown_y, guide.eyes_y, guide.chin_y, guide.shoulders_y, 1.0]
    assert order == sorted(order)
    assert 0.0 < guide.face_width < 1.0

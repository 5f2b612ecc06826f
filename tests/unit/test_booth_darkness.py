"""A picture that is all but black is told; a dark person before a lit backdrop is not."""

from __future__ import annotations

import numpy as np
import pytest

from hardware.base import Frame
from kiosk.booth.darkness import Darkness, brightness


def frame(level: int, at: float) -> Frame:
    return Frame(np.full((90, 160, 3), level, np.uint8), 1, at)


@pytest.fixture
def told():
    return []


@pytest.fixture
def darkness(told):
    return Darkness(0.15, 1.5, told.append)


def test_told_once_after_the_time_and_taken_back_once(darkness, told):
    for at in (0.0, 0.5, 1.0, 1.4):
        darkness.look(frame(5, at))
    assert told == []
    for at in (1.5, 2.0, 9.0):
        darkness.look(frame(5, at))
    assert told == [True]
    for at in (9.5, 10.0):
        darkness.look(frame(120, at))
    assert told == [True, False]


def test_a_moment_of_darkness_is_nothing(darkness, told):
    for at in range(20):
        darkness.look(frame(120 if at % 2 else 0, float(at)))
    assert told == []


def test_only_the_brightest_of_the_whole_picture_counts():
    pixels = np.full((900, 1600, 3), 2, np.uint8)  # dark clothes, dark hair, dark skin
    pixels[:, :200] = 200  # and a strip of the backdrop
    assert brightness(pixels) > 0.7
    assert brightness(np.zeros((900, 1600, 3), np.uint8)) == 0.0

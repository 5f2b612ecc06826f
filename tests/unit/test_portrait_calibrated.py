"""The portrait room takes lens and colours from the profile, and nothing where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from portrait_scenes import GREY, noisy, wall

from calibration.backdrop import clean_plate
from calibration.profile import Profile
from kiosk.portrait.calibrated import Calibrated
from kiosk.portrait.decode import DecodedStill

PLATE = clean_plate([noisy(wall(GREY, 120, 160), seed) for seed in range(3)])
MATRIX = [[1.2, -0.1, -0.1], [0.0, 1.0, 0.0], [-0.1, -0.2, 1.3]]
LENS = {"focal": 3.0, "first": 0.4, "second": 0.0, "corrects": True}


def profile(**sections: object) -> Profile:
    return Profile("booth-7", PLATE, sections=sections)


@pytest.mark.parametrize("known", [None, profile()], ids=["no profile", "only a plate"])
def test_without_calibration_nothing_changes(known):
    calibrated = Calibrated(known, PLATE)
    still = DecodedStill(PLATE.pixels, (160, 120))
    light = np.full((4, 4, 3), 0.4, np.float32)
    assert calibrated.straight(still) is still
    assert calibrated.coloured(light) is light
    calibrated.follow((1.1, 1.0, 0.9))
    assert calibrated.coloured(light) is light
    assert np.array_equal(calibrated.plate.pixels, PLATE.pixels)


def test_colours_are_the_matrix_s_and_follow_the_light():
    calibrated = Calibrated(profile(colour={"matrix": MATRIX}), None)
    light = np.full((2, 2, 3), np.float32([0.5, 0.4, 0.3]))
    assert calibrated.coloured(light)[0, 0] == pytest.approx(
        np.array(MATRIX) @ [0.5, 0.4, 0.3], abs=1e-5
    )
    calibrated.follow((1.1, 1.0, 0.9))
    changed = light * np.float32([1.1, 1.0, 0.9])
    assert calibrated.coloured(changed)[0, 0] == pytest.approx(
        np.array(MATRIX) @ [0.5, 0.4, 0.3], abs=1e-5
    )


def test_still_and_plate_are_straightened_alike():
    calibrated = Calibrated(profile(geometry={"lens": LENS}), None)
    still = DecodedStill(PLATE.pixels, (160, 120))
    straight = calibrated.straight(still)
    assert not np.array_equal(straight.pixels, PLATE.pixels)
    assert np.array_equal(straight.pixels, calibrated.plate.pixels)
    assert straight.size == still.size
    small = replace(still, pixels=PLATE.pixels[::2, ::2])
    assert calibrated.straight(small).pixels.shape == (60, 80, 3)

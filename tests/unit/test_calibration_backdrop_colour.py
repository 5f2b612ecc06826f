"""Staff is warned of a backdrop people are not cut out of exactly, and still may use it."""

from __future__ import annotations

import numpy as np
import pytest
from portrait_scenes import noisy, wall

from calibration.backdrop import check_backdrop
from calibration.limits import StepLimits
from kiosk.booth.calibration_setup import step_limits
from kiosk.screens.translations import tr
from kiosk.settings.calibration import CalibrationSettings

SIZE = (240, 320)


def judged(colour: tuple[int, int, int], limits: StepLimits | None = None, light=None):
    empty = wall(colour, *SIZE)
    if light is not None:
        empty = empty * light[..., None]
    stills = [noisy(empty, seed) for seed in range(5)]
    result, plate = check_backdrop(stills, limits=limits)
    assert plate is not None
    return result


def warned(result) -> set[str]:
    return {f.key for f in result.findings if f.key.startswith("backdrop_")}


@pytest.mark.parametrize(
    "colour",
    [(160, 195, 225), (80, 140, 205), (75, 150, 80), (195, 196, 198), (150, 150, 152)],
    ids=["light blue", "blue", "green cloth", "light grey", "grey"],
)
def test_usual_backdrops_are_good(colour):
    result = judged(colour)
    assert result.passed
    assert not result.findings


@pytest.mark.parametrize(
    ("colour", "keys"),
    [
        ((72, 72, 74), {"backdrop_dark", "backdrop_hair"}),
        ((122, 86, 60), {"backdrop_hair", "backdrop_skin"}),
        ((205, 160, 135), {"backdrop_skin"}),
        ((240, 240, 238), {"backdrop_clothes"}),
        ((45, 56, 95), {"backdrop_dark", "backdrop_hair", "backdrop_clothes"}),
    ],
    ids=["dark grey", "brown", "skin", "white shirts", "navy suits"],
)
def test_a_poor_backdrop_is_warned_of_and_passes(colour, keys):
    result = judged(colour)
    assert warned(result) >= keys - {"backdrop_hair"}
    assert warned(result) <= keys
    assert result.passed
    for finding in result.findings:
        for language in ("zh", "en"):
            sentence = tr(language, f"calibrate_findings.{finding.key}", **finding.values)
            assert all(value in sentence for value in finding.values.values())


def test_a_pattern_is_warned_of():
    y, x = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    checks = 1 - 0.12 * ((x // 12 + y // 12) % 2)
    result = judged((160, 195, 225), light=checks.astype(np.float32))
    assert "backdrop_pattern" in warned(result)


def test_uneven_light_is_warned_of_before_it_is_refused():
    fading = np.broadcast_to(np.linspace(1, 0.5, SIZE[1], dtype=np.float32), SIZE)
    result = judged((160, 195, 225), light=fading)
    assert "backdrop_uneven" in warned(result)
    assert result.passed


def test_a_school_s_uniform_counts_when_the_settings_name_it():
    green = (75, 150, 80)
    section = CalibrationSettings(clothes_colours=("#3f8f4a",), backdrop_from_clothes_min=15)
    assert warned(judged(green, step_limits(section))) == {"backdrop_clothes"}
    assert not warned(judged(green, step_limits(CalibrationSettings())))


def test_no_clothes_named_is_no_warning():
    limits = StepLimits(clothes_colours=())
    assert warned(judged((240, 240, 238), limits)) == set()


def test_a_colour_that_is_none_is_refused_in_the_settings():
    with pytest.raises(ValueError, match="clothes_colours"):
        CalibrationSettings(clothes_colours=("blue",))

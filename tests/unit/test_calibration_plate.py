"""The clean plate: made from good stills, refused from bad ones, always saying why."""

from __future__ import annotations

import numpy as np
import pytest
from portrait_scenes import GREY, as_jpeg, noisy, wall

from calibration.backdrop import calibrate_plate, clean_plate
from calibration.errors import CalibrationError, PlateError
from calibration.limits import PlateLimits
from calibration.stills import decode_still, decode_stills


def stills(count: int = 5, shape: tuple[int, int] = (240, 320), gain: float = 1.0) -> list:
    light = wall(GREY, *shape)
    return [noisy(light * gain, seed) for seed in range(count)]


def with_person(still: np.ndarray) -> np.ndarray:
    changed = still.copy()
    height, width = still.shape[:2]
    changed[height // 3 :, width // 3 : 2 * width // 3] = (60, 40, 35)
    return changed


def test_median_has_less_noise_than_a_still():
    light = wall(GREY, 240, 320)
    plate = clean_plate(stills())
    truth = noisy(light, 99).astype(float)
    clean = np.abs(plate.pixels.astype(float) - np.round(truth)).mean()
    assert clean < np.abs(stills()[0].astype(float) - truth).mean()
    assert plate.still_size == (320, 240)


def test_noise_is_that_of_one_still():
    assert clean_plate(stills(9)).noise == pytest.approx((1.0, 1.0, 1.0), abs=0.25)


def test_even_backdrop_is_called_even_and_falloff_is_measured():
    figures = clean_plate(stills()).uniformity
    assert 0.05 < figures.falloff < 0.2
    assert figures.largest_step < 0.08
    assert figures.step_area == 0


def test_booth_without_its_lamps_is_no_clean_plate():
    with pytest.raises(PlateError, match="nearly black") as refused:
        clean_plate(stills(gain=0.02))
    assert refused.value.key == "plate_dark"


def test_too_few_stills():
    with pytest.raises(PlateError, match="too few"):
        clean_plate(stills(2))


def test_sizes_that_differ():
    with pytest.raises(PlateError, match="differ in size"):
        clean_plate([*stills(3), *stills(1, (200, 320))])


def test_person_in_one_still():
    taken = stills()
    with pytest.raises(PlateError, match="moved"):
        clean_plate([*taken[:4], with_person(taken[4])])


def test_person_in_every_still():
    with pytest.raises(PlateError, match="stands before"):
        clean_plate([with_person(still) for still in stills()])


def test_exposure_that_wanders():
    with pytest.raises(PlateError, match="exposure changed"):
        clean_plate([*stills(3), *stills(2, gain=1.3)])


def test_clipped_backdrop():
    with pytest.raises(PlateError, match="clipped"):
        clean_plate(stills(gain=6.0))


def test_falloff_beyond_the_limit():
    with pytest.raises(PlateError, match="loses"):
        clean_plate(stills(), limits=PlateLimits(max_falloff=0.05))


def test_large_stills_are_decoded_smaller_and_keep_their_size():
    data = as_jpeg(stills(1, (600, 800))[0])
    pixels, size = decode_still(data, "a.jpg", 400)
    assert pixels.shape == (300, 400, 3)
    assert size == (800, 600)


def test_broken_still_is_named():
    data = as_jpeg(stills(1)[0])
    with pytest.raises(CalibrationError, match=r"b\.jpg cannot be read"):
        decode_stills([("a.jpg", data), ("b.jpg", data[: len(data) // 2])], 1000)


def test_no_stills_at_all():
    with pytest.raises(CalibrationError, match="No still"):
        decode_stills([], 1000)


class Shooting:
    """A camera that gives these stills; the drivers themselves have their own contract tests."""

    def __init__(self, files: list[bytes]) -> None:
        self.files = files

    def capture_still(self, timeout_s: float) -> object:
        assert timeout_s > 0
        return type("Still", (), {"data": self.files.pop(0)})


def test_booth_takes_its_own_plate():
    camera = Shooting([as_jpeg(still) for still in stills(4)])
    plate = calibrate_plate(camera, 4, 5.0)
    assert plate.stills == 4
    assert plate.still_size == (320, 240)

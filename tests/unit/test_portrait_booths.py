"""The matte in booths that have changed since the clean plate, or are lit badly."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from portrait_scenes import GREEN, GREY, WHITE, Scene, blurred_mask, booth_scene, noisy

from calibration.backdrop import clean_plate
from kiosk.portrait.backdrop import Backdrop, follow, prepare_plate
from kiosk.portrait.light import to_linear
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.matte import Matte
from kiosk.portrait.opacity import solve
from kiosk.portrait.picture import Picture

LIMITS = MatteLimits()


def cut_out(scene: Scene) -> tuple[Backdrop, Matte]:
    height, width = scene.alpha.shape
    plate = prepare_plate(clean_plate(scene.plates), (width, height), (width, height))
    picture = Picture.of(to_linear(scene.still), blurred_mask(scene.alpha))
    behind = follow(picture, plate, LIMITS)
    return behind, solve(picture, behind, LIMITS)


def error(scene: Scene, matte: Matte) -> float:
    return float(np.abs(matte.alpha - scene.alpha).mean() * 1e3)


def left_of_the_wall(scene: Scene, matte: Matte, beside: int = 5) -> int:
    """Pixels of bare wall, so far beside the person, that would be seen on the official colour."""
    room = np.ones((2 * beside + 1, 2 * beside + 1))
    away = cv2.dilate((scene.alpha > 0.01).astype(np.uint8), room) == 0
    return int((matte.alpha[away] > 0.1).sum())


@pytest.fixture(scope="module", params=[GREY, WHITE], ids=["grey", "white"])
def undisturbed(request) -> tuple[tuple[int, int, int], float]:
    scene = booth_scene(request.param)
    return request.param, error(scene, cut_out(scene)[1])


@pytest.mark.parametrize("shift", [(1.7, -1.2), (2.9, -2.2), (-6.4, 5.3)])
def test_a_camera_that_was_touched_costs_nothing(undisturbed, shift):
    colour, usual = undisturbed
    scene = booth_scene(colour, shift=shift)
    behind, matte = cut_out(scene)
    assert behind.shift_px == pytest.approx(shift, abs=0.1)
    assert error(scene, matte) < usual + 0.3


def test_a_lens_that_was_focused_anew_is_followed():
    """It shows a little more or less of the wall: at the corners, more than a pixel."""
    scene = booth_scene(GREY, zoom=1.004)
    behind, _ = cut_out(scene)
    away = cv2.dilate((scene.alpha > 0).astype(np.uint8), np.ones((31, 31))) == 0
    off = to_linear(scene.still)[away] - behind.light[away]
    still = booth_scene(GREY)
    unmoved = to_linear(still.still)[away] - cut_out(still)[0].light[away]
    assert off.std() < 1.1 * unmoved.std()


def test_a_wall_without_texture_is_not_moved_by_noise():
    """By less than half a pixel, which on such a wall is not seen."""
    scene = booth_scene(GREY)
    plain = to_linear(np.full_like(scene.still, 150))
    scene.plates = [noisy(plain, seed) for seed in range(10, 15)]
    alpha = scene.alpha[..., None]
    scene.still = noisy(to_linear(scene.still) * alpha + plain * (1 - alpha), 3)
    assert cut_out(scene)[0].shift_px == pytest.approx((0.0, 0.0), abs=0.5)


@pytest.mark.parametrize("across", [0.12, 0.25])
def test_one_lamp_that_changed_is_followed(undisturbed, across):
    """Up to what the check before a visit lets pass (`calibration.drift_light_moved_max`)."""
    colour, usual = undisturbed
    scene = booth_scene(colour, across=-across)
    _, matte = cut_out(scene)
    assert error(scene, matte) < usual + 1
    assert left_of_the_wall(scene, matte) == 0


@pytest.mark.parametrize(
    ("shadow", "tint"), [(0.55, (1, 1, 1)), (0.35, (1, 0.9, 0.75))], ids=["deep", "coloured"]
)
@pytest.mark.parametrize("colour", [GREEN, GREY], ids=["green", "grey"])
def test_no_shadow_is_taken_for_the_person(colour, shadow, tint):
    scene = booth_scene(colour, shadow=shadow, tint=tint)
    _, matte = cut_out(scene)
    assert left_of_the_wall(scene, matte, beside=8) < 10
    assert error(scene, matte) < 6


def test_a_new_stain_on_the_wall_is_not_in_the_photo():
    scene = booth_scene(GREY)
    stain = np.zeros(scene.alpha.shape, np.float32)
    cv2.circle(stain, (60, 90), 22, 0.4, -1)
    assert scene.alpha[60:120, 30:90].max() == 0
    light = to_linear(scene.still) * (1 - cv2.GaussianBlur(stain, (0, 0), 3))[..., None]
    scene.still = noisy(light, 4)
    _, matte = cut_out(scene)
    assert left_of_the_wall(scene, matte) == 0


@pytest.mark.parametrize("colour", [GREEN, GREY, WHITE], ids=["green", "grey", "white"])
def test_noise_of_a_high_iso_is_not_in_the_photo(colour):
    """As much noise as calibration lets pass, `calibration.noise_max`."""
    scene = booth_scene(colour, noise=4.0)
    _, matte = cut_out(scene)
    assert left_of_the_wall(scene, matte) == 0
    assert error(scene, matte) < 6

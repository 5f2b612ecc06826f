"""The matte on scenes whose alpha is known: made here, from the shipped sitters."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from portrait_scenes import GREEN, GREY, WHITE, Scene, blurred_mask, booth_scene

from calibration.backdrop import Plate, clean_plate
from kiosk.portrait.backdrop import follow, prepare_plate
from kiosk.portrait.compose import compose
from kiosk.portrait.errors import PlateMismatch
from kiosk.portrait.framing import Head, frame
from kiosk.portrait.guess import guess
from kiosk.portrait.light import to_linear
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.opacity import solve
from kiosk.portrait.picture import Picture
from kiosk.standards import load

LIMITS = MatteLimits()


def seen(scene: Scene) -> Picture:
    return Picture.of(to_linear(scene.still), blurred_mask(scene.alpha))


def cut_out(scene: Scene):
    height, width = scene.alpha.shape
    plate = prepare_plate(clean_plate(scene.plates), (width, height), (width, height))
    picture = seen(scene)
    behind = follow(picture, plate, LIMITS)
    return behind, solve(picture, behind, LIMITS)


def error(matte, scene: Scene) -> float:
    return float(np.abs(matte.alpha - scene.alpha).mean() * 1e3)


@pytest.mark.parametrize("colour", [GREEN, GREY, WHITE], ids=["green", "grey", "white"])
def test_matte_is_near_the_truth(colour):
    scene = booth_scene(colour)
    _, matte = cut_out(scene)
    assert error(matte, scene) < 5
    assert error(matte, scene) < np.abs(blurred_mask(scene.alpha) - scene.alpha).mean() * 1e3


def test_exposure_and_shift_are_followed():
    scene = booth_scene(GREY, exposure=0.94, shift=(0.6, -0.4))
    behind, matte = cut_out(scene)
    assert behind.exposure == pytest.approx(0.94, abs=0.01)
    assert behind.shift_px == pytest.approx((0.6, -0.4), abs=0.25)
    assert error(matte, scene) < 5


def test_shadow_on_the_backdrop_is_backdrop():
    scene = booth_scene(GREEN, shadow=0.25)
    _, matte = cut_out(scene)
    away = cv2.dilate((scene.alpha > 0).astype(np.uint8), np.ones((15, 15))) == 0
    assert np.percentile(matte.alpha[away], 99.9) < 0.02
    assert error(matte, scene) < 5


def test_white_on_white_survives():
    """A patch of the shirt in exactly the wall's colour stays the person."""
    scene = booth_scene(WHITE)
    patch = (slice(475, 525), slice(280, 320))
    scene.still[patch] = scene.plates[0][patch]
    assert scene.alpha[patch].min() == 1
    _, matte = cut_out(scene)
    assert matte.alpha[patch].mean() > 0.9


def test_button_of_the_walls_colour_is_no_hole():
    """Deep inside the person nothing is see-through, whatever its colour."""
    scene = booth_scene(GREEN)
    button = (slice(490, 508), slice(290, 308))
    scene.still[button] = scene.plates[0][button]
    _, matte = cut_out(scene)
    assert matte.alpha[button].min() == 1


def follow_with(scene: Scene, plate_pixels: np.ndarray):
    height, width = scene.alpha.shape
    facts = clean_plate(scene.plates)
    plate = Plate(plate_pixels, facts.noise, (width, height), 5, facts.uniformity)
    return follow(seen(scene), prepare_plate(plate, (width, height), (width, height)), LIMITS)


def striped(plate: np.ndarray) -> np.ndarray:
    plate = plate.copy()
    plate[:, ::8] //= 2
    return plate


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda plate: plate[..., ::-1].copy() // 2, "times as bright"),
        (lambda plate: np.full_like(plate, 100), "another colour"),
        (striped, "texture"),
        (lambda plate: np.concatenate([plate[:200], plate[200:] // 3]), "bright|look like it"),
    ],
    ids=["darker", "colour", "texture", "half moved"],
)
def test_plate_of_another_place_is_refused(change, why):
    scene = booth_scene(GREEN)
    with pytest.raises(PlateMismatch, match=why):
        follow_with(scene, change(scene.plates[0]))


def test_plate_of_another_size():
    plate = clean_plate(booth_scene(size=(300, 400)).plates)
    with pytest.raises(PlateMismatch, match="400x300"):
        prepare_plate(plate, (600, 550), (600, 550))


def test_backdrop_s_colour_is_taken_off_the_edges():
    scene = booth_scene(GREEN)
    _, matte = cut_out(scene)
    edge = (scene.alpha > 0.3) & (scene.alpha < 0.9)
    spill = lambda light: np.mean(light[edge][:, 1] - light[edge][:, [0, 2]].max(axis=1))  # noqa: E731
    assert spill(matte.foreground) < spill(to_linear(scene.still)) / 3


def test_composed_background_is_exactly_the_official_colour():
    scene = booth_scene(GREEN)
    _, matte = cut_out(scene)
    standard = load("chsi")
    framing = frame(Head(75, 200, 150, 300), standard)
    photo, cover = compose(matte.foreground, matte.alpha, framing, (100, 197, 255))
    assert photo.shape == (640, 480, 3)
    assert (photo[cover == 0] == (100, 197, 255)).all()
    assert (cover == 0).mean() > 0.2


def test_before_a_plain_wall_no_plate_is_needed_but_it_is_marked():
    scene = booth_scene(GREEN)
    matte = guess(seen(scene), LIMITS)
    assert matte.method == "plain_wall"
    assert error(matte, scene) < 5


def test_before_a_busy_wall_the_mask_is_refined_and_marked():
    scene = booth_scene(GREEN)
    away = scene.alpha == 0
    pattern = np.random.default_rng(3).integers(0, 255, scene.still.shape).astype(np.uint8)
    scene.still[away] = cv2.GaussianBlur(pattern, (0, 0), 3)[away] * 3
    matte = guess(seen(scene), LIMITS)
    assert matte.method == "segmenter"
    assert error(matte, scene) < 15

"""Clothes and backdrop, measured where the truth is drawn."""

from __future__ import annotations

import cv2
import guidance_faces as faces
import numpy as np
import pytest

from kiosk.guidance.behind import Behind, measure_behind
from kiosk.guidance.clothes import Clothes, measure_clothes
from kiosk.guidance.landmarks import PersonMask
from kiosk.guidance.quality import COMPONENTS
from kiosk.guidance.rules import RULES

BLUE, WHITE = (100, 197, 255), (255, 255, 255)
SHIRT = (220, 220, 225)
SKIN = (200, 150, 125)
FACE = faces.face()


def dressed(colour: tuple[int, int, int]) -> np.ndarray:
    image = faces.picture(crown_y=130)
    image[(image == SHIRT).all(axis=2)] = colour
    return image


def clothes(image: np.ndarray, background: tuple[int, int, int] = BLUE) -> Clothes:
    """The mask is of the usual picture: what is painted over stays the person."""
    person = faces.mask(faces.picture(crown_y=130))
    painted = faces.mask(image)
    return measure_clothes(
        FACE,
        PersonMask(
            person.alpha, painted.pixels, person.left_px, person.top_px, person.step_px,
            person.inside,
        ),
        background,
    )  # fmt: skip


# --- clothes --------------------------------------------------------------------------------------


def test_a_light_grey_shirt_stands_out_from_blue_and_not_from_white() -> None:
    on_blue, on_white = clothes(dressed(SHIRT)), clothes(dressed(SHIRT), WHITE)
    assert on_blue.colour_difference is not None
    assert on_blue.colour_difference > 30
    assert on_white.colour_difference is not None
    assert on_white.colour_difference < 14


@pytest.mark.parametrize("shirt", [(110, 190, 250), (100, 197, 255)])
def test_a_shirt_of_the_background_s_colour_is_not_distinct(shirt: tuple[int, int, int]) -> None:
    found = clothes(dressed(shirt)).colour_difference
    assert found is not None
    assert found < 14


@pytest.mark.parametrize("shirt", [(40, 75, 165), (120, 160, 225), (60, 85, 130)])
def test_blue_is_seen(shirt: tuple[int, int, int]) -> None:
    assert clothes(dressed(shirt)).blue_fraction == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    "shirt", [(20, 20, 26), (128, 128, 128), (150, 30, 40), (40, 110, 60), (245, 245, 245)]
)
def test_other_colours_are_not_blue(shirt: tuple[int, int, int]) -> None:
    assert clothes(dressed(shirt)).blue_fraction == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("size", [5, 9, 14])
def test_stripes_are_a_pattern(size: int) -> None:
    image = dressed(SHIRT)
    columns = (np.arange(image.shape[1]) // size) % 2 == 0
    image[(image == SHIRT).all(axis=2) & columns[None, :]] = (90, 30, 40)
    found = clothes(image).pattern_fraction
    assert found is not None
    assert found > 0.45


def test_a_jacket_over_a_shirt_is_no_pattern() -> None:
    image = dressed(SHIRT)
    shirt = (image == SHIRT).all(axis=2)
    x = np.abs(np.arange(image.shape[1]) - 640)
    image[shirt & (x > 60)[None, :]] = (40, 40, 50)
    found = clothes(image).pattern_fraction
    assert found is not None
    assert found < 0.2


def test_bare_shoulders_are_the_person_s_own_skin() -> None:
    bare, covered = clothes(dressed(SKIN)), clothes(dressed(SHIRT))
    assert covered.bare_shoulder_fraction == 0.0
    assert bare.bare_shoulder_fraction is not None
    assert bare.bare_shoulder_fraction > 0.9
    assert bare.colour_difference is None, "nothing is worn"


def test_a_top_with_straps_leaves_shoulders_bare() -> None:
    image = dressed(SKIN)
    image[620:, 480:800] = SHIRT
    found = clothes(image).bare_shoulder_fraction
    assert found is not None
    assert found > 0.4


def test_a_face_that_fills_the_picture_shows_no_clothes() -> None:
    image = faces.picture()
    low = faces.face(centre=(640, 600))
    assert measure_clothes(low, faces.mask(image), BLUE) == Clothes()


# --- backdrop -------------------------------------------------------------------------------------

ALPHA = np.zeros((256, 256), np.float32)
ALPHA[60:, 80:176] = 1.0
WHOLE = (slice(0, 256), slice(0, 256))
HEAD = faces.face(centre=(128, 110), width=75)


def wall() -> np.ndarray:
    y, x = np.mgrid[:256, :256] / 255 - 0.5
    light = 215 - 50 * x - 60 * (x**2 + y**2)
    random = np.random.default_rng(2)
    grey = np.clip(light[..., None] + random.normal(0, 3, (256, 256, 3)), 0, 255)
    return (grey * (0.9, 0.97, 1.0)).astype(np.uint8)


def behind(pixels: np.ndarray, alpha: np.ndarray = ALPHA) -> Behind:
    return measure_behind(HEAD, PersonMask(alpha, pixels, 0.0, 0.0, 1.0, WHOLE))


def shadowed(light: np.ndarray, depth_ev: float) -> np.ndarray:
    """A soft shadow on one side of a wall, sRGB 0 to 1 and more: what is above 1 burns out."""
    mask = np.zeros((256, 256), np.float32)
    cv2.ellipse(mask, (205, 170), (30, 70), 0, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 13)
    stops = depth_ev * mask / mask.max()
    dark = light**2.2 * 2.0 ** -stops[..., None]
    return (np.clip(dark ** (1 / 2.2), 0, 1) * 255).round().astype(np.uint8)


def test_a_plain_wall_with_falloff_is_plain() -> None:
    found = behind(wall())
    assert found.thing_fraction == pytest.approx(0.0, abs=0.002)
    assert found.shadow_ev == pytest.approx(0.0, abs=0.15)
    assert found.other_person_fraction == 0.0


@pytest.mark.parametrize("colour", [(60, 60, 60), (200, 40, 40), (120, 130, 125)])
def test_a_thing_is_seen_and_is_no_shadow(colour: tuple[int, int, int]) -> None:
    image = wall()
    image[100:150, 15:55] = colour
    found = behind(image)
    assert found.thing_fraction is not None
    assert found.thing_fraction > 0.02
    assert found.shadow_ev == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("depth_ev", [0.8, 1.3])
def test_a_soft_shadow_is_as_deep_as_it_is_and_no_thing(depth_ev: float) -> None:
    found = behind(shadowed(wall() / 255.0, depth_ev))
    assert found.shadow_ev == pytest.approx(depth_ev, rel=0.35)
    assert found.thing_fraction == pytest.approx(0.0, abs=0.01)


def test_a_shadow_in_which_one_channel_stays_burnt_out_is_no_thing() -> None:
    """A blue wall half a stop too light: only red and green can darken."""
    blue = wall() / 255.0 * (0.62, 0.9, 1.5)
    found = behind(shadowed(blue, 0.35))
    assert found.thing_fraction == pytest.approx(0.0, abs=0.002)
    assert found.shadow_ev == pytest.approx(0.35, abs=0.15)


def test_somebody_else_in_the_mask_is_somebody_else() -> None:
    alpha = ALPHA.copy()
    alpha[150:, 220:] = 0.9
    assert (behind(wall(), alpha).other_person_fraction or 0.0) > 0.05


def test_somebody_who_touches_the_sitter_is_still_somebody_else() -> None:
    alpha = ALPHA.copy()
    alpha[90:, 176:] = 1.0
    assert (behind(wall(), alpha).other_person_fraction or 0.0) > 0.05


def test_too_little_backdrop_says_nothing() -> None:
    found = behind(wall(), np.ones((256, 256), np.float32))
    assert (found.thing_fraction, found.shadow_ev) == (None, None)


# --- the names of the standard --------------------------------------------------------------------


def test_every_rule_says_which_component_of_the_standard_it_is() -> None:
    assert [rule for rule in RULES if rule not in COMPONENTS] == []

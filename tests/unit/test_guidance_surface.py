"""Skin, teeth, pupils, noise, blur and blocks, measured where the truth is drawn."""

from __future__ import annotations

import cv2
import guidance_faces as faces
import numpy as np
import pytest

from kiosk.guidance.artefacts import measure_blockiness, measure_noise_levels
from kiosk.guidance.expression import measure_smile
from kiosk.guidance.face_light import measure_face_shadow_ev, measure_hot_spot_fraction
from kiosk.guidance.face_points import LEFT_EYE, LIPS_OUTER, MOUTH_LEFT, MOUTH_RIGHT
from kiosk.guidance.light import measure_exposure_ev, small_face
from kiosk.guidance.mouth_cover import measure_mouth_covered_ev
from kiosk.guidance.red_eye import measure_red_pupil_fraction
from kiosk.guidance.sharpness import measure_blur_direction
from kiosk.guidance.teeth import measure_teeth_area

FACE = faces.face()
OUTSIDE = faces.face(centre=(-300, 300))
SKINS = [(225, 185, 165), (160, 110, 85), (90, 62, 50)]


def plain(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((*faces.CANVAS, 3), colour, np.uint8)


def lit(image: np.ndarray, stops: np.ndarray) -> np.ndarray:
    light = (image / 255.0) ** 2.2 * 2.0 ** stops[..., None]
    return (np.clip(light, 0, 1) ** (1 / 2.2) * 255).round().astype(np.uint8)


def test_a_smile_is_how_far_the_corners_rise() -> None:
    assert measure_smile(faces.face(smile=0.09, roll=7)) == pytest.approx(0.09, abs=0.005)
    assert measure_smile(faces.face(smile=-0.05)) == pytest.approx(-0.05, abs=0.005)


# --- what covers the mouth ------------------------------------------------------------------------


def with_mouth(skin: tuple[int, int, int], colour: tuple[int, int, int]) -> np.ndarray:
    image = plain(skin)
    outline = FACE[list(LIPS_OUTER), :2]
    cv2.fillPoly(image, [cv2.convexHull(outline.round().astype(np.int32))], colour)
    return image


def covered(image: np.ndarray) -> float | None:
    found = small_face(image, FACE)
    assert found is not None
    return measure_mouth_covered_ev(*found)


@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("cloth", [(150, 195, 215), (228, 228, 230), (30, 30, 33)])
def test_blue_white_and_black_over_the_mouth_are_seen_on_any_skin(
    skin: tuple[int, int, int], cloth: tuple[int, int, int]
) -> None:
    assert (covered(with_mouth(skin, cloth)) or 0.0) > 0.5


@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("stops", [-1.5, 0.0, 0.3])
def test_lips_cover_nothing_in_any_light(skin: tuple[int, int, int], stops: float) -> None:
    red = tuple(round(v * f) for v, f in zip(skin, (0.95, 0.75, 0.8), strict=True))
    for mouth in (red, skin):
        measured = covered(lit(with_mouth(skin, mouth), np.full(faces.CANVAS, stops)))
        assert measured is not None
        assert measured < 0.1


def test_a_picture_in_grey_says_nothing_of_the_mouth() -> None:
    assert covered(with_mouth((140, 140, 140), (90, 90, 90))) is None


# --- shadows and hot spots ------------------------------------------------------------------------


@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("depth_ev", [0.0, 1.0, 2.0])
def test_a_shadow_on_a_cheek_measures_the_same_on_any_skin(
    skin: tuple[int, int, int], depth_ev: float
) -> None:
    stops = np.zeros(faces.CANVAS)
    y, x = np.mgrid[: faces.CANVAS[0], : faces.CANVAS[1]]
    stops[(x > 665) & (y > 345)] = -depth_ev
    found = small_face(lit(plain(skin), stops), FACE)
    assert found is not None
    assert measure_face_shadow_ev(*found) == pytest.approx(depth_ev, abs=0.3)


def test_hair_over_a_cheek_is_no_shadow() -> None:
    image = plain(SKINS[0])
    image[300:, 665:] = (35, 33, 38)
    found = small_face(image, FACE)
    assert found is not None
    assert (measure_face_shadow_ev(*found) or 0.0) < 0.3


@pytest.mark.parametrize("skin", SKINS)
def test_a_hot_spot_is_burnt_out_and_light_skin_is_not(skin: tuple[int, int, int]) -> None:
    image = plain(skin)
    clear = small_face(image, FACE)
    assert clear is not None
    assert measure_hot_spot_fraction(*clear) == 0.0
    cv2.circle(image, (640, 270), 16, (255, 255, 255), -1)
    spotted = small_face(image, FACE)
    assert spotted is not None
    assert measure_hot_spot_fraction(*spotted) > 0.01


def test_exposure_is_held_against_the_backdrop_at_calibration() -> None:
    person = faces.mask(faces.picture())
    assert measure_exposure_ev(person, (100.0, 197.0, 255.0)) == pytest.approx(0.0, abs=0.05)
    darker = lit(plain((100, 197, 255)), np.full(faces.CANVAS, -1.0))[0, 0]
    assert measure_exposure_ev(person, tuple(darker)) == pytest.approx(1.0, abs=0.1)


# --- teeth and pupils -----------------------------------------------------------------------------


def mouth(gap: float, colour: tuple[int, int, int], lips: tuple[int, int, int]) -> tuple:
    """A face with painted lips and something in the gap between them."""
    face, image = faces.face(lips=gap), plain(SKINS[1])
    outline = face[list(LIPS_OUTER), :2].round().astype(np.int32)
    cv2.fillPoly(image, [outline], lips)
    middle = outline.mean(axis=0).round().astype(int)
    if gap:
        size = (round(0.3 * 100), max(1, round(gap * 50)))
        cv2.ellipse(image, (int(middle[0]), int(middle[1])), size, 0, 0, 360, colour, -1)
    return image, face


LIPS = [(190, 95, 100), (110, 60, 62)]


@pytest.mark.parametrize("lips", LIPS)
def test_teeth_are_paler_than_lips(lips: tuple[int, int, int]) -> None:
    assert (measure_teeth_area(*mouth(0.15, (225, 220, 205), lips)) or 0.0) > 0.03


@pytest.mark.parametrize("lips", LIPS)
def test_closed_lips_and_a_dark_mouth_show_none(lips: tuple[int, int, int]) -> None:
    assert measure_teeth_area(*mouth(0.0, (0, 0, 0), lips)) == pytest.approx(0.0, abs=0.003)
    dark = tuple(v // 5 for v in lips)
    assert measure_teeth_area(*mouth(0.15, dark, lips)) == pytest.approx(0.0, abs=0.003)


@pytest.mark.parametrize("lips", LIPS)
def test_a_pale_line_at_the_corners_of_closed_lips_is_no_teeth(lips: tuple[int, int, int]) -> None:
    image, face = mouth(0.0, (0, 0, 0), lips)
    right, left = (face[i, :2] for i in (MOUTH_RIGHT, MOUTH_LEFT))
    for corner, inwards in ((right, left), (left, right)):
        ends = corner, corner + 0.12 * (inwards - corner)
        start, end = (tuple(int(v) for v in point.round()) for point in ends)
        cv2.line(image, start, end, (150, 145, 140), 2)
    assert measure_teeth_area(image, face) == pytest.approx(0.0, abs=0.001)


@pytest.mark.parametrize("cast", [(1.0, 1.0, 1.0), (0.6, 1.0, 1.0)])
def test_where_lips_have_no_red_nothing_is_said_of_teeth(cast: tuple[float, float, float]) -> None:
    """Grey pictures show teeth that pass as lips; a cast makes lips pass as teeth."""
    for gap in (0.0, 0.15):
        image, face = mouth(gap, (225, 220, 205), LIPS[0])
        grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        assert measure_teeth_area((grey * cast).astype(np.uint8), face) is None


def test_a_mouth_outside_of_the_picture_has_no_teeth() -> None:
    assert measure_teeth_area(plain(SKINS[0]), OUTSIDE) is None


def test_red_pupils_are_red_and_brown_ones_are_not() -> None:
    image = plain(SKINS[0])
    brown = image.copy()
    for colour, target in (((200, 40, 45), image), ((90, 55, 35), brown)):
        for iris in (LEFT_EYE.iris, 468):
            centre = FACE[iris, :2].round().astype(int)
            cv2.circle(target, (int(centre[0]), int(centre[1])), 5, colour, -1)
    assert (measure_red_pupil_fraction(image, FACE) or 0.0) > 0.5
    assert measure_red_pupil_fraction(brown, FACE) == 0.0
    assert measure_red_pupil_fraction(image, OUTSIDE) is None
    assert measure_red_pupil_fraction(image, faces.face(width=40)) is None


# --- noise, blur, blocks --------------------------------------------------------------------------


def texture(seed: int = 5) -> np.ndarray:
    blocks = np.random.default_rng(seed).normal(0, 20, (240, 427)).astype(np.float32)
    soft = cv2.GaussianBlur(
        cv2.resize(blocks, (1280, 720), interpolation=cv2.INTER_CUBIC), (0, 0), 1
    )
    return np.clip(150 + soft[..., None] + (10, 0, -10), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("skin", SKINS)
def test_noise_is_measured_alike_on_any_skin(skin: tuple[int, int, int]) -> None:
    random = np.random.default_rng(1)
    levels = []
    for sigma in (0.0, 5.0, 10.0):
        noise = random.normal(0, sigma, (*faces.CANVAS, 3))
        noisy = np.clip(plain(skin) + noise, 0, 255).astype(np.uint8)
        levels.append(measure_noise_levels(noisy, FACE))
    assert levels[0] == pytest.approx(0.0, abs=0.2)
    # Grey has two thirds of the noise of independent channels, the quietest tiles a little less.
    assert levels[1] == pytest.approx(5.0 * 0.6, rel=0.2)
    assert levels[2] == pytest.approx(10.0 * 0.6, rel=0.2)


@pytest.mark.parametrize("angle", [0, 30, 45, 90, 135])
def test_movement_has_a_direction_and_defocus_has_none(angle: int) -> None:
    image = texture()
    kernel = np.zeros((17, 17), np.float32)
    for t in np.linspace(-7, 7, 99):
        x, y = 8 + t * np.cos(np.radians(angle)), 8 - t * np.sin(np.radians(angle))
        kernel[round(y), round(x)] += 1
    moved = cv2.filter2D(image, -1, kernel / kernel.sum())
    defocused = cv2.GaussianBlur(image, (0, 0), 3)
    assert (measure_blur_direction(moved, FACE) or 0.0) > 0.55
    assert measure_blur_direction(defocused, FACE) == pytest.approx(0.1, abs=0.3)
    assert measure_blur_direction(image, OUTSIDE) is None


def test_blocks_grow_with_compression_and_lie_on_the_file_s_grid() -> None:
    image, found = texture(), []
    for quality in (95, 60, 12):
        data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        found.append(measure_blockiness(cv2.imdecode(data, cv2.IMREAD_COLOR), FACE))
    assert found[0] < 2.0
    assert found[0] < found[1] < found[2]
    assert measure_blockiness(image, faces.face(width=60)) is None

"""Every measurement against faces and pictures whose truth is known."""

from __future__ import annotations

import cv2
import guidance_faces as faces
import numpy as np
import pytest

from kiosk.guidance.background import measure_background_spread
from kiosk.guidance.body import Hand, Shoulders
from kiosk.guidance.crown import measure_crown_y_px
from kiosk.guidance.eyes import measure_eyes
from kiosk.guidance.face_geometry import (
    SHOULDER_BIAS_DEG,
    SHOULDER_GAIN,
    measure_face_geometry,
    measure_shoulder_tilt_deg,
)
from kiosk.guidance.hands import measure_hand
from kiosk.guidance.head_pose import measure_head_pose, rotation_between
from kiosk.guidance.landmarks import PersonMask
from kiosk.guidance.light import (
    linear,
    measure_backdrop_level,
    measure_face_clipped_fraction,
    measure_light_difference_ev,
    small_face,
)
from kiosk.guidance.measure import NAMES, NAMES_OF, Known, Part, measure
from kiosk.guidance.mouth import measure_mouth_open
from kiosk.guidance.sharpness import measure_eye_sharpness

KNOWN = Known(background=(100, 197, 255), plate_level=(100.0, 197.0, 255.0))

POSES = [(0, 0, 0), (10, 0, 0), (-10, 0, 0), (0, 10, 0), (0, -10, 0), (0, 0, 12), (6, -4, -8)]


@pytest.mark.parametrize(("yaw", "pitch", "roll"), POSES)
def test_the_head_s_pose_is_recovered_with_its_sign(yaw: int, pitch: int, roll: int) -> None:
    pose = measure_head_pose(faces.face(yaw=yaw, pitch=pitch, roll=roll))
    assert pose.yaw_deg == pytest.approx(yaw, abs=0.1)
    assert pose.pitch_deg == pytest.approx(pitch, abs=0.1)
    # Roll is the pupils' line in the picture, which yaw and pitch together tilt a little.
    assert pose.roll_deg == pytest.approx(roll, abs=0.6)


@pytest.mark.parametrize("squeeze", [(1, 1, 1), (1, 0.4, 0.02), (1, 1, 0), (-1, 1, 1)])
def test_the_rotation_is_the_best_one_for_flat_and_mirrored_points_too(
    squeeze: tuple[float, float, float],
) -> None:
    random = np.random.default_rng(2)
    reference = random.normal(size=(40, 3))
    turned, _ = np.linalg.qr(random.normal(size=(3, 3)))
    points = 80 * (reference * squeeze) @ turned.T * np.sign(np.linalg.det(turned))
    points += 500 + random.normal(size=points.shape)
    rotation = rotation_between(reference, points)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(rotation) == pytest.approx(1.0)

    def fit(tried: np.ndarray) -> float:
        return float(np.sum((points - points.mean(axis=0)) * (reference @ tried.T)))

    for axis in np.eye(3):
        for angle in (-0.02, 0.02):
            beside, _ = cv2.Rodrigues(axis * angle)
            assert fit(beside @ rotation) < fit(rotation)


def test_signs_are_those_of_the_standard() -> None:
    looks_to_own_left = faces.face(yaw=10)
    assert looks_to_own_left[4, 0] > faces.face()[4, 0], "the nose goes to the picture's right"
    looks_down = faces.face(pitch=10)
    assert looks_down[4, 1] > faces.face()[4, 1]
    leans_to_own_right = faces.face(roll=10)
    assert leans_to_own_right[10, 0] < faces.face()[10, 0], "the forehead goes to the left"


@pytest.mark.parametrize("roll", [0, 12, -12])
@pytest.mark.parametrize("width", [60, 240, 900])
def test_eyes_are_measured_alike_at_any_size_and_lean(roll: int, width: int) -> None:
    eyes = measure_eyes(faces.face(opened=(0.3, 0.05), gaze=(0.12, 0.05), roll=roll, width=width))
    assert eyes.open_left == pytest.approx(0.3, abs=0.01)
    assert eyes.open_right == pytest.approx(0.05, abs=0.01)
    assert eyes.gaze_x == pytest.approx(0.12, abs=0.01)
    assert eyes.gaze_y == pytest.approx(0.05, abs=0.01)


def test_the_mouth_s_gap() -> None:
    assert measure_mouth_open(faces.face(lips=0.2, roll=9)) == pytest.approx(0.2, abs=0.005)


def test_width_centre_and_eye_line() -> None:
    geometry = measure_face_geometry(faces.face(centre=(500, 300), width=200))
    assert geometry.face_width_px == pytest.approx(200, abs=0.5)
    assert geometry.centre_x_px == pytest.approx(500, abs=0.5)
    assert geometry.eye_line_y_px == pytest.approx(300, abs=0.5)
    assert geometry.chin_y_px > 400


def test_a_lower_right_shoulder_is_positive_and_the_model_s_damping_undone() -> None:
    damped = np.tan(np.radians(6.0 * SHOULDER_GAIN + SHOULDER_BIAS_DEG))
    tilt = measure_shoulder_tilt_deg(Shoulders((900, 500), (500, 500 + 400 * damped), 0.9), 0.0)
    assert tilt == pytest.approx(6.0, abs=0.01)


def test_a_hand_is_measured_against_the_face_and_unseen_outside_the_picture() -> None:
    points = faces.face(centre=(500, 300), width=200)
    place = measure_hand(Hand(600, 460, 0.9), points, 1280, 720)
    assert (place.aside, place.below) == pytest.approx((0.5, 0.8), abs=0.03)
    assert place.visibility == 0.9
    assert measure_hand(Hand(600, 730, 0.9), points, 1280, 720).visibility == 0


# --- the crown ------------------------------------------------------------------------------------


@pytest.mark.parametrize("crown", [96, 131, 150])
def test_the_crown_is_found_to_the_pixel_in_a_coarse_mask(crown: int) -> None:
    image = faces.picture(crown_y=crown)
    # The hair is an arch: at the edges of the band about 5 px lower than in its middle.
    found = measure_crown_y_px(image, faces.face(), faces.mask(image, step=4.0))
    assert found == pytest.approx(crown + 2, abs=2.5)


def test_a_crown_that_is_cut_off_is_not_invented() -> None:
    image = faces.picture(crown_y=-40)
    assert measure_crown_y_px(image, faces.face(), faces.mask(image)) is None


def test_hair_of_the_backdrop_s_colour_leaves_the_mask_s_word() -> None:
    dark = (42, 32, 27)
    image = faces.picture(crown_y=130)
    person = faces.mask(image)
    image[image[..., 2] == 255] = dark
    assert measure_crown_y_px(image, faces.face(), person) == pytest.approx(132, abs=5)


# --- light ----------------------------------------------------------------------------------------


def _lit(left_ev: float, skin: float) -> np.ndarray:
    """A face whose left half gets `left_ev` stops more light; `skin`: reflectance."""
    light = np.full((*faces.CANVAS, 3), skin, np.float32) * (1.0, 0.75, 0.6)
    light[:, 640:] *= 2.0**left_ev
    srgb = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return (np.clip(srgb, 0, 1) * 255).round().astype(np.uint8)


@pytest.mark.parametrize("skin", [0.5, 0.12, 0.04])
@pytest.mark.parametrize("ev", [-1.0, 0.0, 0.5])
def test_uneven_light_measures_the_same_on_any_skin(ev: float, skin: float) -> None:
    found = small_face(_lit(ev, skin), faces.face())
    assert found is not None
    assert measure_light_difference_ev(*found) == pytest.approx(ev, abs=0.08)
    assert measure_face_clipped_fraction(*found) == 0.0


def test_a_burnt_out_half_is_seen() -> None:
    image = _lit(0.0, 0.3)
    image[:, 640:] = 255
    found = small_face(image, faces.face())
    assert found is not None
    assert measure_face_clipped_fraction(*found) == pytest.approx(0.5, abs=0.05)


def test_a_face_outside_of_the_picture_has_no_light() -> None:
    assert small_face(faces.picture(), faces.face(centre=(-900, 300))) is None


def test_linear_light_of_middle_grey() -> None:
    assert linear(np.array([0.0, 188.0, 255.0])) == pytest.approx([0.0, 0.503, 1.0], abs=0.003)


# --- backdrop -------------------------------------------------------------------------------------


def test_falloff_of_the_lamps_is_a_clear_backdrop_but_a_thing_is_not() -> None:
    y, x = np.mgrid[:256, :256] / 255 - 0.5
    falloff = 220 - 60 * x - 70 * (x**2 + y**2)
    noise = np.random.default_rng(1).normal(0, 3, falloff.shape)
    plain = np.clip(falloff + noise, 0, 255).astype(np.uint8)
    whole = (slice(0, 256), slice(0, 256))
    alpha = np.zeros((256, 256), np.float32)
    alpha[80:, 70:190] = 1.0

    def spread(grey: np.ndarray) -> float | None:
        return measure_background_spread(PersonMask(alpha, np.dstack([grey] * 3), 0, 0, 1.0, whole))

    clear = spread(plain)
    thing = plain.copy()
    thing[150:230, 10:50] = 60
    cluttered = spread(thing)
    assert clear is not None
    assert clear < 4
    assert cluttered is not None
    assert cluttered > 25


def test_too_little_backdrop_says_nothing() -> None:
    whole = (slice(0, 256), slice(0, 256))
    everywhere = PersonMask(
        np.ones((256, 256), np.float32), np.zeros((256, 256, 3), np.uint8), 0, 0, 1.0, whole
    )
    assert measure_background_spread(everywhere) is None
    assert measure_backdrop_level(everywhere) is None


def test_the_backdrop_s_level_is_its_brightest_channel() -> None:
    assert measure_backdrop_level(faces.mask(faces.picture())) == pytest.approx(1.0)


# --- sharpness ------------------------------------------------------------------------------------


def _texture(gain: float = 1.0) -> np.ndarray:
    random = np.random.default_rng(5)
    blocks = random.integers(60, 200, (90, 160)).astype(np.float32)
    image = cv2.resize(blocks, (1280, 720), interpolation=cv2.INTER_NEAREST) * gain
    return np.dstack([image.astype(np.uint8)] * 3)


def test_blur_lowers_sharpness_and_darkness_does_not() -> None:
    sharp = measure_eye_sharpness(_texture(), faces.face())
    dark = measure_eye_sharpness(_texture(0.2), faces.face())
    blurred = measure_eye_sharpness(cv2.GaussianBlur(_texture(), (0, 0), 5), faces.face())
    assert sharp is not None
    assert dark == pytest.approx(sharp, abs=0.02)
    assert blurred is not None
    assert blurred < sharp - 0.15


@pytest.mark.parametrize("face", [faces.face(width=80), faces.face(centre=(20, 300))])
def test_small_or_cut_eyes_have_no_sharpness(face: np.ndarray) -> None:
    assert measure_eye_sharpness(_texture(), face) is None


# --- all together ---------------------------------------------------------------------------------


def test_everything_is_measured_where_everything_is_seen() -> None:
    image = faces.picture()
    found = measure(image, faces.landmarks(faces.face(), image), KNOWN)
    assert tuple(found) == NAMES
    assert [name for name, value in found.items() if value is None] == []


def test_nothing_is_measured_without_a_face() -> None:
    image = faces.picture()
    assert set(measure(image, faces.landmarks(None, image), KNOWN).values()) == {None}


def test_what_was_not_looked_for_is_missing_and_the_rest_is_there() -> None:
    image = faces.picture()
    seen = faces.landmarks(faces.face(), image, shoulders=None, person=None, attributes=None)
    found = measure(image, seen, KNOWN)
    missing = {name for name, value in found.items() if value is None}
    without = (Part.SHOULDERS, Part.PERSON, Part.BEHIND, Part.CLOTHES, Part.WORN)
    assert missing == {name for part in without for name in NAMES_OF[part]}


def test_only_the_parts_asked_for_are_measured() -> None:
    image = faces.picture()
    found = measure(image, faces.landmarks(faces.face(), image), KNOWN, (Part.CLOTHES,))
    assert {n for n, v in found.items() if v is not None} == set(NAMES_OF[Part.CLOTHES])

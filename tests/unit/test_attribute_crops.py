"""The aligned crops show the same part of every face, whatever its size, place and tilt."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kiosk.guidance.attributes.crop import (
    EYES,
    HEAD,
    CropGeometry,
    aligned_crop,
    alignment,
    normalised,
    share_inside,
)
from kiosk.guidance.face_points import eye_centres

BOTH = [pytest.param(EYES, id="eyes"), pytest.param(HEAD, id="head")]


def two_eyes(left: tuple[float, float], right: tuple[float, float]) -> np.ndarray:
    """Face points of which only the corners of the eyes are set, without width."""
    face = np.zeros((478, 3), np.float32)
    face[[263, 362], :2], face[[33, 133], :2] = left, right
    return face


def scene() -> np.ndarray:
    """A picture in which every place looks different, smooth enough to be turned."""
    rows, columns = np.indices((360, 480)).astype(np.float32)
    waves = [128 + 100 * np.sin(columns / a + rows / b) for a, b in ((23, 31), (37, -19), (29, 50))]
    return np.stack(waves, axis=2).astype(np.uint8)


@pytest.mark.parametrize("geometry", BOTH)
def test_the_eyes_are_where_the_layout_says(geometry: CropGeometry) -> None:
    face = two_eyes((290.0, 170.0), (210.0, 150.0))
    matrix = alignment(face, geometry)
    left, right = (matrix[:, :2] @ p + matrix[:, 2] for p in eye_centres(face))
    middle, half = geometry.width_px / 2, geometry.eye_distance_px / 2
    assert left == pytest.approx([middle + half, geometry.eye_line_y_px], abs=0.01)
    assert right == pytest.approx([middle - half, geometry.eye_line_y_px], abs=0.01)


@pytest.mark.parametrize("geometry", BOTH)
@pytest.mark.parametrize(("scale", "degrees"), [(1.0, 12.0), (3.0, 0.0), (5.0, -20.0)])
def test_size_and_tilt_of_a_face_do_not_change_its_crop(
    geometry: CropGeometry, scale: float, degrees: float
) -> None:
    picture, eyes = scene(), np.array([[275.0, 180.0], [235.0, 180.0]])
    turn = cv2.getRotationMatrix2D((240, 180), degrees, scale)
    # Corners stay corners: a scaled picture's pixel centres lie at halves.
    turn[:, 2] += turn[:, :2] @ (0.5, 0.5) - 0.5 + [(scale - 1) * 240, (scale - 1) * 180]
    size = (round(480 * scale), round(360 * scale))
    turned = cv2.warpAffine(picture, turn, size, flags=cv2.INTER_CUBIC)
    moved = eyes @ turn[:, :2].T + turn[:, 2]
    straight = aligned_crop(picture, two_eyes(*eyes), geometry).astype(int)
    again = aligned_crop(turned, two_eyes(*moved), geometry).astype(int)
    middle = np.s_[10:-10, 20:-20]
    assert np.abs(straight - again)[middle].mean() < 4


@pytest.mark.parametrize("geometry", BOTH)
def test_a_face_half_outside_the_picture_is_cut_all_the_same(geometry: CropGeometry) -> None:
    face = two_eyes((20.0, 3.0), (-30.0, 3.0))
    crop = aligned_crop(scene(), face, geometry)
    assert crop.shape == (geometry.height_px, geometry.width_px, 3)
    assert share_inside(face, (480, 360), geometry) < 0.5
    assert share_inside(two_eyes((250.0, 180.0), (230.0, 180.0)), (480, 360), geometry) == 1.0


def test_a_picture_of_one_pixel_gives_a_crop() -> None:
    crop = aligned_crop(np.zeros((1, 1, 3), np.uint8), two_eyes((9.0, 5.0), (2.0, 5.0)), EYES)
    assert crop.shape == (72, 112, 3)


def test_broken_face_points_are_told() -> None:
    with pytest.raises(ValueError, match="both eyes are at one point"):
        alignment(two_eyes((50.0, 50.0), (50.0, 50.0)), EYES)


def test_light_and_tint_of_a_picture_do_not_reach_the_networks() -> None:
    crop = aligned_crop(scene(), two_eyes((275.0, 180.0), (235.0, 180.0)), EYES)
    dimmer = np.round(crop * 0.5).astype(np.uint8)
    tinted = np.clip(crop * 0.5 + [20, 0, 40], 0, 255).astype(np.uint8)
    bare, dim, tint = normalised(np.stack([crop, dimmer, tinted]))
    assert np.abs(bare - dim).max() < 0.2
    assert np.abs(dim - tint).max() < 0.1


def test_an_empty_crop_does_not_become_noise() -> None:
    assert np.abs(normalised(np.full((1, 72, 112, 3), 90, np.uint8))).max() < 0.01

"""A face has its own colours whatever colour space phone or camera wrote it in."""

from __future__ import annotations

import io

import numpy as np
import pytest
from colour_profiles import ADOBE_GAMMA, ADOBE_RGB, DISPLAY_P3, rgb_profile
from PIL import ExifTags, Image, ImageCms

from calibration.colour_space import in_srgb
from calibration.light import encode, to_linear
from calibration.stills import decode_still
from kiosk.portrait.decode import decode
from kiosk.settings.portrait import PortraitSettings

SKIN = np.array([[224, 172, 142], [141, 85, 61], [66, 40, 30], [128, 128, 128], [230, 230, 225]])
"""sRGB code values: skin of three lightnesses, grey, white cloth."""
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))


def in_space(primaries: tuple[tuple[float, float], ...], gamma: float) -> np.ndarray:
    """Return the code values that mean `SKIN` in another space of the same white."""
    to_xyz = [_matrix(p) for p in (SRGB, primaries)]
    light = to_linear(SKIN.astype(np.uint8)) @ (np.linalg.inv(to_xyz[1]) @ to_xyz[0]).T
    return np.rint(255 * np.clip(light, 0, 1) ** (1 / gamma)).astype(np.uint8)


def _matrix(primaries: tuple[tuple[float, float], ...]) -> np.ndarray:
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    return columns * np.linalg.solve(columns, [0.3127 / 0.3290, 1, 0.3583 / 0.3290])


def picture(codes: np.ndarray) -> Image.Image:
    return Image.fromarray(np.repeat(codes.astype(np.uint8), 40, axis=0).reshape(-1, 40, 3))


def stored(codes: np.ndarray, **options: object) -> bytes:
    out = io.BytesIO()
    picture(codes).save(out, "JPEG", quality=100, subsampling=0, **options)
    return out.getvalue()


def adobe_exif() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] = 65535
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R03"}
    return exif.tobytes()


def seen(data: bytes) -> np.ndarray:
    """Return the code values the portrait sees."""
    pixels = decode(data, PortraitSettings()).pixels
    return np.array([pixels[row].mean(axis=0) for row in range(len(SKIN))])


FILES = {
    "display-p3": (in_space(DISPLAY_P3, 2.2), {"icc_profile": rgb_profile(DISPLAY_P3, 2.2)}),
    "adobe-rgb": (
        in_space(ADOBE_RGB, ADOBE_GAMMA), {"icc_profile": rgb_profile(ADOBE_RGB, ADOBE_GAMMA)},
    ),
    "adobe-rgb by EXIF alone": (in_space(ADOBE_RGB, ADOBE_GAMMA), {"exif": adobe_exif()}),
    "srgb": (
        SKIN, {"icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()},
    ),
    "nothing said": (SKIN, {}),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_skin_keeps_its_colour(kind: str) -> None:
    codes, options = FILES[kind]
    assert np.abs(seen(stored(codes, **options)) - SKIN).max() <= 3


@pytest.mark.parametrize("kind", ["display-p3", "adobe-rgb", "adobe-rgb by EXIF alone"])
def test_without_it_skin_would_be_pale(kind: str) -> None:
    """The case the conversion is for: the spaces do differ, so that the test above can fail."""
    codes, _ = FILES[kind]
    assert np.abs(seen(stored(codes)) - SKIN).max() > 8


def test_plate_and_still_of_one_camera_are_read_alike() -> None:
    codes, options = FILES["adobe-rgb by EXIF alone"]
    data = stored(codes, **options)
    plate, _ = decode_still(data, "plate.jpg", 10_000)
    assert np.array_equal(plate, decode(data, PortraitSettings()).pixels)


@pytest.mark.parametrize(
    "profile", [b"\0", b"no profile at all", rgb_profile(DISPLAY_P3, 2.2)[:200]]
)
def test_a_broken_profile_costs_nobody_the_photo(profile: bytes) -> None:
    assert np.abs(seen(stored(SKIN, icc_profile=profile)) - SKIN).max() <= 3


def test_a_picture_that_is_srgb_already_is_not_touched() -> None:
    codes, options = FILES["srgb"]
    with Image.open(io.BytesIO(stored(codes, **options))) as image:
        rgb = image.convert("RGB")
        assert in_srgb(rgb, image) is rgb


def test_a_profile_of_another_kind_of_colour_is_left_to_the_decoder() -> None:
    grey = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert np.abs(seen(stored(SKIN, icc_profile=grey)) - SKIN).max() <= 3


def test_encode_is_the_inverse_this_test_relies_on() -> None:
    assert np.allclose(255 * encode(to_linear(SKIN.astype(np.uint8))), SKIN, atol=0.6)

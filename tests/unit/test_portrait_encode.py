"""The written file: in the band where it can be, with density and profile, nothing personal."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms
from portrait_scenes import GREEN, booth_scene

from kiosk.portrait.conformity import check_background, check_file
from kiosk.portrait.encode import encode
from kiosk.standards import load

CHSI = load("chsi")


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    still = Image.fromarray(booth_scene(GREEN, size=(1100, 1200), scale=1.0).still)
    return np.asarray(still.crop((240, 0, 960, 960)).resize((480, 640), Image.Resampling.LANCZOS))


def test_photo_lies_in_the_band_with_full_colour(photo):
    encoded = encode(photo, CHSI.file, 80)
    assert CHSI.file.min_bytes <= len(encoded.data) <= CHSI.file.max_bytes
    assert encoded.beyond_bytes == 0
    assert encoded.chroma == "4:4:4"
    assert encoded.quality >= 60


def test_file_says_what_it_is_and_no_more(photo):
    with Image.open(io.BytesIO(encode(photo, CHSI.file, 80).data)) as image:
        assert image.format == "JPEG"
        assert (image.size, image.mode) == ((480, 640), "RGB")
        assert image.info["dpi"] == (300, 300)
        assert image.info["jfif_density"] == (300, 300)
        assert "progression" not in image.info
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(profile)
        exif = image.getexif()
        assert exif[ExifTags.Base.XResolution] == 300
        assert set(exif) <= {
            ExifTags.Base.XResolution, ExifTags.Base.YResolution,
            ExifTags.Base.ResolutionUnit, ExifTags.Base.ExifOffset,
        }  # fmt: skip
        assert set(exif.get_ifd(ExifTags.IFD.Exif)) == {ExifTags.Base.ColorSpace}


def test_same_photo_gives_the_same_file(photo):
    assert encode(photo, CHSI.file, 80) == encode(photo, CHSI.file, 80)


def test_plain_picture_is_reported_too_small_not_padded():
    plain = np.full((640, 480, 3), (100, 197, 255), np.uint8)
    encoded = encode(plain, CHSI.file, 80)
    assert encoded.beyond_bytes == len(encoded.data) - CHSI.file.min_bytes < 0
    assert encoded.quality == CHSI.file.max_quality
    _, _, remarks = check_file(encoded, CHSI.file)
    (remark,) = remarks
    assert (remark.key, remark.serious) == ("file_too_small", True)
    assert remark.by == -encoded.beyond_bytes


def test_busy_picture_is_reported_too_large():
    noise = np.random.default_rng(0).integers(0, 255, (640, 480, 3)).astype(np.uint8)
    encoded = encode(noise, CHSI.file, 80)
    assert encoded.quality == CHSI.file.min_quality
    _, _, remarks = check_file(encoded, CHSI.file)
    assert [r.key for r in remarks] == ["file_too_large"]
    assert remarks[0].by == encoded.beyond_bytes > 0


def test_narrow_band_halves_the_colour_rather_than_the_quality(photo):
    small = CHSI.with_file_limits(10_000, 21_000).file
    encoded = encode(photo, small, 80)
    assert encoded.chroma == "4:2:0"
    assert 10_000 <= len(encoded.data) <= 21_000


def test_background_that_is_off_is_found():
    alpha = np.zeros((640, 480), np.float32)
    alpha[300:, 100:380] = 1
    photo = np.full((640, 480, 3), CHSI.background.blue, np.uint8)
    assert check_background(photo, alpha, CHSI, None)[1] == []
    photo[20, 20] = (100, 197, 248)
    report, remarks = check_background(photo, alpha, CHSI, None)
    assert report.deviation == 7
    assert [r.key for r in remarks] == ["background_off"]

"""Stills as bytes: good ones upright and no larger than needed, bad ones refused with a reason."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import ExifTags, Image
from portrait_scenes import as_jpeg

from kiosk.portrait.decode import decode
from kiosk.portrait.errors import TooLarge, Unreadable
from kiosk.settings.portrait import PortraitSettings

SETTINGS = PortraitSettings(work_side_px=640)


def picture(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    return np.stack([255 * x, 255 * y, 128 + 0 * x], axis=-1).astype(np.uint8)


def test_small_still_is_left_alone():
    decoded = decode(as_jpeg(picture(500, 400), 100), SETTINGS)
    assert decoded.size == (400, 500)
    assert decoded.scale == 1
    assert np.abs(decoded.pixels.astype(int) - picture(500, 400)).max() < 12


def test_large_still_comes_at_the_size_worked_at():
    decoded = decode(as_jpeg(picture(2600, 3900)), SETTINGS)
    assert max(decoded.pixels.shape) == 640
    assert decoded.size == (3900, 2600)
    assert np.abs(decoded.pixels.astype(int) - picture(*decoded.pixels.shape[:2])).mean() < 2


@pytest.mark.parametrize(("orientation", "corner"), [(3, (-1, -1)), (6, (0, -1)), (8, (-1, 0))])
def test_orientation_is_honoured(orientation, corner):
    source = np.zeros((60, 80, 3), np.uint8)
    source[:20, :20] = 255
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    buffer = io.BytesIO()
    Image.fromarray(source).save(buffer, "JPEG", exif=exif, quality=95)
    decoded = decode(buffer.getvalue(), SETTINGS)
    upright = (80, 60) if orientation == 3 else (60, 80)
    assert decoded.size == upright
    assert decoded.pixels[corner].min() > 200


@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", b"\xff\xd8\xff\xe0 cut", b"GIF89a" + bytes(40)],
    ids=["empty", "text", "header only", "other format"],
)
def test_no_picture(data):
    with pytest.raises(Unreadable, match="Take it again"):
        decode(data, SETTINGS)


@pytest.mark.parametrize("part", [0.3, 0.9])
def test_picture_cut_short(part):
    data = as_jpeg(picture(500, 400))
    with pytest.raises(Unreadable, match="Take it again"):
        decode(data[: int(len(data) * part)], SETTINGS)


def test_bomb_is_refused_before_it_is_decoded():
    buffer = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(buffer, "PNG")
    with pytest.raises(TooLarge, match="megapixels"):
        decode(buffer.getvalue(), SETTINGS)


def test_file_of_too_many_bytes():
    with pytest.raises(TooLarge, match="MB"):
        decode(bytes(3_000_000), PortraitSettings(max_megabytes=2))


def test_too_many_pixels():
    with pytest.raises(TooLarge, match="megapixels"):
        decode(as_jpeg(picture(1500, 1500)), PortraitSettings(max_megapixels=2))


def test_transparent_picture_is_no_photo():
    buffer = io.BytesIO()
    Image.new("RGBA", (50, 50), (1, 2, 3, 4)).save(buffer, "PNG")
    with pytest.raises(Unreadable, match="transparent"):
        decode(buffer.getvalue(), SETTINGS)

"""Pictures as USB cameras send them become JPEG files any program reads."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from hardware.mjpeg import decode, reduction, standard_tables, whole_jpeg


@pytest.fixture
def jpeg():
    rgb = np.zeros((120, 160, 3), np.uint8)
    rgb[:, :80] = (220, 30, 40)
    rgb[40:80] += 20
    return cv2.imencode(".jpg", rgb[:, :, ::-1])[1].tobytes()


def opened(data):
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


def test_a_whole_file_stays_as_it_is(jpeg):
    assert whole_jpeg(jpeg) == jpeg


def test_padding_is_taken_off(jpeg):
    assert whole_jpeg(jpeg + b"\0" * 500) == jpeg


def test_missing_huffman_tables_are_put_in_and_the_picture_is_the_same(jpeg):
    tables = standard_tables()
    assert tables
    assert tables in jpeg
    bare = jpeg.replace(tables, b"")
    whole = whole_jpeg(bare)
    assert whole is not None
    assert np.array_equal(opened(whole), opened(jpeg))


@pytest.mark.parametrize("cut", [0, 1, 3, 40, 300, -3])
def test_a_damaged_picture_is_none(jpeg, cut):
    assert whole_jpeg(jpeg[:cut]) is None


def test_what_is_no_jpeg_is_none(jpeg):
    assert whole_jpeg(b"YUYV" * 100 + b"\xff\xd9") is None
    assert whole_jpeg(b"\xff\xd8\xff\xff\xff\xd9") is None
    assert decode(b"no picture") is None


def test_decoding_gives_rgb_also_reduced(jpeg):
    pixels = decode(jpeg)
    assert pixels.shape == (120, 160, 3)
    red, _, blue = pixels[10, 10]
    assert red > 180
    assert blue < 100
    assert decode(jpeg, 2).shape == (60, 80, 3)
    assert decode(jpeg, 8).shape == (15, 20, 3)


@pytest.mark.parametrize(
    ("size", "factor"),
    [((1280, 720), 1), ((2559, 1440), 1), ((2560, 1440), 2), ((3840, 2160), 2), ((5120, 2880), 4)],
)
def test_no_reduction_below_what_is_wanted(size, factor):
    assert reduction(size, (1280, 720)) == factor

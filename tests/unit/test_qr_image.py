"""QR codes as pictures can be read back by an independent reader."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from kiosk.codes.qr_image import qr_pixels, qr_png, qr_svg
from kiosk.codes.reader import CodeReader

TEXTS = ["https://example.edu.cn/r/Z3K8F7", "CCK1:MZXW6YTBOI", "某大学|066614360|张*", "7", "亜a"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("engine", ["zxing", "pyzbar"])
def test_both_engines_read_back_what_was_made(text: str, engine: str) -> None:
    assert CodeReader(engine).read(qr_pixels(text, 6)) == (text,)


def test_pixels_are_rgb_with_the_whole_quiet_zone() -> None:
    pixels = qr_pixels("quiet", module_px=5)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (145, 145, 3)  # version 1: 21 modules and 2 x 4 of quiet zone
    assert set(np.unique(pixels)) == {0, 255}
    dark = np.argwhere(pixels[..., 0] == 0)
    assert dark.min() == 20
    assert dark.max() == 144 - 20


def test_png_is_the_same_picture() -> None:
    picture = Image.open(io.BytesIO(qr_png("same", 4))).convert("RGB")
    assert np.array_equal(np.asarray(picture), qr_pixels("same", 4))


def test_svg_is_a_document_of_the_same_size() -> None:
    root = ET.fromstring(qr_svg("same", 4))
    assert root.tag.endswith("svg")
    assert int(root.attrib["width"]) == qr_pixels("same", 4).shape[0]


@pytest.mark.parametrize("make", [qr_pixels, qr_png, qr_svg])
def test_what_cannot_be_a_code_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match="something"):
        make("")
    with pytest.raises(ValueError, match="do not fit"):
        make("x" * 3000)
    with pytest.raises(ValueError, match="one pixel"):
        make("x", 0)

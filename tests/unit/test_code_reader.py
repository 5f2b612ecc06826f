"""Reading QR codes from frames made here; the shared frames are in tests/integration."""

from __future__ import annotations

import builtins
import sys

import numpy as np
import pytest
import qr_frames

from kiosk.codes import enhance
from kiosk.codes.errors import EngineMissing
from kiosk.codes.qr_image import qr_pixels
from kiosk.codes.reader import CodeReader

TEXT = "https://capture.example.edu.cn/c/310265984?k=83HC5JPPGJ857CJB92E55H2C"
EASY = ("clean", "small", "perspective", "inverted")


@pytest.mark.parametrize("kind", EASY)
def test_one_look_is_enough_for_usual_frames(kind: str) -> None:
    reader = CodeReader()
    for seed in range(4):
        assert reader.read(qr_frames.frame(TEXT, kind, seed)) == (TEXT,)


@pytest.mark.parametrize(("kind", "least"), [("low_light", 8), ("motion", 7), ("defocus", 5)])
def test_thorough_reading_reads_more(kind: str, least: int) -> None:
    reader = CodeReader()
    frames = [qr_frames.frame(TEXT, kind, seed) for seed in range(8)]
    fast = [reader.read(frame) for frame in frames]
    thorough = [reader.read(frame, thorough=True) for frame in frames]
    assert sum(texts == (TEXT,) for texts in thorough) >= least
    assert sum(bool(texts) for texts in fast) < sum(bool(texts) for texts in thorough)
    assert all(texts in ((TEXT,), ()) for texts in [*fast, *thorough])


@pytest.mark.parametrize("engine", ["zxing", "pyzbar"])
def test_nothing_is_read_where_nothing_is(engine: str) -> None:
    reader = CodeReader(engine)
    for seed in range(6):
        room = qr_frames.background(seed).astype(np.uint8)
        assert reader.read(room, thorough=True) == ()
    noise = np.random.default_rng(1).integers(0, 256, (480, 640), np.uint8)
    assert reader.read(noise, thorough=True) == ()


@pytest.mark.parametrize("engine", ["zxing", "pyzbar"])
@pytest.mark.parametrize("text", ["某大学|066614360|张*|计算机科学与技术", "榉螪", "葋V", "x\ty"])
def test_chinese_comes_through_both_engines(engine: str, text: str) -> None:
    assert CodeReader(engine).read(qr_pixels(text, 6)) == (text,)


@pytest.mark.parametrize("engine", ["zxing", "pyzbar"])
def test_kanji_mode_is_understood_too(engine: str) -> None:
    import segno

    matrix = np.array(list(segno.make_qr("茗荷", mode="kanji").matrix_iter(scale=6, border=4)))
    assert CodeReader(engine).read(((1 - matrix) * 255).astype(np.uint8)) == ("茗荷",)


def test_two_codes_are_both_read() -> None:
    both = np.hstack([qr_pixels("left one", 6), qr_pixels("right one", 6)])
    assert set(CodeReader().read(both)) == {"left one", "right one"}


def test_other_barcodes_are_not_read() -> None:
    import zxingcpp

    made = zxingcpp.create_barcode("123456789012", zxingcpp.BarcodeFormat.EAN13)
    bars = np.array(made.to_image(scale=3))
    for engine in ("zxing", "pyzbar"):
        assert CodeReader(engine).read(np.pad(bars, 40, constant_values=255), thorough=True) == ()


def test_grey_colour_and_views_give_the_same() -> None:
    pixels = qr_pixels(TEXT, 4)
    reader = CodeReader()
    mirrored_twice = pixels[:, ::-1][:, ::-1]
    read_only = pixels.copy()
    read_only.flags.writeable = False
    for picture in (pixels, pixels[..., 0], mirrored_twice, read_only):
        assert reader.read(picture) == (TEXT,)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (2, 2, 3), (30, 30), (21, 900)])
@pytest.mark.parametrize("engine", ["zxing", "pyzbar"])
def test_tiny_and_flat_pictures_hold_nothing(shape: tuple[int, ...], engine: str) -> None:
    for value in (0, 128, 255):
        assert CodeReader(engine).read(np.full(shape, value, np.uint8), thorough=True) == ()


@pytest.mark.parametrize(
    "pixels", [np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9)), np.zeros((0, 9), np.uint8),
               np.zeros(9, np.uint8)]
)  # fmt: skip
def test_what_is_no_picture_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="picture"):
        CodeReader().read(pixels)


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        # pyzbar raises this where the shared library is not found.
        if name in ("pyzbar", "zxingcpp"):
            raise ImportError("Unable to find zbar shared library")
        return real(name, *rest)

    for module in [m for m in sys.modules if m.startswith("pyzbar")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EngineMissing, match="apt install libzbar0"):
        CodeReader("pyzbar")
    with pytest.raises(EngineMissing, match="pip install zxing-cpp"):
        CodeReader("zxing")
    monkeypatch.undo()
    with pytest.raises(ValueError, match="zxing or pyzbar"):
        CodeReader("other")


def test_motion_is_undone_only_where_there_was_motion() -> None:
    still = enhance.grey(qr_frames.frame(TEXT, "clean", 3))
    moved = enhance.grey(qr_frames.frame(TEXT, "motion", 3))
    assert list(enhance.unblurred(enhance.likely_region(still))) == []
    assert len(list(enhance.unblurred(enhance.likely_region(moved)))) > 2


def test_the_likely_region_holds_the_code_and_little_else() -> None:
    reader = CodeReader()
    for seed in range(6):
        picture = enhance.grey(qr_frames.frame(TEXT, "clean", seed))
        region = enhance.likely_region(picture)
        assert reader.read(region) == (TEXT,)
        assert region.size < picture.size / 3

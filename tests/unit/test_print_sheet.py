"""Sheets of ID photos: exact in size, cropped and never stretched, marked where to cut."""

from __future__ import annotations

import io
import re
import typing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk.portrait.print_errors import DoesNotFit, UnknownSize
from kiosk.portrait.print_layout import lay_out
from kiosk.portrait.print_sheet import DPI, encode_sheet, make_sheet, upright
from kiosk.portrait.print_sizes import paper, photo_size, print_sizes
from kiosk.settings import PrinterSettings

ONE_INCH, TWO_INCH = photo_size("one-inch"), photo_size("two-inch")
SIX_INCH, A4 = paper("6in"), paper("a4")
BLUE, RED, GREEN = (100, 197, 255), (200, 30, 30), (30, 160, 30)


def photo() -> np.ndarray:
    """Blue, with a red stripe at the top and a green one at the bottom; a disc in the middle."""
    pixels = np.full((640, 480, 3), BLUE, np.uint8)
    pixels[:40], pixels[-20:] = RED, GREEN
    y, x = np.mgrid[:640, :480]
    pixels[(x - 240) ** 2 + (y - 300) ** 2 < 100**2] = 0
    return pixels


@pytest.mark.parametrize(
    ("paper_name", "size_name", "count"),
    [
        ("6in", "one-inch", 10), ("6in", "small-two-inch", 6), ("6in", "two-inch", 4),
        ("a4", "one-inch", 50), ("a4", "two-inch", 25),
    ],
)  # fmt: skip
def test_sheet_holds_as_many_as_have_room(paper_name, size_name, count):
    layout = lay_out(paper(paper_name), [photo_size(size_name)], DPI)
    assert len(layout.spots) == count


@pytest.mark.parametrize("name", print_sizes().photo)
def test_photos_have_their_size_to_half_a_pixel(name):
    size = photo_size(name)
    for spot in lay_out(A4, [size], DPI).spots:
        assert abs(spot.width / DPI * 25.4 - size.width_mm) <= 25.4 / DPI / 2
        assert abs(spot.height / DPI * 25.4 - size.height_mm) <= 25.4 / DPI / 2


@given(
    st.sampled_from(list(print_sizes().paper.values())),
    st.lists(st.sampled_from(list(print_sizes().photo.values())), min_size=1, max_size=3),
    st.none() | st.integers(1, 40),
)
def test_photos_never_overlap_nor_leave_the_paper(sheet, sizes, copies):
    try:
        layout = lay_out(sheet, sizes, DPI, copies)
    except DoesNotFit:
        return
    taken = np.zeros((layout.height, layout.width), np.uint8)
    for spot in layout.spots:
        assert spot.left >= 0
        assert spot.top >= 0
        taken[spot.top : spot.top + spot.height, spot.left : spot.left + spot.width] += 1
    assert taken.max() == 1
    assert taken.sum() == sum(spot.width * spot.height for spot in layout.spots)
    if copies is not None:
        assert len(layout.spots) == copies * len(sizes)


def test_more_than_has_room_is_refused_with_what_to_do():
    with pytest.raises(DoesNotFit, match=r"30 of 35 x 49 mm.*6 inch.*fewer photos"):
        lay_out(SIX_INCH, [TWO_INCH], DPI, 30)


@pytest.mark.parametrize("find", [paper, photo_size])
def test_unknown_size_is_refused_with_those_there_are(find):
    with pytest.raises(UnknownSize, match=r"'letter'.*(6in, a4|one-inch)"):
        find("letter")


@pytest.mark.parametrize(("size", "bottom"), [("one-inch", True), ("small-two-inch", False)])
def test_photo_keeps_its_shape_and_the_room_above_the_head(size, bottom):
    chosen = photo_size(size)
    sheet = make_sheet(photo(), SIX_INCH, [chosen], 1)
    spot = lay_out(SIX_INCH, [chosen], DPI, 1).spots[0]
    printed = sheet[spot.top : spot.top + spot.height, spot.left : spot.left + spot.width]
    disc = (printed < 40).all(axis=2)
    rows, columns = np.flatnonzero(disc.any(axis=1)), np.flatnonzero(disc.any(axis=0))
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 1
    assert abs(columns.mean() - (spot.width - 1) / 2) <= 1
    assert np.abs(printed[2, spot.width // 2].astype(int) - RED).max() <= 2
    assert (np.abs(printed[-2, spot.width // 2].astype(int) - GREEN).max() <= 2) == bottom


def test_marks_stand_outside_the_photos_in_line_with_their_edges():
    sheet = make_sheet(np.full((640, 480, 3), 255, np.uint8), SIX_INCH, [ONE_INCH], 1)
    spot = lay_out(SIX_INCH, [ONE_INCH], DPI, 1).spots[0]
    marked = np.argwhere((sheet != 255).any(axis=2))
    inside = sheet[spot.top : spot.top + spot.height, spot.left : spot.left + spot.width]
    assert (inside == 255).all()
    edges_x, edges_y = (
        {spot.left - 1, spot.left + spot.width},
        {spot.top - 1, spot.top + spot.height},
    )
    assert all(x in edges_x or y in edges_y for y, x in marked)
    assert len(marked) == 8 * round(1.2 * DPI / 25.4)


@pytest.mark.parametrize(("media_type", "kind"), [("image/png", "PNG"), ("image/jpeg", "JPEG")])
def test_picture_says_its_density_and_colour_space(media_type, kind):
    sheet = make_sheet(photo(), SIX_INCH, [ONE_INCH])
    with Image.open(io.BytesIO(encode_sheet(sheet, media_type))) as image:
        assert image.format == kind
        assert image.size == (1800, 1200)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
        assert image.info["icc_profile"]
        assert not image.getexif()
        assert np.abs(np.asarray(image).astype(int) - sheet).mean() < 1


def test_pdf_page_is_exactly_the_paper():
    pdf = encode_sheet(make_sheet(photo(), A4, [TWO_INCH]), "application/pdf")
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf)
    millimetres = sorted(float(side) / 72 * 25.4 for side in box.groups())
    assert millimetres == pytest.approx([210, 297], abs=0.05)


def test_sheet_goes_upright_to_the_printer():
    sheet = make_sheet(photo(), SIX_INCH, [ONE_INCH])
    assert sheet.shape[:2] == (1200, 1800)
    turned = upright(sheet)
    assert turned.shape[:2] == (1800, 1200)
    assert np.array_equal(upright(turned), turned)


def test_a_photo_smaller_than_its_print_is_enlarged():
    sheet = make_sheet(photo()[::4, ::4], SIX_INCH, [TWO_INCH])
    assert sheet.shape == (1800, 1200, 3)


def test_settings_know_every_paper():
    known = typing.get_args(PrinterSettings.model_fields["paper"].annotation)
    assert set(known) == set(print_sizes().paper)

"""A sheet of ID photos to print and cut: exact to the pixel, with cut marks.

The photo is cropped to each size's shape, never stretched: at its sides in equal parts, or at its
bottom, so that the room above the head stays. Scaling is in linear light, as of the photo itself.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageCms

from hardware.base import Pixels
from kiosk.portrait.light import to_encoded, to_linear
from kiosk.portrait.print_layout import Layout, lay_out
from kiosk.portrait.print_sizes import Paper, PhotoSize, to_pixels

DPI: Final = 300
"""What photo printers print at, and the density of the official photo's file."""
FORMATS: Final = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
"""How a sheet is written, by the file's ending."""

_WHITE: Final = 255
_MARK: Final = 96  # grey: seen on white paper, lost on no cut edge
_MARK_LENGTH_MM: Final = 1.2
_MARK_DISTANCE_MM: Final = 0.2
_QUALITY: Final = 95


def make_sheet(
    photo: Pixels, paper: Paper, sizes: Sequence[PhotoSize], copies: int | None = None
) -> Pixels:
    """Return a sheet full of one photo.

    Args:
        photo: (H, W, 3) uint8 RGB, sRGB-encoded.
        paper: what it is printed on.
        sizes: of the photos.
        copies: at most so many of each size; None for as many as have room.

    Returns:
        (H, W, 3) uint8 RGB at `DPI`, the paper upright or across.

    Raises:
        DoesNotFit: the paper has no room for what is asked for.
    """
    layout = lay_out(paper, sizes, DPI, copies)
    sheet = np.full((layout.height, layout.width, 3), _WHITE, np.uint8)
    printed: dict[tuple[int, int], Pixels] = {}
    for spot in layout.spots:
        shape = spot.width, spot.height
        if shape not in printed:
            printed[shape] = _fitted(photo, *shape)
        sheet[spot.top : spot.top + spot.height, spot.left : spot.left + spot.width] = printed[
            shape
        ]
    _draw_marks(sheet, layout)
    return sheet


def upright(sheet: Pixels) -> Pixels:
    """Return a sheet as its paper lies in the printer: its shorter side across."""
    across = sheet.shape[1] > sheet.shape[0]
    return np.ascontiguousarray(np.rot90(sheet)) if across else sheet


def encode_sheet(sheet: Pixels, media_type: str) -> bytes:
    """Return a sheet as a file that says its size in millimetres.

    Args:
        sheet: of `make_sheet`.
        media_type: one of `FORMATS`.
    """
    image, file = Image.fromarray(sheet), io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if media_type == "application/pdf":
        image.save(file, "PDF", resolution=float(DPI), quality=_QUALITY, subsampling=0)
    elif media_type == "image/png":
        image.save(file, "PNG", dpi=(DPI, DPI), icc_profile=profile)
    else:
        image.save(
            file, "JPEG", dpi=(DPI, DPI), quality=_QUALITY, subsampling=0, icc_profile=profile
        )
    return file.getvalue()


def _fitted(photo: Pixels, width: int, height: int) -> Pixels:
    """Crop a photo to a shape and scale it to that size."""
    high, wide = photo.shape[:2]
    if wide * height > width * high:  # too wide: from both sides
        keep = max(1, round(high * width / height))
        left = (wide - keep) // 2
        cropped = photo[:, left : left + keep]
    else:
        cropped = photo[: max(1, round(wide * height / width))]
    smaller = width < cropped.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_LANCZOS4
    light = cv2.resize(
        to_linear(np.ascontiguousarray(cropped)), (width, height), None, 0, 0, method
    )
    return to_encoded(np.asarray(light, np.float32))


def _draw_marks(sheet: Pixels, layout: Layout) -> None:
    """Draw the lines to cut along, outside the photos at their corners."""
    length, distance = to_pixels(_MARK_LENGTH_MM, DPI), to_pixels(_MARK_DISTANCE_MM, DPI)
    free = np.ones(sheet.shape[:2], bool)
    for spot in layout.spots:
        free[spot.top : spot.top + spot.height, spot.left : spot.left + spot.width] = False
    marks = np.zeros_like(free)
    for spot in layout.spots:
        for x, beyond in _edges(spot.left, spot.width, distance, length):
            for y, above in _edges(spot.top, spot.height, distance, length):
                marks[above, x] = True
                marks[y, beyond] = True
    sheet[marks & free] = _MARK


def _edges(
    start: int, extent: int, distance: int, length: int
) -> tuple[tuple[int, slice], tuple[int, slice]]:
    """Return both edges of a photo along one axis: the line, and where its mark lies.

    The line is the first pixel outside the photo, so that a cut along it takes the mark away.
    """
    first, last = start - 1, start + extent
    near = slice(max(0, first - distance - length), max(0, first - distance))
    far = slice(last + 1 + distance, last + 1 + distance + length)
    return (max(0, first), near), (last, far)

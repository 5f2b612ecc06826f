"""Write the photo as a JPEG inside the standard's size band.

The best quality that fits is taken, with full colour resolution (4:4:4) where that fits at a
good quality, else with halved colour (4:2:0). Nothing is ever padded: a file below the band at
the best quality is reported as it is.

The file is 24-bit baseline JPEG with the density in JFIF and in EXIF, an sRGB profile, and nothing
about the person, the place or the time.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageCms

from hardware.base import Pixels
from kiosk.standards import FileRules

FULL_CHROMA, HALF_CHROMA = "4:4:4", "4:2:0"
_DATE_IN_PROFILE = slice(24, 36)  # of an ICC profile's header
_ID_IN_PROFILE = slice(84, 100)
_INCH = 2
_SRGB = 1


@dataclass(frozen=True, slots=True)
class Encoded:
    """The written file.

    Attributes:
        data: the file.
        quality: JPEG quality, 1 to 100.
        chroma: ``4:4:4`` or ``4:2:0``.
        beyond_bytes: how many bytes it is above the band (positive) or below it (negative); 0 in
            the band.
    """

    data: bytes
    quality: int
    chroma: str
    beyond_bytes: int


def encode(photo: Pixels, rules: FileRules, full_chroma_quality: int) -> Encoded:
    """Encode at the best quality whose size is in the band.

    Args:
        photo: (H, W, 3) uint8 RGB.
        rules: the size band, the qualities allowed, the density.
        full_chroma_quality: 4:4:4 is kept while its quality is not below this.
    """
    image = Image.fromarray(photo)
    best = _search(image, rules, FULL_CHROMA)
    if best.quality < full_chroma_quality or best.beyond_bytes > 0:
        half = _search(image, rules, HALF_CHROMA)
        if abs(half.beyond_bytes) <= abs(best.beyond_bytes):
            best = half
    return best


def _search(image: Image.Image, rules: FileRules, chroma: str) -> Encoded:
    """Return the largest file that is not above the band, by bisection over the quality."""
    low, high = rules.min_quality, rules.max_quality
    best = _write(image, low, chroma, rules)
    if best.beyond_bytes > 0:
        return best
    while low < high:
        middle = (low + high + 1) // 2
        tried = _write(image, middle, chroma, rules)
        if tried.beyond_bytes > 0:
            high = middle - 1
        else:
            low, best = middle, tried
    return best


def _write(image: Image.Image, quality: int, chroma: str, rules: FileRules) -> Encoded:
    buffer = io.BytesIO()
    image.save(
        buffer,
        "JPEG",
        quality=quality,
        subsampling=chroma,
        optimize=True,
        dpi=(rules.dpi, rules.dpi),
        exif=_exif(rules.dpi),
        icc_profile=_srgb_profile(),
    )
    data = buffer.getvalue()
    size = len(data)
    beyond = max(size - rules.max_bytes, 0) or min(size - rules.min_bytes, 0)
    return Encoded(data, quality, chroma, beyond)


@functools.cache
def _exif(dpi: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.XResolution] = float(dpi)
    exif[ExifTags.Base.YResolution] = float(dpi)
    exif[ExifTags.Base.ResolutionUnit] = _INCH
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] = _SRGB
    return exif.tobytes()


@functools.cache
def _srgb_profile() -> bytes:
    """Return an sRGB profile that is the same every time: without date and checksum."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_DATE_IN_PROFILE] = bytes((7, 208, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))  # 2000-01-01
    profile[_ID_IN_PROFILE] = bytes(16)
    return bytes(profile)

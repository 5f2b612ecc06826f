"""A still's bytes as pixels, decoded once and no larger than needed.

A JPEG is decoded at 1/2, 1/4 or 1/8 by its own transform (libjpeg's scaled DCT), which is both
faster and better than decoding it in full and averaging. EXIF orientation turns by quarters, so
nothing is resampled. A picture in another colour space becomes sRGB.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from calibration.colour_space import in_srgb
from hardware.base import Pixels
from kiosk.portrait.errors import TooLarge, Unreadable
from kiosk.settings.portrait import PortraitSettings

_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP")
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class DecodedStill:
    """A still ready for work.

    Attributes:
        pixels: (H, W, 3) uint8 sRGB, upright.
        size: (width, height) of the still in full, upright, pixels.
    """

    pixels: Pixels
    size: tuple[int, int]

    @property
    def scale(self) -> float:
        """Pixels here for one pixel of the full still."""
        return self.pixels.shape[1] / self.size[0]


def decode(data: bytes, settings: PortraitSettings) -> DecodedStill:
    """Decode a still at the smallest scale whose longer side is not below `work_side_px`.

    A larger result is then averaged down to `work_side_px`.

    Args:
        data: a JPEG, PNG, TIFF or WebP file.
        settings: the largest file and picture that are taken, and the size worked at.

    Raises:
        Unreadable: it is empty, no picture, cut short or broken.
        TooLarge: it is larger than the settings allow.
    """
    if not data:
        raise Unreadable("The still is empty. Take it again.")
    if len(data) > settings.max_megabytes * _MILLION:
        raise TooLarge(
            f"The still has {len(data) / _MILLION:.0f} MB; {settings.max_megabytes:.0f} MB are "
            "allowed. Choose a smaller picture size at the camera."
        )
    try:
        with warnings.catch_warnings():
            # Our own limit, below, is the one that counts.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                return _decode(image, settings)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unreadable(
            f"The still cannot be read as a picture ({_why(error)}). "
            "Take it again; if that does not help, check the camera's memory card and cable."
        ) from error


def _why(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):  # its own words name a Python object
        return "not a JPEG, PNG, TIFF or WebP file"
    return str(error) or type(error).__name__


def _decode(image: Image.Image, settings: PortraitSettings) -> DecodedStill:
    width, height = image.size
    if width * height > settings.max_megapixels * _MILLION:
        raise TooLarge(
            f"The still has {width * height / _MILLION:.0f} megapixels; "
            f"{settings.max_megapixels:.0f} are allowed. Choose a smaller picture size at the "
            "camera."
        )
    side = settings.work_side_px
    divisor = next((d for d in (8, 4, 2) if max(width, height) >= d * side), 1)
    image.draft("RGB", (width // divisor, height // divisor))
    sideways = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)  # EXIF orientation
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        raise Unreadable("The still has transparent parts, so it is no photo. Take it again.")
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    if max(rgb.size) > side:
        factor = side / max(rgb.size)
        target = (round(rgb.width * factor), round(rgb.height * factor))
        rgb = rgb.resize(target, Image.Resampling.BOX, reducing_gap=None)
    rgb = in_srgb(rgb, image)
    return DecodedStill(np.asarray(rgb, np.uint8), (height, width) if sideways else (width, height))

"""Pictures as libcamera lays them out in memory, made RGB, and RGB made a JPEG file.

Only NumPy and Pillow, which picamera2 needs itself: OpenCV is not there in the Python of
Raspberry Pi OS.
"""

from __future__ import annotations

import io
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from hardware.base import Pixels
from hardware.errors import Unsupported

WANTED_FORMAT: Final = "BGR888"
"""What to ask libcamera for. Its names count from the highest bit: in memory this is R, G, B."""

_JPEG_QUALITY: Final = 95
# ITU-R BT.601 in its limited range: luma 16 to 235, chroma 16 to 240.
_LIMITED_LUMA: Final = (16, 235 - 16)
_LIMITED_CHROMA: Final = (128, 240 - 16)


def rgb(
    picture: npt.NDArray[np.uint8], pixel_format: str, size: tuple[int, int], *, full_range: bool
) -> Pixels:
    """Return a picture as RGB.

    Args:
        picture: the array picamera2 makes of a buffer: (height, width, channels), or the luma
            rows with the chroma rows below them.
        pixel_format: libcamera's name of the layout.
        size: (width, height), pixels.
        full_range: whether luma and chroma use all values from 0 to 255.

    Returns:
        (height, width, 3) uint8, contiguous.

    Raises:
        Unsupported: a layout this driver does not know.
    """
    if pixel_format == WANTED_FORMAT:
        return np.ascontiguousarray(picture)
    if pixel_format == "XBGR8888":
        return np.ascontiguousarray(picture[:, :, :3])
    if pixel_format in ("RGB888", "XRGB8888"):
        return np.ascontiguousarray(picture[:, :, 2::-1])
    if pixel_format == "NV12":
        return _from_nv12(picture, size, full_range=full_range)
    raise Unsupported(
        f"The camera gives its pictures as {pixel_format}, which this driver cannot read. Take a "
        "camera module made for the Raspberry Pi."
    )


def _from_nv12(
    picture: npt.NDArray[np.uint8], size: tuple[int, int], *, full_range: bool
) -> Pixels:
    width, height = size
    luma = picture[:height, :width]
    chroma = picture[height:, :width].reshape(height // 2, width // 2, 2)
    if not full_range:
        luma = _stretched(luma, *_LIMITED_LUMA, zero=0)
        chroma = _stretched(chroma, *_LIMITED_CHROMA, zero=128)
    planes = [Image.fromarray(np.ascontiguousarray(luma))]
    for index in range(2):
        plane = Image.fromarray(np.ascontiguousarray(chroma[:, :, index]))
        planes.append(plane.resize(size, Image.Resampling.BILINEAR))
    return np.array(Image.merge("YCbCr", planes).convert("RGB"))


def _stretched(
    values: npt.NDArray[np.uint8], centre: int, span: int, *, zero: int
) -> npt.NDArray[np.uint8]:
    table = np.clip(np.rint((np.arange(256.0) - centre) * 255.0 / span + zero), 0, 255)
    return np.asarray(table.astype(np.uint8)[values])


def jpeg(pixels: Pixels) -> bytes:
    """Return a JPEG file of quality 95 with colour at full resolution.

    Args:
        pixels: (height, width, 3) uint8 RGB.
    """
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=_JPEG_QUALITY, subsampling="4:4:4")
    return file.getvalue()

"""A still as a camera writes it: JPEG of high quality, with plain EXIF and nothing personal."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Final

from hardware.base import CameraSettings, Pixels

_QUALITY: Final = 95
_MAKE, _MODEL, _ORIENTATION, _EXIF_BLOCK = 0x010F, 0x0110, 0x0112, 0x8769
_EXPOSURE_TIME, _F_NUMBER, _ISO, _TAKEN = 0x829A, 0x829D, 0x8827, 0x9003


def encode_still(pixels: Pixels, settings: CameraSettings, make: str, model: str) -> bytes:
    """Encode a still.

    Args:
        pixels: (H, W, 3) RGB.
        settings: what it was taken with.
        make: of the camera.
        model: of the camera.

    Returns:
        JPEG, quality 95, 4:4:4.
    """
    from PIL import Image  # here, so that live view does not wait for it

    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL], exif[_ORIENTATION] = make, model, 1
    block = exif.get_ifd(_EXIF_BLOCK)
    block[_TAKEN] = datetime.now().astimezone().strftime("%Y:%m:%d %H:%M:%S")
    if settings.exposure_s is not None:
        block[_EXPOSURE_TIME] = settings.exposure_s
    if settings.aperture is not None:
        block[_F_NUMBER] = settings.aperture
    if settings.iso is not None:
        block[_ISO] = settings.iso
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=_QUALITY, subsampling=0, exif=exif)
    return file.getvalue()

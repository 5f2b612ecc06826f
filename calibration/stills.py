"""Stills as pixels for the calibration steps: whole pictures in sRGB, turned as EXIF says."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageOps

from calibration.colour_space import in_srgb
from calibration.errors import CalibrationError
from hardware.base import Pixels


def decode_still(data: bytes, name: str, max_side_px: int) -> tuple[Pixels, tuple[int, int]]:
    """Decode one still at the largest scale whose longer side is at most `max_side_px`, or full.

    JPEG is decoded at 1/2, 1/4 or 1/8 by its transform, never resampled.

    Args:
        data: the file.
        name: what messages call it.
        max_side_px: of the pixels returned; a JPEG more than 8 times that size stays larger.

    Returns:
        (H, W, 3) uint8 sRGB, and (width, height) of the still in full.

    Raises:
        CalibrationError: it is no picture, or it is broken.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of large pictures at half its limit; a camera's own still is trusted
            # up to the limit itself, at which Pillow refuses.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                full = image.size
                divisor = next((d for d in (1, 2, 4, 8) if max(full) <= d * max_side_px), 8)
                image.draft("RGB", (full[0] // divisor, full[1] // divisor))
                turned = in_srgb(ImageOps.exif_transpose(image).convert("RGB"), image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise CalibrationError(
            f"{name} cannot be read as a picture ({error}). Take it again."
        ) from error
    swapped = (turned.width > turned.height) != (full[0] > full[1])
    return np.asarray(turned, np.uint8), (full[1], full[0]) if swapped else full


def decode_stills(
    files: Iterable[tuple[str, bytes]], max_side_px: int
) -> tuple[list[Pixels], tuple[int, int]]:
    """Decode stills that must all have one size.

    Args:
        files: (name, data) of each.
        max_side_px: as of `decode_still`.

    Returns:
        their pixels, and (width, height) of the stills in full.

    Raises:
        CalibrationError: one cannot be read, or they differ in size.
    """
    pixels: list[Pixels] = []
    size: tuple[int, int] | None = None
    first = ""
    for name, data in files:
        picture, full = decode_still(data, name, max_side_px)
        if size is not None and full != size:
            raise CalibrationError(
                f"{name} is {full[0]}x{full[1]} pixels, but {first} is {size[0]}x{size[1]}. "
                "Take all plates with the same camera and the same picture size."
            )
        size, first = full, first or name
        pixels.append(picture)
    if size is None:
        raise CalibrationError("No still was given. Take pictures of the empty backdrop first.")
    return pixels, size

"""A picture's pixels as sRGB, whatever colour space it was written in.

Phones write Display P3, and many cameras can be set to Adobe RGB. Taken for sRGB, such a face is
pale. A picture says its space by an ICC profile; cameras leave that out and say Adobe RGB by EXIF
alone: ``ColorSpace`` "uncalibrated" with the interoperability index ``R03`` (DCF 2.0, optional
colour space). What says nothing, or nothing that can be read, is taken for sRGB.
"""

from __future__ import annotations

import functools
import io
import logging
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageCms

from calibration.light import to_srgb

log = logging.getLogger(__name__)

_SRGB_SPACE: Final = 1
_ADOBE_INDEX: Final = "R03"
_INTEROP_INDEX: Final = 1
_ROWS: Final = 128
_REMEMBERED: Final = 8
"""Profiles; a booth meets that of its camera, the centre those of a few makes of phones."""
_NEAR_SRGB: Final = 1
"""Code values: a profile that moves none of the probes further is sRGB itself."""

# Adobe RGB (1998) Color Image Encoding, section 4.3: primaries, white D65, gamma 2 51/256.
_WHITE: Final = (0.3127, 0.3290)
_ADOBE_PRIMARIES: Final = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
_ADOBE_GAMMA: Final = 2 + 51 / 256
# IEC 61966-2-1.
_SRGB_PRIMARIES: Final = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))


def in_srgb(rgb: Image.Image, source: Image.Image) -> Image.Image:
    """Return a picture's pixels as sRGB.

    Args:
        rgb: the pixels, mode RGB, of any size.
        source: the opened file they are of, which says their colour space.

    Returns:
        `rgb` itself where it is sRGB already.
    """
    profile = source.info.get("icc_profile")
    if profile:
        transform = _transform(bytes(profile))
        return rgb if transform is None else _applied(transform, rgb)
    return _from_adobe(rgb) if _says_adobe(source) else rgb


@functools.lru_cache(_REMEMBERED)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """Return the way from a profile's space to sRGB; None where there is none to go."""
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if found.profile.xcolor_space.strip() != "RGB":
            return None  # Pillow has made RGB of it by its own rule
        transform = ImageCms.buildTransform(
            found,
            ImageCms.createProfile("sRGB"),
            "RGB",
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
        )
        probes = _probes()
        moved = np.asarray(_applied(transform, probes), np.int16) - np.asarray(probes, np.int16)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        log.warning("a picture's colour profile cannot be used, so it is taken for sRGB: %s", error)
        return None
    return transform if int(np.abs(moved).max()) > _NEAR_SRGB else None


def _applied(transform: ImageCms.ImageCmsTransform, rgb: Image.Image) -> Image.Image:
    out = ImageCms.applyTransform(rgb, transform)
    if out is None:  # only where it works in place, which was not asked for
        raise ValueError("the colour transform gave nothing")
    return out


def _probes() -> Image.Image:
    """Return a picture of colours all over the cube."""
    levels = np.arange(0, 256, 51, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    return Image.fromarray(cube.reshape(1, -1, 3))


def _says_adobe(source: Image.Image) -> bool:
    try:
        exif = source.getexif()
        space = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace, _SRGB_SPACE)
        index = exif.get_ifd(ExifTags.IFD.Interop).get(_INTEROP_INDEX, "")
    except (OSError, SyntaxError, ValueError, TypeError, KeyError):
        return False
    return bool(space != _SRGB_SPACE and str(index).startswith(_ADOBE_INDEX))


def _from_adobe(rgb: Image.Image) -> Image.Image:
    light = (np.linspace(0.0, 1.0, 256) ** _ADOBE_GAMMA).astype(np.float32)
    matrix = np.linalg.inv(_to_xyz(_SRGB_PRIMARIES)) @ _to_xyz(_ADOBE_PRIMARIES)
    turned = matrix.T.astype(np.float32)
    pixels = np.array(rgb)
    for top in range(0, len(pixels), _ROWS):  # in floats, a whole still takes a third of a gigabyte
        rows = slice(top, top + _ROWS)
        pixels[rows] = to_srgb(light[pixels[rows]] @ turned)
    return Image.fromarray(pixels)


def _to_xyz(primaries: tuple[tuple[float, float], ...]) -> npt.NDArray[np.float64]:
    """Return the matrix from linear RGB to XYZ (CIE 15) with white at `_WHITE`."""
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    x, y = _WHITE
    white = np.array([x / y, 1.0, (1 - x - y) / y])
    return np.asarray(columns * np.linalg.solve(columns, white), np.float64)

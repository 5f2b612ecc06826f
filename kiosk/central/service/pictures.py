"""Is an uploaded file really the picture it says it is?

Nothing is decoded before its size in pixels is known.
"""

from __future__ import annotations

import io
import threading
import warnings
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from kiosk.central.service import jpeg_scans
from kiosk.central.service.errors import ServiceError

# Each is a pass over the whole picture. Programs write ten; a minute's work fits into 2 MB of them.
_MOST_SCANS = 64
# Of the picture data: enough that the decoder has used its tables.
_HEAD_BYTES = 4096
# Pictures decoded at a time by a process: they take memory, and a core each.
_DECODERS = threading.BoundedSemaphore(4)
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}


def check_photo(source: BinaryIO, width_px: int, height_px: int) -> None:
    """Raise `ServiceError` unless this is a whole JPEG, RGB, of exactly this size in pixels."""
    with _opened(source, "photo", ("JPEG",)) as image:
        if image.size != (width_px, height_px):
            raise ServiceError(
                422, "photo_size",
                f"The photo is {image.width}×{image.height} pixels instead of "
                f"{width_px}×{height_px}.",
                "Compose it for the batch's standard.",
            )  # fmt: skip
        if image.mode != "RGB":
            raise ServiceError(
                422, "photo_colour", f"The photo is {image.mode} instead of 24-bit colour.",
                "Compose it for the batch's standard.",
            )  # fmt: skip
        _decode(image, "photo")
    source.seek(0)


def check_code(data: bytes, max_pixels: int) -> None:
    """Raise `ServiceError` unless this is a picture of bearable size, by what its header says.

    Programs that read codes unpack the whole picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                good = image.width * image.height <= max_pixels
    except Exception:  # noqa: BLE001 - readers fail in many ways at files that are no pictures
        good = False
    if not good:
        raise ServiceError(422, "code_unreadable", "No code can be read in this picture.")


def check_type(media_type: str) -> None:
    """Raise `ServiceError` unless originals of this type are taken."""
    if media_type not in _FORMATS:
        raise ServiceError(
            415, "original_type", f"Originals of the type {media_type[:40]!r} are not taken.",
            f"Send one of: {', '.join(_FORMATS)}.",
        )  # fmt: skip


def check_original(
    source: BinaryIO, media_type: str, max_pixels: int, max_pixels_in_scans: int
) -> None:
    """Raise `ServiceError` unless this is a whole picture of its type and of bearable size.

    A JPEG in one scan, as cameras write it, is whole when its picture data reach up to the end of
    the image: nothing in them stops a decoder. So its beginning is decoded, with all tables, and
    the rest looked through. Any other is decoded, at an eighth of its size. A PNG's checksums are
    checked without unpacking it.

    Args:
        source: the file.
        media_type: what it is said to be.
        max_pixels: most of any picture.
        max_pixels_in_scans: most of a JPEG in several scans, such as a progressive one: it is held
            in memory whole, up to 6 bytes a pixel, however few bytes the file has.
    """
    check_type(media_type)
    with _opened(source, "original", (_FORMATS[media_type],)) as image:
        if image.width * image.height > max_pixels:
            raise ServiceError(
                413, "original_pixels", f"The original has {image.width}×{image.height} pixels.",
                f"At most {max_pixels} are taken.",
            )  # fmt: skip
        if image.format == "JPEG":
            _check_jpeg(source, image, max_pixels_in_scans)
        else:
            _verify(image, "original")
    source.seek(0)


def _check_jpeg(source: BinaryIO, image: Image.Image, max_pixels: int) -> None:
    source.seek(0)
    data = source.read()
    scans = jpeg_scans.scans_of(data)
    if scans is not None and not scans.in_one:
        number = jpeg_scans.number_of(data)
        if image.width * image.height > max_pixels or number > _MOST_SCANS:
            raise ServiceError(
                413, "original_pixels",
                f"The original has {image.width}×{image.height} pixels in {number} scans.",
                f"At most {max_pixels} are taken in several scans. Save it as a usual JPEG.",
            )  # fmt: skip
    if scans is not None and scans.in_one and scans.is_ended:
        data = jpeg_scans.head_of(data, scans, _HEAD_BYTES)
    with _DECODERS, _opened(io.BytesIO(data), "original", ("JPEG",)) as shown:
        shown.draft("RGB", (shown.width // 8, shown.height // 8))
        _decode(shown, "original")


def _opened(source: BinaryIO, name: str, formats: tuple[str, ...]) -> Image.Image:
    source.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow's own size warning: the caller has its own limit, checked before decoding.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(source, formats=formats)
    except Image.DecompressionBombError as error:
        raise ServiceError(
            413, f"{name}_pixels", f"The {name} has far too many pixels.",
            "Take it with the booth's camera.",
        ) from error  # fmt: skip
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise _not_a_picture(name, " or ".join(formats)) from error


def _decode(image: Image.Image, name: str) -> None:
    try:
        image.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise _not_a_picture(name, f"whole {image.format}") from error


def _verify(image: Image.Image, name: str) -> None:
    try:
        image.verify()
    except (OSError, ValueError, SyntaxError) as error:
        raise _not_a_picture(name, f"whole {image.format}") from error


def _not_a_picture(name: str, kind: str) -> ServiceError:
    return ServiceError(
        422, f"{name}_unreadable", f"The {name} is not a {kind} picture.",
        "Take it again; if it stays so, look at the booth's camera and disk.",
    )  # fmt: skip

"""Is a picture from a phone an original? Its metadata, traces of programs, and signs of a print.

Nothing here proves anything: metadata can be written by hand. So what an honest sender can mend
(the wrong file, a screenshot, a filter) is refused with advice, and what only looks odd goes to
the reviewer as a remark.
"""

from __future__ import annotations

import io
import itertools
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

_CHINA = timezone(timedelta(hours=8))
# Names that programs which change pictures leave in a file. A camera's own name is none of them.
_EDITORS = re.compile(
    rb"photoshop|lightroom|snapseed|picsart|gimp|meitu|beautycam|beautyplus|xingtu|faceu|b612|"
    rb"ulike|soda ?cam|facetune|vsco|pixelmator|affinity|canva|remini|faceapp|jianying|capcut|"
    rb"stable ?diffusion|midjourney|dall-?e|c2pa\.ai|" + "美图|美颜|醒图|轻颜|天天P图".encode(),
    re.IGNORECASE,
)
_SCREENSHOT = re.compile(rb"screenshot|screen capture|" + "截屏|截图".encode(), re.IGNORECASE)
# A JPEG's header segments hold the names; what follows is picture data.
_START_OF_SCAN, _MARKER, _SOI = 0xDA, 0xFF, b"\xff\xd8"
_APP_FIRST, _APP_LAST, _COMMENT = 0xE0, 0xEF, 0xFE

# Of a thumbnail and its picture; a crop or another picture is far below, a filter hardly.
THUMBNAIL_LIKENESS = 0.85
# A still's shorter side: the photo's face of 240 px needs about this much around it.
LEAST_SIDE_PX = 900
# Peaks of a printed or displayed grid stand out of a photo's smooth spectrum by this factor.
GRID_PEAK = 60.0
_TILE_PX = 512
_ON_AXIS = 0.01
_GRID_FROM, _GRID_TO = 0.08, 0.46  # cycles a pixel: above faces and clothes, below the sensor

REFUSED = frozenset(
    {"edited", "screenshot", "no_camera_data", "thumbnail_differs", "too_small", "too_old"}
)
"""Findings that a student can mend by choosing another file."""


@dataclass(frozen=True, slots=True)
class Original:
    """What a picture says of itself.

    Attributes:
        findings: codes, such as ``edited``; those in `REFUSED` refuse it.
        shot_at: when it says it was shot, UTC; None when it does not.
        camera: maker and model, empty when it does not say.
    """

    findings: tuple[str, ...]
    shot_at: datetime | None
    camera: str

    @property
    def is_refused(self) -> bool:
        """Whether another file has to be chosen."""
        return not REFUSED.isdisjoint(self.findings)


def inspect(source: BinaryIO, now: datetime, max_age: timedelta) -> Original:
    """Return what is found about a JPEG that `pictures.check_original` has let through.

    Args:
        source: the file.
        now: UTC.
        max_age: an older picture is ``too_old``.
    """
    source.seek(0)
    data = source.read()
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        exif = image.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
        width, height = image.size
        image.draft("L", (width // 4, height // 4))
        small = np.asarray(image.convert("L"), np.float32)
    header = header_of(data)
    camera = f"{exif.get(ExifTags.Base.Make, '')} {exif.get(ExifTags.Base.Model, '')}"
    camera = " ".join(camera.replace("\0", "").split())
    shot_at = _shot_at(details)
    found = []
    if _EDITORS.search(header):
        found.append("edited")
    if _SCREENSHOT.search(header):
        found.append("screenshot")
    if not camera or shot_at is None:
        found.append("no_camera_data")
    if shot_at is not None and now - shot_at > max_age:
        found.append("too_old")
    if min(width, height) < LEAST_SIDE_PX:
        found.append("too_small")
    thumbnail = _thumbnail(header)
    if thumbnail is not None and likeness(small, thumbnail) < THUMBNAIL_LIKENESS:
        found.append("thumbnail_differs")
    said = (details.get(ExifTags.Base.ExifImageWidth), details.get(ExifTags.Base.ExifImageHeight))
    if all(isinstance(side, int) and side > 0 for side in said) and set(said) != {width, height}:
        found.append("size_differs")
    if shot_at is not None and shot_at > now + timedelta(days=1):
        found.append("shot_in_future")
    if grid_strength(_middle(data)) > GRID_PEAK:
        found.append("maybe_print_or_screen")
    return Original(tuple(found), shot_at, camera[:100])


def header_of(data: bytes) -> bytes:
    """Return the application and comment segments of a JPEG, one after the other."""
    parts, at = [], len(_SOI)
    while at + 4 <= len(data) and data[at] == _MARKER:
        kind = data[at + 1]
        if kind == _START_OF_SCAN:
            break
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if _APP_FIRST <= kind <= _APP_LAST or kind == _COMMENT:
            parts.append(data[at + 4 : at + 2 + length])
        at += 2 + max(length, 2)
    return b"\n".join(parts)


def likeness(picture: npt.NDArray[np.float32], thumbnail: npt.NDArray[np.float32]) -> float:
    """Return the correlation of a grey picture (H, W) with its thumbnail, -1 to 1.

    Cameras letterbox or crop thumbnails to another shape: the part both show is compared.
    """
    height, width = thumbnail.shape
    scale = min(picture.shape[1] / width, picture.shape[0] / height)
    shown_w, shown_h = round(width * scale), round(height * scale)
    left, top = (picture.shape[1] - shown_w) // 2, (picture.shape[0] - shown_h) // 2
    crop = picture[top : top + shown_h, left : left + shown_w]
    side = (48, 48)
    one, other = (
        np.asarray(Image.fromarray(array).resize(side, Image.Resampling.BOX), np.float64)
        for array in (crop, thumbnail)
    )
    one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return 1.0 if size == 0 else float((one * other).sum() / size)


def grid_strength(grey: npt.NDArray[np.float32]) -> float:
    """Return how far the strongest single frequency of a tile (N, N) stands out of its ring.

    Print raster, display pixels and moiré are single frequencies; skin, hair and noise are not.
    Woven cloth is one, too, so this is a remark for the reviewer and never a refusal.
    """
    if min(grey.shape) < _TILE_PX:
        return 0.0
    window = np.hanning(_TILE_PX)
    tile = (grey - grey.mean()) * window[:, None] * window[None, :]
    power = np.abs(np.fft.rfft2(tile)) ** 2
    rows, columns = np.fft.fftfreq(_TILE_PX)[:, None], np.fft.rfftfreq(_TILE_PX)[None, :]
    radius = np.hypot(rows, columns)
    # The sensor's and the codec's own rows lie on the axes.
    off_axis = (np.abs(rows) > _ON_AXIS) & (np.abs(columns) > _ON_AXIS)
    strongest = 0.0
    edges = np.linspace(_GRID_FROM, _GRID_TO, 20)
    for low, high in itertools.pairwise(edges):
        ring = power[(radius >= low) & (radius < high) & off_axis]
        usual = float(np.mean(ring)) or 1.0
        strongest = max(strongest, float(ring.max()) / usual)
    return strongest


def _middle(data: bytes) -> npt.NDArray[np.float32]:
    """Return the tile of the picture's middle at full size, grey; smaller when it is."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        left, top = (image.width - _TILE_PX) // 2, (image.height - _TILE_PX) // 2
        box = (max(left, 0), max(top, 0), max(left, 0) + _TILE_PX, max(top, 0) + _TILE_PX)
        image.draft("L", image.size)
        return np.asarray(image.crop(box).convert("L"), np.float32)


def _thumbnail(header: bytes) -> npt.NDArray[np.float32] | None:
    start = header.find(_SOI)
    if start < 0:
        return None
    try:
        with Image.open(io.BytesIO(header[start:]), formats=("JPEG",)) as image:
            if image.width * image.height > _TILE_PX**2:
                return None
            return np.asarray(image.convert("L"), np.float32)
    except (OSError, ValueError, SyntaxError):
        return None


def _shot_at(details: dict[int, object]) -> datetime | None:
    text = str(details.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    zone = str(details.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    try:
        if re.fullmatch(r"[+-]\d\d:\d\d", zone):
            return datetime.strptime(text + zone, "%Y:%m:%d %H:%M:%S%z").astimezone(UTC)
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=_CHINA).astimezone(UTC)
    except ValueError:
        return None

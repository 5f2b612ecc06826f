"""Find a font with Chinese and Latin letters, and make it usable by SDL.

Most Chinese fonts come as collections (``.ttc``) with one face for each region, and SDL always
opens the first, which is the Japanese one: 直, 角 or 骨 then look foreign to a Chinese reader.
So the Simplified Chinese face is copied out of the collection into a file of its own, once.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kiosk.screens.errors import FontMissingError

_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
)
_KNOWN_PLACES = (
    # file, face of the collection, family, style: where Debian, Raspberry Pi OS and Fedora put them
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2, "Noto Sans CJK SC", "Regular"),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2, "Noto Sans CJK SC", "Bold"),
    (
        "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
        2,
        "Noto Sans CJK SC",
        "Regular",
    ),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Bold.ttc", 2, "Noto Sans CJK SC", "Bold"),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0, "WenQuanYi Micro Hei", "Regular"),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0, "WenQuanYi Zen Hei", "Regular"),
    (
        "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
        0,
        "Droid Sans Fallback",
        "Regular",
    ),
)
_REMEDY = "Install one, for example with: apt install fonts-noto-cjk"


@dataclass(frozen=True, slots=True)
class FontFace:
    """One face of a font file.

    Attributes:
        path: the file.
        index: which face of a collection; 0 for a plain font.
        family: such as ``Noto Sans CJK SC``.
        style: such as ``Regular`` or ``Bold``.
    """

    path: Path
    index: int
    family: str
    style: str


@dataclass(frozen=True, slots=True)
class FontFiles:
    """The two font files the screens use; both are the same file where there is no bold one."""

    family: str
    regular: Path
    bold: Path


def find(cache: Path) -> FontFiles:
    """Return the best installed Chinese font; faces of collections are copied to `cache`.

    Raises:
        FontMissingError: there is none, or it cannot be read; the message names the package.
    """
    family, regular, bold = choose([*_from_fontconfig(), *_from_known_places()])
    try:
        return FontFiles(family, single_face(regular, cache), single_face(bold, cache))
    except (OSError, struct.error, ValueError) as error:
        raise FontMissingError(
            f"The font {regular.path} cannot be used: {error}. {_REMEDY}"
        ) from error


def choose(faces: Iterable[FontFace]) -> tuple[str, FontFace, FontFace]:
    """Return family, regular face and bold face of the most preferred family among `faces`.

    Raises:
        FontMissingError: none of the families is there.
    """
    listed = list(faces)
    for family in _FAMILIES:
        mine = [f for f in listed if f.family == family]
        if mine:
            regular = next((f for f in mine if f.style in ("Regular", "Medium", "Book")), mine[0])
            bold = next((f for f in mine if f.style == "Bold"), regular)
            return family, regular, bold
    raise FontMissingError(f"No font with Chinese characters was found. {_REMEDY}")


def single_face(face: FontFace, cache: Path) -> Path:
    """Return a file that holds only `face`: its own file, or a copy out of the collection.

    Raises:
        OSError: the font cannot be read or the copy cannot be written.
        ValueError: the collection has no such face.
    """
    with face.path.open("rb") as file:
        if file.read(4) != b"ttcf" or face.index == 0:
            return face.path
        state = face.path.stat()
        name = f"{face.path.stem}-{face.index}-{state.st_size}-{state.st_mtime_ns}.otf"
        target = cache / name
        if target.is_file():
            return target
        cache.mkdir(parents=True, exist_ok=True)
        file.seek(0)
        data = file.read()
    part = target.with_suffix(".part")
    part.write_bytes(extract_face(data, face.index))
    part.replace(target)
    return target


def extract_face(collection: bytes, index: int) -> bytes:
    """Return face `index` of an OpenType collection as a font of its own.

    The layout is that of the OpenType specification, "Organization of an OpenType font": the
    collection's header lists an offset table for each face, whose tables may be shared.

    Raises:
        ValueError: it is no collection, or has no such face.
    """
    tag, _version, count = struct.unpack_from(">4sII", collection)
    if tag != b"ttcf" or not 0 <= index < count:
        raise ValueError(f"no face {index} in this font collection")
    (start,) = struct.unpack_from(">I", collection, 12 + 4 * index)
    header = collection[start : start + 12]
    (tables,) = struct.unpack_from(">H", header, 4)
    records, body = bytearray(), bytearray()
    place = 12 + 16 * tables
    for number in range(tables):
        name, checksum, offset, length = struct.unpack_from(
            ">4sIII", collection, start + 12 + 16 * number
        )
        records += struct.pack(">4sIII", name, checksum, place + len(body), length)
        body += collection[offset : offset + length]
        body += bytes(-length % 4)
    return header + bytes(records) + bytes(body)


def _from_fontconfig() -> list[FontFace]:
    program = shutil.which("fc-list")
    if program is None:
        return []
    pattern = "%{file}\t%{index}\t%{family[0]}\t%{style[0]}\n"
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command, found on the path
            [program, "--format", pattern, ":lang=zh-cn"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    faces = []
    for line in answer.stdout.splitlines():
        parts = line.split("\t")
        if len(parts) == 4 and parts[1].isdigit():  # noqa: PLR2004 - the four of the pattern
            # The upper half of fontconfig's index numbers a variable font's named instance.
            faces.append(FontFace(Path(parts[0]), int(parts[1]) & 0xFFFF, parts[2], parts[3]))
    return faces


def _from_known_places() -> list[FontFace]:
    places = (FontFace(Path(p), index, family, style) for p, index, family, style in _KNOWN_PLACES)
    return [face for face in places if face.path.is_file()]

"""The picture: closed for the moment, in both languages, and a QR code for staff."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import segno
from PIL import Image, ImageDraw, ImageFont

from hardware.base import Pixels

_PAGE, _INK, _SOFT = (244, 246, 249), (20, 32, 45), (68, 84, 106)
_LINES = (
    ("本机暂停使用", "这台拍摄机正在自动恢复，请稍候或使用另一台。"),
    ("This booth is paused", "It is trying to start again. Please wait, or use another booth."),
)
_FOR_STAFF = "工作人员请扫码 · Staff: scan this"
_QR_LONGEST = 600
"""Characters of the QR code: more would need modules too small for a phone."""


def draw(
    width: int, height: int, *, booth: str, when: str, reasons: Sequence[str], font: Path | None
) -> Pixels:
    """Draw the picture.

    Args:
        width: pixels.
        height: pixels.
        booth: its name.
        when: local time, as staff read it.
        reasons: last lines of the booth's log, oldest first.
        font: a font with Chinese characters; None draws the English lines alone.

    Returns:
        (height, width, 3) uint8 RGB.
    """
    image = Image.new("RGB", (width, height), _PAGE)
    draw_on = ImageDraw.Draw(image)
    side = min(width, height)
    big, small = _font(font, side // 14), _font(font, side // 32)
    y = height // (10 if width > height else 5)
    for title, sentence in _LINES if font is not None else _LINES[1:]:
        y = _centred(draw_on, width, y, title, big, _INK) + side // 60
        y = _centred(draw_on, width, y, sentence, small, _SOFT) + side // 20
    qr_side = min(side // 2, height - y - side // 6)
    image.paste(_qr(staff_text(booth, when, reasons), qr_side), ((width - qr_side) // 2, y))
    label = _FOR_STAFF if font is not None else "Staff: scan this"
    y = _centred(draw_on, width, y + qr_side + side // 60, label, small, _SOFT)
    _centred(draw_on, width, y + side // 80, f"{booth} · {when}", small, _SOFT)
    return np.asarray(image)


def staff_text(booth: str, when: str, reasons: Sequence[str]) -> str:
    """Return what the QR code says: which booth, when, and what its log said last."""
    text = "\n".join([f"{booth}, {when}", *reasons])
    return text if len(text) <= _QR_LONGEST else text[: _QR_LONGEST - 1] + "…"


def as_text(booth: str, when: str, reasons: Sequence[str]) -> str:
    """Return the same for a console that shows letters only."""
    code = io.StringIO()
    segno.make(staff_text(booth, when, reasons), error="l").terminal(code, compact=True)
    title, sentence = _LINES[1]
    return f"\n{title}\n{sentence}\n\n{code.getvalue()}\n{booth}, {when}\n"


def _qr(text: str, side: int) -> Image.Image:
    code = segno.make(text, error="m")
    modules = code.symbol_size(scale=1, border=4)[0]
    scale = max(1, side // modules)
    stream = io.BytesIO()
    code.save(stream, kind="png", scale=scale, border=4)
    with Image.open(stream) as image:
        whole = Image.new("RGB", (side, side), (255, 255, 255))
        room = (side - image.width) // 2
        whole.paste(image.convert("RGB"), (room, room))
    return whole


def _font(path: Path | None, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if path is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(path, size)


def _centred(
    draw_on: ImageDraw.ImageDraw,
    width: int,
    y: int,
    text: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    colour: tuple[int, int, int],
) -> int:
    """Draw lines of text in the middle; return where the next may begin."""
    for line in _lines(draw_on, width * 9 // 10, text, font):
        left, top, right, bottom = draw_on.textbbox((0, 0), line, font=font)
        draw_on.text(((width - right + left) // 2 - left, y), line, fill=colour, font=font)
        y += round((bottom - top) * 1.5) + round(top / 2)
    return y


def _lines(
    draw_on: ImageDraw.ImageDraw,
    room: int,
    text: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> list[str]:
    """Break a sentence where it is too wide: at blanks, or anywhere where there are none."""
    if draw_on.textlength(text, font=font) <= room:
        return [text]
    parts = text.split(" ") if " " in text else list(text)
    joint = " " if " " in text else ""
    lines = [parts[0]]
    for part in parts[1:]:
        longer = lines[-1] + joint + part
        if draw_on.textlength(longer, font=font) <= room:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines

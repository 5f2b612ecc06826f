"""The batch's QR code, and a poster that hangs beside the booth."""

from __future__ import annotations

import io
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Batch

# A4 upright.
_DPI = 200
_WIDTH_PX, _HEIGHT_PX = round(210 / 25.4 * _DPI), round(297 / 25.4 * _DPI)
_INK, _BLUE, _FAINT = "#1c2430", "#1f5fbf", "#5c6675"


def qr_svg(batch: Batch) -> bytes:
    """Return the batch's QR code as SVG: the code itself, as plain text."""
    out = io.BytesIO()
    segno.make(batch.code, error="h", micro=False).save(out, kind="svg", scale=8)
    return out.getvalue()


def link_svg(link: str) -> bytes:
    """Return the QR code of an address as SVG."""
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", scale=8)
    return out.getvalue()


def poster_pdf(batch: Batch, font_file: Path) -> bytes:
    """Return an A4 page with school, batch, QR code and what to bring.

    Raises:
        ServiceError: 503, the font is not there.
    """
    page = Image.new("RGB", (_WIDTH_PX, _HEIGHT_PX), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, _WIDTH_PX, 36), fill=_BLUE)
    y = 180.0
    for text, size, colour in (
        (batch.school, 92, _INK),
        (batch.title, 60, _FAINT),
        ("学历照片自助拍摄", 72, _BLUE),
        ("Degree photos, self-service", 44, _BLUE),
    ):
        y = _centred(draw, text, y, size, colour, font_file)
    qr = io.BytesIO()
    segno.make(batch.code, error="h", micro=False).save(qr, kind="png", scale=28, border=2)
    code = Image.open(qr).convert("RGB")
    page.paste(code, ((_WIDTH_PX - code.width) // 2, int(y) + 20))
    y = _centred(draw, batch.code, y + code.height + 40, 130, _INK, font_file) + 20
    for text, size in (
        ("① 在拍照亭扫描此码，或输入特征码", 50),
        ("② 出示图像采集码，输入证件号后四位", 50),
        ("③ 坐好，按屏幕提示拍摄，领取回执", 50),
        ("Scan this code at the booth, show your capture code,", 38),
        ("type the last four of your ID, sit and follow the screen.", 38),
    ):
        y = _centred(draw, text, y, size, _INK, font_file)
    out = io.BytesIO()
    page.save(out, "PDF", resolution=_DPI, title=f"{batch.school} {batch.code}")
    return out.getvalue()


def _centred(
    draw: ImageDraw.ImageDraw, text: str, y: float, size: int, colour: str, font_file: Path
) -> float:
    """Draw a line in the middle, smaller if it is too long; return where the next one begins."""
    try:
        font = ImageFont.truetype(str(font_file), size)
    except OSError as error:
        raise ServiceError(
            503, "font_missing", f"The poster's font {font_file} is not there.",
            "Install fonts-noto-cjk, or set poster_font.",
        ) from error  # fmt: skip
    room = _WIDTH_PX - 200
    if font.getlength(text) > room:
        font = ImageFont.truetype(str(font_file), int(size * room / font.getlength(text)))
    draw.text((_WIDTH_PX / 2, y), text, font=font, fill=colour, anchor="mt")
    return y + size * 1.5

"""Make QR codes as pixels, PNG or SVG: for receipts, payments and the simulated phone.

Every picture has the quiet zone of four modules that ISO/IEC 18004 asks for.
"""

from __future__ import annotations

import io
from typing import Literal

import numpy as np
import numpy.typing as npt
import segno

ErrorCorrection = Literal["l", "m", "q", "h"]
"""How much may be covered: about 7, 15, 25, 30 %."""

QUIET_ZONE = 4
"""Modules around the code (ISO/IEC 18004)."""


def qr_pixels(text: str, module_px: int = 8, error: ErrorCorrection = "m") -> npt.NDArray[np.uint8]:
    """Return the QR code as (S, S, 3) uint8 RGB, black on white.

    Args:
        text: what it holds.
        module_px: side of one module, pixels.
        error: least error correction; more is taken where it costs no size.

    Raises:
        ValueError: `text` is empty or too long for a QR code, or `module_px` is below 1.
    """
    if module_px < 1:
        raise ValueError("a module has at least one pixel.")
    matrix = np.array([list(row) for row in _make(text, error).matrix], np.uint8)
    light = np.pad(1 - matrix, QUIET_ZONE, constant_values=1) * np.uint8(255)
    grey = np.repeat(np.repeat(light, module_px, axis=0), module_px, axis=1)
    return np.ascontiguousarray(np.broadcast_to(grey[..., None], (*grey.shape, 3)))


def qr_png(text: str, module_px: int = 8, error: ErrorCorrection = "m") -> bytes:
    """Return the QR code as a PNG file. Arguments and errors as of `qr_pixels`."""
    return _saved(text, "png", module_px, error)


def qr_svg(text: str, module_px: int = 8, error: ErrorCorrection = "m") -> str:
    """Return the QR code as an SVG document. Arguments and errors as of `qr_pixels`."""
    return _saved(text, "svg", module_px, error).decode("utf-8")


def _saved(text: str, kind: str, module_px: int, error: ErrorCorrection) -> bytes:
    if module_px < 1:
        raise ValueError("a module has at least one pixel.")
    out = io.BytesIO()
    _make(text, error).save(
        out, kind=kind, scale=module_px, border=QUIET_ZONE, dark="black", light="white"
    )
    return out.getvalue()


def _make(text: str, error: ErrorCorrection) -> segno.QRCode:
    if not text:
        raise ValueError("a QR code has to hold something.")
    try:
        # Without the encoding, Chinese that Shift JIS knows is written in the Kanji mode, which
        # phones outside Japan often misread.
        return segno.make_qr(text, error=error, encoding="utf-8")
    except segno.DataOverflowError as overflow:
        raise ValueError(f"{len(text)} characters do not fit into a QR code.") from overflow

"""Colours and sizes of every screen, in one place.

Sizes are given in pixels of a screen 1080 pixels across its shorter side, and scaled to the real
window: ``px(96)`` is 96 on a 1080×1920 screen and 48 in a 540×960 window.

Colours are sRGB with alpha, 0 to 1. The pages are near white on purpose: on the chair the screen
shines on the sitter's face, and a neutral one throws no colour on it.
"""

from __future__ import annotations

Colour = tuple[float, float, float, float]

DESIGN_SIDE_PX = 1080
TOUCH_MIN = 96
"""The smallest side of anything that can be touched, in design pixels."""


def _hex(code: str, alpha: float = 1.0) -> Colour:
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue, alpha


CLEAR: Colour = (0.0, 0.0, 0.0, 0.0)
PAGE = _hex("F4F6F9")
SURFACE = _hex("FFFFFF")
SUNKEN = _hex("E9EEF4")
LINE = _hex("CFD8E2")
INK = _hex("14202D")
INK_SOFT = _hex("44546A")
INK_FAINT = _hex("5C6B7E")
ON_DARK = _hex("FFFFFF")
ON_DARK_SOFT = _hex("C9DBEE")
BRAND = _hex("0B4A8F")
BRAND_PRESSED = _hex("08376B")
BRAND_SOFT = _hex("E2ECF8")
NIGHT = _hex("0B2540")
NIGHT_RAISED = _hex("143A61")
GOOD = _hex("0C7547")
GOOD_SOFT = _hex("DDF2E7")
WARN = _hex("8A4A00")
WARN_SOFT = _hex("FFF0D9")
BAD = _hex("A02319")
BAD_SOFT = _hex("FBE6E3")
DISABLED = _hex("DCE2E9")
DISABLED_INK = _hex("677586")
PHOTO_BLUE = _hex("64C5FF")
"""The usual official background, for the drawing on the idle screen only."""

TEXT = {
    "display": 104,
    "title": 64,
    "heading": 48,
    "body": 40,
    "small": 33,
    "tiny": 27,
}
"""Font sizes by role, design pixels."""
SIZES = (104, 92, 80, 72, 64, 56, 48, 44, 40, 36, 33, 30, 27, 24, 21, 18, 15, 13)
"""What text that shrinks into its box may become, design pixels: no size in between, for each that
is used keeps nearly 3 MB of a Chinese font in memory (measured with Noto Sans CJK)."""

FADE_S = 0.22
"""How long a screen takes to appear, seconds."""
SETTLE_S = 0.35
"""So long after a new screen appears touches are ignored, so that a double tap does not touch
whatever button the new screen has in the same place. Seconds."""

_scale = 1.0


def scale() -> float:
    """Return the pixels of the window that one design pixel takes."""
    return _scale


def set_window(width: int, height: int) -> None:
    """Fit all sizes to a window of `width` × `height` pixels, whichever way it stands."""
    global _scale  # noqa: PLW0603 - one process has one window, and Kivy rules need a plain name
    _scale = scale_for(width, height)


def scale_for(width: int, height: int) -> float:
    """Return the scale for a window, pixels; a squarer one than 16:9 is fitted by its long side."""
    short, long = sorted((width, height))
    return max(0.1, min(short / DESIGN_SIDE_PX, long / (DESIGN_SIDE_PX * 16 / 9)))


def px(design: float) -> int:
    """Return a design size in pixels of the window, never less than one for a positive size."""
    scaled = round(design * _scale)
    return max(scaled, 1) if design > 0 else scaled


def text_size(role: str) -> int:
    """Return the font size of a role of `TEXT` in pixels of the window."""
    return px(TEXT[role])


def smaller_sizes(role: str, least: float) -> list[int]:
    """Return a role's font size and those of `SIZES` below it, in pixels of the window.

    Args:
        role: of `TEXT`.
        least: the smallest, as a share of the role's own.
    """
    largest = TEXT[role]
    return [px(size) for size in SIZES if largest * least <= size <= largest]


def contrast(first: Colour, second: Colour) -> float:
    """Return the contrast ratio of two opaque colours, 1 to 21 (WCAG 2.1, relative luminance)."""

    def luminance(colour: Colour) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]  # noqa: PLR2004 - sRGB
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)

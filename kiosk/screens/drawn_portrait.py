"""A drawn degree photo: for the idle screen, and where a sample is wanted and no real face is."""

from __future__ import annotations

from PIL import Image, ImageDraw

_OVERSAMPLING = 3
_BLUE = (100, 197, 255)
_WHITE = (255, 255, 255)
_SKIN = (240, 205, 180)
_SHADE = (222, 180, 152)
_HAIR = (38, 34, 40)
_SUIT = (22, 40, 66)
_LAPEL = (34, 58, 92)
_TIE = (150, 34, 46)


def drawn_portrait(width: int, height: int, *, corner: float = 0.0) -> Image.Image:
    """Return a drawn photo, RGBA, `width` × `height` pixels (3:4 looks right).

    Args:
        width: pixels.
        height: pixels.
        corner: radius of the corners, hundredths of the width.
    """
    big = (width * _OVERSAMPLING, height * _OVERSAMPLING)
    photo = Image.new("RGBA", big, (0, 0, 0, 0))
    unit = big[0] / 90  # the photo is 90 × 120 units

    def box(left: float, top: float, right: float, bottom: float) -> list[float]:
        return [left * unit, top * unit, right * unit, bottom * unit]

    def points(*pairs: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * unit, y * unit) for x, y in pairs]

    draw = ImageDraw.Draw(photo)
    draw.rectangle([0, 0, *big], fill=_BLUE)
    draw.rounded_rectangle(box(8, 88, 82, 150), radius=26 * unit, fill=_SUIT)
    draw.polygon(points((35, 70), (55, 70), (57, 92), (45, 104), (33, 92)), fill=_SHADE)
    draw.polygon(points((30, 88), (45, 106), (60, 88), (62, 120), (28, 120)), fill=_WHITE)
    draw.polygon(points((42, 103), (48, 103), (50.5, 120), (39.5, 120)), fill=_TIE)
    draw.polygon(points((28, 88), (45, 122), (22, 122)), fill=_LAPEL)
    draw.polygon(points((62, 88), (45, 122), (68, 122)), fill=_LAPEL)
    draw.ellipse(box(21, 46, 28, 62), fill=_SHADE)
    draw.ellipse(box(62, 46, 69, 62), fill=_SHADE)
    draw.ellipse(box(22, 16, 68, 64), fill=_HAIR)
    draw.ellipse(box(25, 22, 65, 82), fill=_SKIN)
    draw.chord(box(23, 14, 67, 56), 185, 355, fill=_HAIR)
    for x in (36, 54):
        draw.ellipse(box(x - 2.1, 49.6, x + 2.1, 53.8), fill=_HAIR)
        draw.line(
            points((x - 5, 44.8), (x, 43.6), (x + 5, 44.8)), fill=_HAIR, width=round(1.4 * unit)
        )
    draw.arc(box(38, 61, 52, 72), 25, 155, fill=(178, 92, 86), width=round(1.4 * unit))
    draw.line(points((45, 54), (44, 61), (46.5, 61.6)), fill=_SHADE, width=round(1.3 * unit))
    mask = Image.new("L", big, 0)
    ImageDraw.Draw(mask).rounded_rectangle([0, 0, *big], radius=corner * 0.9 * unit, fill=255)
    photo.putalpha(mask)
    return photo.resize((width, height), Image.Resampling.LANCZOS)

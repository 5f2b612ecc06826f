"""The drawing on the idle screen: a degree photo in its frame."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import numpy as np
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget
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


class IdleDrawing(Widget):
    """A drawn photo of 3:4, as high as its box, with the corners of a viewfinder round it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._rectangle = Rectangle()
        self._drawn = (0, 0)
        self.fbind("pos", self._place)
        self.fbind("size", self._place)

    def _place(self, *_: object) -> None:
        height = int(min(self.height, self.width * 4 / 3))
        width = height * 3 // 4
        if height < 8:  # noqa: PLR2004 - before the layout is done
            return
        if self._drawn != (width, height):
            pixels = np.asarray(_draw(width, height))
            texture = Texture.create(size=(width, height), colorfmt="rgba")
            texture.blit_buffer(pixels.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
            texture.flip_vertical()
            self._rectangle.texture = texture
            self._rectangle.size = (width, height)
            self._drawn = (width, height)
        self._rectangle.pos = (
            round((self.x + self.width / 2) - width / 2),
            round((self.y + self.height / 2) - height / 2),
        )


def _draw(width: int, height: int) -> Image.Image:
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
    ImageDraw.Draw(mask).rounded_rectangle([0, 0, *big], radius=6 * unit, fill=255)
    photo.putalpha(mask)
    return photo.resize((width, height), Image.Resampling.LANCZOS)

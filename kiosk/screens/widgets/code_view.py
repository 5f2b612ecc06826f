"""What the second camera sees; a drawing of how to hold a code to it until there is a picture."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import numpy as np
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import OptionProperty
from kivy.uix.widget import Widget
from PIL import Image, ImageDraw

from kiosk.screens import theme
from kiosk.screens.widgets.picture import Picture, Pixels

_OVERSAMPLING = 3


class CodeView(Widget):
    """A drawing beside a live view; the drawing has all the room while there is no picture.

    Attributes:
        subject: what is held up: ``phone`` or ``poster``.
    """

    subject = OptionProperty("phone", options=["phone", "poster"])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._drawing = Rectangle()
        self._drawn: tuple[int, int, str] = (0, 0, "")
        self._picture = Picture(
            mirrored=True, corner=theme.px(28), size_hint=(None, None), opacity=0
        )
        self.add_widget(self._picture)
        for name in ("pos", "size", "subject"):
            self.fbind(name, self._place)
        self._picture.fbind("has_picture", self._place)

    def show(self, pixels: Pixels | None) -> None:
        """Show a frame of the second camera, RGB uint8 (H, W, 3), mirrored; None for none."""
        self._picture.show(pixels)

    def _place(self, *_: object) -> None:
        live = self._picture.has_picture
        self._picture.opacity = 1 if live else 0
        gap = theme.px(28)
        side_by_side = live and self.width > self.height * 1.2
        if side_by_side:
            half = (self.width - gap) / 2
            drawing = (self.x, self.y, half, self.height)
            height = min(self.height, half)
            picture = (self.x + half + gap, (self.y + self.height / 2) - height / 2, half, height)
        elif live:
            half = (self.height - gap) / 2
            drawing = (self.x, self.y + half + gap, self.width, half)
            picture = (self.x, self.y, self.width, half)
        else:
            drawing = picture = (self.x, self.y, self.width, self.height)
        self._picture.pos, self._picture.size = picture[:2], picture[2:]
        self._draw(*drawing)

    def _draw(self, x: float, y: float, width: float, height: float) -> None:
        size = (int(width), int(height))
        if min(size) < theme.px(60):
            return
        if self._drawn != (*size, self.subject):
            pixels = np.asarray(_illustration(size, self.subject))
            texture = Texture.create(size=size, colorfmt="rgba")
            texture.blit_buffer(pixels.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
            texture.flip_vertical()
            self._drawing.texture = texture
            self._drawn = (*size, self.subject)
        self._drawing.pos, self._drawing.size = (round(x), round(y)), size


def _rgb(colour: theme.Colour) -> tuple[int, int, int]:
    return round(colour[0] * 255), round(colour[1] * 255), round(colour[2] * 255)


def _illustration(size: tuple[int, int], subject: str) -> Image.Image:
    """Return a card with a camera, its field of view, and a phone or a poster in it, RGBA."""
    width, height = (side * _OVERSAMPLING for side in size)
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(
        [0, 0, width - 1, height - 1],
        radius=theme.px(28) * _OVERSAMPLING,
        fill=(*_rgb(theme.BRAND_SOFT), 255),
    )
    unit = min(width / 150, height / 100)
    left, top = (width - 150 * unit) / 2, (height - 100 * unit) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * unit, top + y * unit

    def block(
        x0: float, y0: float, x1: float, y1: float, radius: float, fill: tuple[int, int, int]
    ) -> None:
        draw.rounded_rectangle([*at(x0, y0), *at(x1, y1)], radius=radius * unit, fill=fill)

    brand, dark, white = _rgb(theme.BRAND), _rgb(theme.NIGHT), (255, 255, 255)
    beam = tuple(round(c * 0.82 + 255 * 0.18) for c in _rgb(theme.PHOTO_BLUE))
    draw.polygon([at(38, 50), at(88, 14), at(88, 86)], fill=(*beam, 120))
    block(12, 30, 36, 70, 6, dark)
    draw.ellipse([*at(20, 38), *at(44, 62)], fill=dark)
    draw.ellipse([*at(24, 42), *at(40, 58)], fill=brand)
    draw.ellipse([*at(29, 46), *at(34, 51)], fill=white)
    if subject == "phone":
        block(88, 8, 136, 92, 6, dark)
        block(91.5, 14, 132.5, 86, 3, white)
    else:
        block(86, 12, 138, 88, 2, white)
    _code(draw, at, 97, 32 if subject == "phone" else 34, 30, dark)
    return image.resize(size, Image.Resampling.LANCZOS)


def _code(draw: Any, at: Any, x: float, y: float, side: float, ink: object) -> None:
    """Draw what looks like a QR code, without being one that can be read."""
    cells = 11
    cell = side / cells
    corners = ((0, 0), (cells - 4, 0), (0, cells - 4))
    for row in range(cells):
        for column in range(cells):
            in_corner = any(c <= column < c + 4 and r <= row < r + 4 for c, r in corners)
            if not in_corner and (row * 5 + column * 3 + row * column) % 7 in (0, 2, 3):
                draw.rectangle(
                    [
                        *at(x + column * cell, y + row * cell),
                        *at(x + (column + 1) * cell, y + (row + 1) * cell),
                    ],
                    fill=ink,
                )
    for c, r in corners:
        for inset, fill in ((0.0, ink), (0.75, (255, 255, 255)), (1.35, ink)):
            draw.rectangle(
                [
                    *at(x + (c + inset) * cell, y + (r + inset) * cell),
                    *at(x + (c + 4 - inset) * cell, y + (r + 4 - inset) * cell),
                ],
                fill=fill,
            )

"""A sign in any size and colour."""

# mypy: allow-subclassing-any
from __future__ import annotations

from functools import lru_cache
from typing import Any

from kivy.graphics import Color, PopMatrix, PushMatrix, Rectangle, Translate
from kivy.graphics.texture import Texture
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens import icons, theme


@lru_cache(maxsize=256)
def icon_texture(name: str, size: int) -> Texture:
    """Return the sign `name` as a white texture of `size` pixels with its shape as alpha."""
    import numpy as np

    alpha = icons.mask(name, size)
    pixels = np.full((size, size, 4), 255, dtype=np.uint8)
    pixels[..., 3] = alpha
    texture = Texture.create(size=(size, size), colorfmt="rgba")
    texture.blit_buffer(pixels.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


class Icon(Widget):
    """A sign centred in its box.

    Attributes:
        name: of `icons.ICONS`; empty for none.
        tone: its colour.
        nudge_x: shift in pixels, for a gentle movement.
        nudge_y: likewise.
    """

    name = StringProperty("")
    tone = ObjectProperty(theme.INK)
    nudge_x = NumericProperty(0)
    nudge_y = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            PushMatrix()
            self._shift = Translate(0, 0)
            self._colour = Color(*theme.CLEAR)
            self._square = Rectangle()
            PopMatrix()
        for name in ("name", "tone", "pos", "size"):
            self.fbind(name, self._draw)
        self.fbind("nudge_x", self._move)
        self.fbind("nudge_y", self._move)
        self._draw()

    def _draw(self, *_: object) -> None:
        side = int(min(self.size))
        if not self.name or side < 1:
            self._colour.rgba = theme.CLEAR
            return
        self._colour.rgba = self.tone
        self._square.texture = icon_texture(self.name, side)
        self._square.size = (side, side)
        self._square.pos = (
            round((self.x + self.width / 2) - side / 2),
            round((self.y + self.height / 2) - side / 2),
        )

    def _move(self, *_: object) -> None:
        self._shift.xy = (self.nudge_x, self.nudge_y)

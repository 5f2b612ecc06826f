"""The drawing on the idle screen: a degree photo in its frame."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

import numpy as np
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget

from kiosk.screens.drawn_portrait import drawn_portrait


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
            pixels = np.asarray(drawn_portrait(width, height, corner=6.5))
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

"""A hint in pictures: how it is wrong, how it is right, and the offer of help."""

# mypy: allow-subclassing-any
from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.relativelayout import RelativeLayout
from kivy.uix.widget import Widget

from kiosk.screens.drawn_pose import Sketch, drawn_pose
from kiosk.screens.explanations import explanation
from kiosk.screens.translations import tr, tr_or
from kiosk.screens.widgets import icon, text, touch

__all__ = ["Explanation", "icon", "text", "touch"]


@lru_cache(maxsize=16)
def _texture(sketch: Sketch, width: int, height: int) -> Texture:
    pixels = np.asarray(drawn_pose(sketch, width, height))
    texture = Texture.create(size=(width, height), colorfmt="rgba")
    texture.blit_buffer(pixels.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


class DrawnPose(Widget):
    """A drawn sitter of 3:4, as large as its box allows.

    Attributes:
        sketch: how they sit; None draws nothing.
    """

    sketch = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            self._colour = Color(1, 1, 1, 0)
            self._rectangle = Rectangle()
        for name in ("pos", "size", "sketch"):
            self.fbind(name, self._place)

    def _place(self, *_: object) -> None:
        height = int(min(self.height, self.width * 4 / 3))
        width = height * 3 // 4
        if self.sketch is None or height < 8:  # noqa: PLR2004 - before the layout is done
            self._colour.a = 0
            return
        self._colour.a = 1
        self._rectangle.texture = _texture(self.sketch, width, height)
        self._rectangle.size = (width, height)
        self._rectangle.pos = (
            round((self.x + self.width / 2) - width / 2),
            round((self.y + self.height / 2) - height / 2),
        )


class SignedPose(RelativeLayout):
    """A drawn sitter with a tick, or a cross.

    Attributes:
        sketch: how they sit; None takes no room.
        good: whether it is right.
    """

    sketch = ObjectProperty(None, allownone=True)
    good = BooleanProperty(False)


class Explanation(BoxLayout):
    """Takes no room until it is to be shown.

    Attributes:
        hint: the hint's key; empty hides everything.
        offers: whether the help of staff is offered.
        language: ``zh`` or ``en``.
        portrait: whether the window is higher than wide.
        sentence: what is to be done, in more words than the hint has.
    """

    hint = StringProperty("")
    offers = BooleanProperty(False)
    language = StringProperty("zh")
    portrait = BooleanProperty(True)
    sentence = StringProperty("")
    wrong = ObjectProperty(None, allownone=True)
    right = ObjectProperty(None, allownone=True)

    __events__ = ("on_help",)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("hint", "language"):
            self.fbind(name, self._say)
        self._say()

    def on_help(self) -> None:
        """The help of staff was asked for."""

    def _say(self, *_: object) -> None:
        self.wrong, self.right = (explanation(self.hint) if self.hint else None) or (None, None)
        self.sentence = ""
        if self.hint and self.wrong is None:
            self.sentence = tr(self.language, "explanations.staff")
        elif self.hint:
            self.sentence = tr_or(self.language, f"explanations.{self.hint}", "explanations.other")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))

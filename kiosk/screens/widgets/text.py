"""Text that takes the height it needs, and text that shrinks into its box."""

# mypy: allow-subclassing-any
from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from kivy.core.text import Label as TextRenderer
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.label import Label

from kiosk.screens import theme
from kiosk.screens.line_breaking import break_lines

_SPARE_PX = 2
_MAY_FIT = 0.02

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class WrappedLabel(Label):
    """A label of several lines, broken as Chinese wants it.

    Attributes:
        role: which of `theme.TEXT` sizes.
        tone: its colour.
    """

    role = StringProperty("body")
    tone = ObjectProperty(theme.INK)

    def texture_update(self, *args: Any) -> None:
        """Draw the text with its lines broken here rather than by Kivy."""
        width = self.text_size[0]
        if self.text and width and width > 1:
            renderer = TextRenderer(font_name="Kiosk", font_size=self.font_size, bold=self.bold)
            self._label.text = break_lines(
                self.text, width, lambda part: renderer.get_extents(part)[0] if part else 0
            )
        super().texture_update(*args)


class Text(WrappedLabel):
    """A paragraph: as wide as it is let, as high as it needs."""


class LimitedText(Text):
    """A paragraph that becomes smaller rather than longer; nothing of it is ever left out.

    Attributes:
        largest: the size of `theme.TEXT` it has where there is room.
        most_lines: so many, until "small" is reached; a name of more lines stays whole.
    """

    largest = StringProperty("body")
    most_lines = NumericProperty(2)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("text", "width", "largest", "most_lines", "bold"):
            self.fbind(name, self._choose)
        self._choose()

    def _choose(self, *_: object) -> None:
        roles = list(theme.TEXT)  # the largest first
        first, last = roles.index(self.largest), roles.index("small")
        chosen = self.largest
        for role in roles[first : max(first, last) + 1]:
            chosen = role
            if self._lines(role) <= self.most_lines:
                break
        self.role = chosen

    def _lines(self, role: str) -> int:
        if not self.text or self.width <= 1:
            return 1
        renderer = TextRenderer(font_name="Kiosk", font_size=theme.text_size(role), bold=self.bold)

        def width(part: str) -> float:
            return float(renderer.get_extents(part)[0]) if part else 0.0

        # A word wider than the box stays one line here, and is broken when it is drawn.
        lines = break_lines(self.text, self.width, width).split("\n")
        return sum(max(1, math.ceil(width(line) / self.width)) for line in lines)


class BoxedText(WrappedLabel):
    """A paragraph in the middle of a box of given size."""


class FitText(Label):
    """One line that becomes smaller rather than leave its box.

    Attributes:
        role: the size of `theme.TEXT` it has where there is room.
        tone: its colour.
        fits: whether it fits at a size that can still be read.
    """

    role = StringProperty("body")
    tone = ObjectProperty(theme.INK)
    fits = BooleanProperty(True)

    _SMALLEST = 0.5

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("text", "size", "role", "bold"):
            self.fbind(name, self._fit)
        self._fit()

    def natural_width(self) -> float:
        """Return the width the text needs at its full size, pixels."""
        return self._extents()[0] + _SPARE_PX

    def _extents(self, font_size: int | None = None) -> tuple[float, float]:
        renderer = TextRenderer(
            font_name="Kiosk", font_size=font_size or theme.text_size(self.role), bold=self.bold
        )
        width, height = renderer.get_extents(self.text)
        return float(width), float(height)

    def _fit(self, *_: object) -> None:
        wanted = theme.text_size(self.role)
        if not self.text or self.width <= 1 or self.height <= 1:
            self.font_size = wanted
            return
        width, height = self._extents()
        room, high = self.width, self.height
        share = min(1.0, room / max(width, 1), high / max(height, 1))
        sizes = theme.smaller_sizes(self.role, self._SMALLEST)
        # A font is opened only for a size that may fit: widths go nearly with the size.
        likely = [size for size in sizes if size <= wanted * (share + _MAY_FIT)]
        chosen = next((size for size in likely if self._fits_at(size, room, high)), None)
        self.fits = chosen is not None
        self.font_size = chosen or sizes[-1]

    def _fits_at(self, size: int, room: float, high: float) -> bool:
        # Letters are whole pixels wide: a size that fits by its share may be a pixel too wide,
        # and the line would be broken.
        width, height = self._extents(size)
        return width <= room - _SPARE_PX and height <= high

"""A card of names and values, a line each, some with words below."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle, SmoothRoundedRectangle
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens import theme
from kiosk.screens.widgets.text import FitText, Text

_ROW = 62
_SHORT = 24
"""Characters of a value that the half of a row holds."""
_BELOW = 14
"""Under the words below a row, design pixels."""

Row = tuple[str, str, theme.Colour] | tuple[str, str, theme.Colour, str, str]
"""Name, value and its colour; and what stands below: words to be read, and small ones."""


class Figures(BoxLayout):
    """Rows.

    Attributes:
        rows: of type `Row`.
        row_height: of one line, design pixels.
    """

    rows = ListProperty([])
    row_height = NumericProperty(_ROW)

    def __init__(self, **kwargs: Any) -> None:
        self._lines: list[Widget] = []  # the lowest of each row
        super().__init__(orientation="vertical", **kwargs)
        self.size_hint_y = None
        self.padding = theme.px(32), theme.px(14)
        self.bind(minimum_height=self.setter("height"))
        self._paint_soon = Clock.create_trigger(self._paint)  # once the rows have their places
        for name in ("pos", "size"):
            self.fbind(name, self._paint_soon)
        self.fbind("rows", self._fill)
        self.fbind("row_height", self._fill)
        self._fill()

    def _fill(self, *_: object) -> None:
        self.clear_widgets()
        self._lines = []
        for name, value, tone, *below in self.rows:
            row = BoxLayout(
                size_hint_y=None, height=theme.px(self.row_height), spacing=theme.px(24)
            )
            row.add_widget(
                FitText(
                    text=name, role="small", halign="left", tone=theme.INK_SOFT, size_hint_x=0.8
                )
            )
            wide = 1 if len(value) <= _SHORT else 2
            row.add_widget(
                FitText(
                    text=value, role="small", bold=True, halign="right", tone=tone, size_hint_x=wide
                )
            )
            self.add_widget(row)
            last: Widget = row
            for words, role, colour in zip(
                below, ("small", "tiny"), (theme.INK, theme.INK_FAINT), strict=False
            ):
                if words:
                    last = Text(text=words, role=role, tone=colour)
                    self.add_widget(last)
            if last is not row:
                last = Widget(size_hint_y=None, height=theme.px(_BELOW))
                self.add_widget(last)
            self._lines.append(last)
        self._paint_soon()

    def _paint(self, *_: object) -> None:
        self.canvas.before.clear()
        line = theme.px(2)
        with self.canvas.before:
            Color(*theme.LINE)
            SmoothRoundedRectangle(pos=self.pos, size=self.size, radius=[theme.px(28)])
            Color(*theme.SURFACE)
            SmoothRoundedRectangle(
                pos=(self.x + line, self.y + line),
                size=(max(0, self.width - 2 * line), max(0, self.height - 2 * line)),
                radius=[theme.px(26)],
            )
            Color(*theme.SUNKEN)
            for last in self._lines[:-1]:
                Rectangle(
                    pos=(self.x + theme.px(32), last.y),
                    size=(max(0, self.width - theme.px(64)), line),
                )

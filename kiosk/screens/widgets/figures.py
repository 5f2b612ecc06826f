"""A card of names and values, a line each."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle, SmoothRoundedRectangle
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import theme
from kiosk.screens.widgets.text import FitText

_ROW = 62


class Figures(BoxLayout):
    """Rows of (name, value, colour of the value).

    Attributes:
        rows: the lines.
        row_height: of one line, design pixels.
    """

    rows = ListProperty([])
    row_height = NumericProperty(_ROW)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(orientation="vertical", **kwargs)
        self.size_hint_y = None
        self.padding = theme.px(32), theme.px(14)
        self.bind(minimum_height=self.setter("height"))
        for name in ("pos", "size"):
            self.fbind(name, self._paint)
        self.fbind("rows", self._fill)
        self.fbind("row_height", self._fill)
        self._fill()

    def _fill(self, *_: object) -> None:
        self.clear_widgets()
        for name, value, tone in self.rows:
            row = BoxLayout(
                size_hint_y=None, height=theme.px(self.row_height), spacing=theme.px(24)
            )
            row.add_widget(
                FitText(
                    text=name, role="small", halign="left", tone=theme.INK_SOFT, size_hint_x=0.8
                )
            )
            row.add_widget(FitText(text=value, role="small", bold=True, halign="right", tone=tone))
            self.add_widget(row)
        self._paint()

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
            for number in range(1, len(self.rows)):
                y = (self.y + self.height) - theme.px(14) - number * theme.px(self.row_height)
                Rectangle(
                    pos=(self.x + theme.px(32), y),
                    size=(max(0, self.width - theme.px(64)), line),
                )

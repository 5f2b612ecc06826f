"""How far the visit has come: a row of numbered dots with a word under each."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle, SmoothEllipse
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.widget import Widget

from kiosk.screens import theme
from kiosk.screens.widgets.icon import Icon
from kiosk.screens.widgets.text import FitText


class ProgressSteps(Widget):
    """Numbered dots: done ones ticked, the current one filled, the rest pale.

    Attributes:
        names: the words.
        current: which one is current, from 0; a number beyond the last means all are done.
    """

    names = ListProperty([])
    current = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("names", "current", "pos", "size"):
            self.fbind(name, self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        self.canvas.before.clear()
        self.clear_widgets()
        count = len(self.names)
        if not count or self.width <= 1:
            return
        column = self.width / count
        dot, line = theme.px(52), theme.px(4)
        y = (self.y + self.height) - dot
        with self.canvas.before:
            for number in range(count - 1):
                Color(*(theme.BRAND if number < self.current else theme.LINE))
                start = self.x + column * (number + 0.5) + dot / 2 + theme.px(14)
                Rectangle(
                    pos=(start, y + dot / 2 - line / 2),
                    size=(max(0, column - dot - theme.px(28)), line),
                )
            for number in range(count):
                x = self.x + column * (number + 0.5) - dot / 2
                reached = number <= self.current
                Color(*(theme.BRAND if reached else theme.LINE))
                SmoothEllipse(pos=(x, y), size=(dot, dot))
                if not reached:
                    Color(*theme.PAGE)
                    inner = theme.px(4)
                    SmoothEllipse(
                        pos=(x + inner, y + inner), size=(dot - 2 * inner, dot - 2 * inner)
                    )
        for number, name in enumerate(self.names):
            self._add_mark(number, self.x + column * (number + 0.5) - dot / 2, y, dot)
            here = number == self.current
            self.add_widget(
                FitText(
                    text=name,
                    role="tiny",
                    bold=here,
                    tone=theme.BRAND if here else theme.INK_SOFT,
                    pos=(self.x + column * number + theme.px(4), self.y),
                    size=(column - theme.px(8), max(1, self.height - dot - theme.px(4))),
                )
            )

    def _add_mark(self, number: int, x: float, y: float, dot: float) -> None:
        if number < self.current:
            side = dot * 0.62
            self.add_widget(
                Icon(
                    name="check",
                    tone=theme.ON_DARK,
                    size=(side, side),
                    pos=(x + (dot - side) / 2, y + (dot - side) / 2),
                )
            )
            return
        self.add_widget(
            FitText(
                text=str(number + 1),
                role="tiny",
                bold=True,
                tone=theme.ON_DARK if number == self.current else theme.INK_SOFT,
                pos=(x, y),
                size=(dot, dot),
            )
        )

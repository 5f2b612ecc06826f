"""The one kind of thing that can be touched."""

# mypy: allow-subclassing-any
from __future__ import annotations

import time
from typing import Any

from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, OptionProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.widget import Widget

from kiosk.screens import theme
from kiosk.screens.widgets.icon import Icon
from kiosk.screens.widgets.text import FitText

# kind: fill, fill while pressed, ink, edge
_LOOKS = {
    "primary": (theme.BRAND, theme.BRAND_PRESSED, theme.ON_DARK, theme.BRAND),
    "secondary": (theme.SURFACE, theme.BRAND_SOFT, theme.BRAND, theme.BRAND),
    "quiet": (theme.SURFACE, theme.SUNKEN, theme.INK, theme.LINE),
    "bare": (theme.PAGE, theme.SUNKEN, theme.INK_SOFT, theme.PAGE),
    "danger": (theme.SURFACE, theme.BAD_SOFT, theme.BAD, theme.BAD),
    "light": (theme.ON_DARK, theme.ON_DARK_SOFT, theme.NIGHT, theme.ON_DARK),
    "night": (theme.NIGHT_RAISED, theme.BRAND, theme.ON_DARK, theme.NIGHT_RAISED),
}
_DISABLED = (theme.DISABLED, theme.DISABLED, theme.DISABLED_INK, theme.DISABLED)


class TouchGate:
    """Lets no touch through for a moment after a new screen has appeared."""

    _closed_until = 0.0

    @classmethod
    def close(cls, seconds: float) -> None:
        """Ignore touches for so long from now."""
        cls._closed_until = time.monotonic() + seconds

    @classmethod
    def is_open(cls) -> bool:
        """Return whether touches count."""
        return time.monotonic() >= cls._closed_until


class TouchButton(ButtonBehavior, Widget):
    """A button with a word, a sign, or both.

    It answers when the finger leaves it, and only if it was put down on it.

    Attributes:
        text: the word.
        icon: name of the sign before it; empty for none.
        kind: which look: one of `_LOOKS`.
        role: the word's size, one of `theme.TEXT`.
        bold: whether the word is bold.
        enabled: whether it can be touched now.
    """

    text = StringProperty("")
    icon = StringProperty("")
    kind = OptionProperty("primary", options=list(_LOOKS))
    role = StringProperty("body")
    bold = BooleanProperty(True)
    enabled = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("size_hint_y", None)
        kwargs.setdefault("height", theme.px(128))
        super().__init__(**kwargs)
        with self.canvas.before:
            self._edge_colour = Color()
            self._edge = SmoothRoundedRectangle()
            self._fill_colour = Color()
            self._fill = SmoothRoundedRectangle()
        self._icon = Icon(size_hint=(None, None))
        self._label = FitText()
        self.add_widget(self._icon)
        self.add_widget(self._label)
        for name in ("kind", "state", "enabled"):
            self.fbind(name, self._paint)
        for name in ("text", "icon", "role", "bold", "pos", "size"):
            self.fbind(name, self._arrange)
        self._paint()
        self._arrange()

    def _paint(self, *_: object) -> None:
        fill, pressed, ink, edge = _LOOKS[self.kind] if self.enabled else _DISABLED
        self._edge_colour.rgba = edge
        self._fill_colour.rgba = pressed if self.state == "down" else fill
        self._icon.tone = self._label.tone = ink

    def _arrange(self, *_: object) -> None:
        border, radius = theme.px(3), theme.px(26)
        self._edge.pos, self._edge.size, self._edge.radius = self.pos, self.size, [radius]
        self._fill.pos = self.x + border, self.y + border
        self._fill.size = max(0, self.width - 2 * border), max(0, self.height - 2 * border)
        self._fill.radius = [radius - border]

        padding = min(theme.px(28), self.width * 0.1)
        side = round(theme.text_size(self.role) * 1.15) if self.icon else 0
        gap = theme.px(18) if self.icon and self.text else 0
        room = max(1, self.width - 2 * padding - side - gap)
        label = self._label
        label.role, label.bold, label.text = self.role, self.bold, self.text
        words = min(room, label.natural_width() + theme.px(2)) if self.text else 0
        left = (self.x + self.width / 2) - (side + gap + words) / 2
        self._icon.name = self.icon
        self._icon.size = (side, side)
        self._icon.pos = (left, (self.y + self.height / 2) - side / 2)
        label.size = (words, self.height - 2 * border)
        label.pos = (left + side + gap, self.y + border)

    def on_touch_down(self, touch: Any) -> bool:
        """Take the touch, unless the button is off or a new screen has only just appeared."""
        if not self.enabled or not TouchGate.is_open():
            return bool(self.collide_point(*touch.pos))
        return bool(super().on_touch_down(touch))

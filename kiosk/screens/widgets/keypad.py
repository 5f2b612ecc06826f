"""Keys to type with: digits, letters, brackets; and the boxes that show what was typed."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.screens import theme
from kiosk.screens.widgets.text import FitText
from kiosk.screens.widgets.touch import TouchButton

ERASE = "erase"
ENTER = "enter"
_SIGNS = {ERASE: "erase", ENTER: "check"}

_LAYOUTS = {
    # name: keys in reading order; a space leaves a place empty
    "last_four": [*"123(456)789X 0 ", ERASE],
    "last_four_plain": [*"123456789X0", ERASE],
    "pin": [*"123456789", ERASE, "0", ENTER],
    "batch": [*"1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
}


class Keypad(GridLayout):
    """A grid of keys. It sends ``on_key`` with the key, `ERASE` or `ENTER`.

    Attributes:
        layout: which keys: one of `_LAYOUTS`.
        key_height: height of a key, pixels.
        gap: between two keys, pixels.
        enabled: whether they can be touched.
    """

    layout = OptionProperty("pin", options=list(_LAYOUTS))
    key_height = NumericProperty(0)
    gap = NumericProperty(0)
    enabled = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_key")
        kwargs.setdefault("cols", 3)
        super().__init__(**kwargs)
        self.size_hint_y = None
        self.bind(minimum_height=self.setter("height"))
        self.fbind("gap", self._build)
        self.fbind("layout", self._build)
        self.fbind("key_height", self._build)
        self.fbind("enabled", self._enable)
        self._build()

    def _build(self, *_: object) -> None:
        self.clear_widgets()
        self.spacing = self.gap or theme.px(14)
        height = self.key_height or theme.px(120)
        for key in _LAYOUTS[self.layout]:
            if key == " ":
                self.add_widget(Widget(size_hint_y=None, height=height))
                continue
            button = TouchButton(kind="quiet", role="heading", height=height, enabled=self.enabled)
            if key in _SIGNS:
                button.icon = _SIGNS[key]
                button.kind = "primary" if key == ENTER else "quiet"
            else:
                button.text = key
            button.bind(on_release=lambda _, key=key: self.dispatch("on_key", key))
            self.add_widget(button)

    def _enable(self, *_: object) -> None:
        for child in self.children:
            if isinstance(child, TouchButton):
                child.enabled = self.enabled

    def on_key(self, key: str) -> None:
        """Do nothing by default; the screen binds to it."""


class EntryBoxes(BoxLayout):
    """What was typed, a box for each character.

    Attributes:
        typed: the characters.
        slots: how many boxes are drawn at least.
        secret: whether dots stand for the characters.
    """

    typed = StringProperty("")
    slots = NumericProperty(4)
    secret = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size_hint = (None, None)
        self.height = theme.px(132)
        self.spacing = theme.px(18)
        for name in ("typed", "slots", "secret"):
            self.fbind(name, self._fill)
        self._fill()

    def _fill(self, *_: object) -> None:
        wanted = max(int(self.slots), len(self.typed))
        if len(self.children) != wanted:
            self.clear_widgets()
            for _number in range(wanted):
                self.add_widget(_Box())
        side = theme.px(112 if wanted <= 6 else 96)  # noqa: PLR2004 - more boxes, smaller ones
        self.width = wanted * side + (wanted - 1) * self.spacing
        for number, box in enumerate(reversed(self.children)):
            filled = number < len(self.typed)
            box.text = ("•" if self.secret else self.typed[number]) if filled else ""
            box.current = number == len(self.typed)


class _Box(FitText):
    current = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(role="title", bold=True, **kwargs)
        with self.canvas.before:
            self._edge_colour = Color()
            self._edge = SmoothRoundedRectangle()
            Color(*theme.SURFACE)
            self._inner = SmoothRoundedRectangle()
        for name in ("pos", "size", "current"):
            self.fbind(name, self._paint)
        self._paint()

    def _paint(self, *_: object) -> None:
        border = theme.px(5 if self.current else 3)
        self._edge_colour.rgba = theme.BRAND if self.current else theme.LINE
        self._edge.pos, self._edge.size, self._edge.radius = self.pos, self.size, [theme.px(22)]
        self._inner.pos = self.x + border, self.y + border
        self._inner.size = max(0, self.width - 2 * border), max(0, self.height - 2 * border)
        self._inner.radius = [theme.px(22) - border]

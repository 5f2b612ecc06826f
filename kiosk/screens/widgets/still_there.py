"""The question before a visit ends by itself."""

# mypy: allow-subclassing-any
from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.widgets import text, touch

__all__ = ["StillThere", "text", "touch"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class StillThere(BoxLayout):
    """A bar over the top of the screen. It sends ``on_stay`` when touched.

    Attributes:
        language: ``zh`` or ``en``.
        seconds_left: until the visit ends; below zero hides the bar.
    """

    language = StringProperty("zh")
    seconds_left = NumericProperty(-1)

    def __init__(self, **kwargs: Any) -> None:
        self.register_event_type("on_stay")
        super().__init__(**kwargs)

    def on_stay(self) -> None:
        """Do nothing by default; the shell binds to it."""

    def on_touch_down(self, touch: Any) -> bool:
        """Let touches through while hidden; keep all others on the bar."""
        if self.seconds_left < 0 or not self.collide_point(*touch.pos):
            return False
        super().on_touch_down(touch)
        return True

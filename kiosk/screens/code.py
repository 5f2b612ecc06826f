"""The capture code is held to the second camera."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.screens.widgets import code_view

__all__ = ["CodeScreen", "code_view"]

load_layout(__file__)


class Tip(BoxLayout):
    """One tip: a sign and a few words."""

    icon = StringProperty("")
    text = StringProperty("")


class CodeScreen(VisitScreen):
    """A picture of how to hold the phone, or what the second camera sees, and three tips."""

    step = 0
    can_go_back = True

    def show(self, kind: str, value: Any) -> None:
        """Show a frame of the second camera."""
        if kind == "code_preview":
            self.ids.code_view.show(value)

    def left(self) -> None:
        """Forget the picture."""
        self.ids.code_view.show(None)

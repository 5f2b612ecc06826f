"""The batch's code is asked for: scanned, or typed."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.screens.widgets import code_view
from kiosk.visit.model import Visit

__all__ = ["BatchScreen", "code_view"]

load_layout(__file__)

_SHORTEST = 4


class BatchScreen(VisitScreen):
    """The second camera's view, and a keypad with letters and digits."""

    typed = StringProperty("")
    complete = BooleanProperty(False)
    step = 0

    def update(self, visit: Visit) -> None:
        """Show what was typed."""
        super().update(visit)
        self.typed = visit.typed
        self.complete = len(visit.typed) >= _SHORTEST and not visit.busy

    def show(self, kind: str, value: Any) -> None:
        """Show a frame of the second camera."""
        if kind == "code_preview":
            self.ids.code_view.show(value)

    def left(self) -> None:
        """Forget the picture."""
        self.ids.code_view.show(None)

    def forget(self) -> None:
        """Forget what was typed."""
        self.typed = ""

"""The last four of the ID are typed."""

# mypy: allow-subclassing-any
from __future__ import annotations

from kivy.properties import StringProperty

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.visit.model import Visit

load_layout(__file__)


class LastFourScreen(VisitScreen):
    """Four boxes and a keypad; with the fourth character it goes on by itself."""

    typed = StringProperty("")
    policy = StringProperty("count")
    step = 0
    can_go_back = True

    def update(self, visit: Visit) -> None:
        """Show what was typed, and the batch's rule for brackets."""
        super().update(visit)
        self.typed = visit.typed
        self.policy = visit.batch.bracket_policy if visit.batch else "count"

    def forget(self) -> None:
        """Forget what was typed."""
        self.typed = ""

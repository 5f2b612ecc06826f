"""The student asked for staff; the staff PIN is asked for."""

# mypy: allow-subclassing-any
from __future__ import annotations

from kivy.properties import StringProperty

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.visit.model import Visit

load_layout(__file__)


class HelpScreen(VisitScreen):
    """A word for the student, a keypad for the staff. The screen holds dots only, never the PIN."""

    dots = StringProperty("")
    can_cancel = False
    can_ask_help = False

    def update(self, visit: Visit) -> None:
        """Show how many digits were typed."""
        super().update(visit)
        self.dots = "•" * len(visit.typed)

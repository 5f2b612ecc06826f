"""Something the visit needs does not work; it goes on by itself when it is back."""

# mypy: allow-subclassing-any
from __future__ import annotations

from kivy.properties import StringProperty

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.screens.translations import tr_or
from kiosk.visit.model import Visit

load_layout(__file__)


class FaultScreen(VisitScreen):
    """One calm sentence; what went wrong in detail is for the log and the staff."""

    sentence = StringProperty("")

    def update(self, visit: Visit) -> None:
        """Say which part is meant."""
        super().update(visit)
        fault = visit.faults[0] if visit.faults else "other"
        self.sentence = tr_or(self.language, f"fault.{fault}", "fault.other")

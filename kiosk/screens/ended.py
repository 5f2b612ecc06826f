"""The visit is over without a photo; the booth is idle again in a moment."""

# mypy: allow-subclassing-any
from __future__ import annotations

from kivy.properties import StringProperty

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.screens.translations import tr
from kiosk.visit.model import EndReason, Visit

load_layout(__file__)


class EndedScreen(VisitScreen):
    """Why it ended, and that nothing was kept."""

    sentence = StringProperty("")
    line = StringProperty("")
    can_cancel = False
    can_ask_help = False

    def update(self, visit: Visit) -> None:
        """Say why."""
        super().update(visit)
        reason = visit.end_reason or EndReason.CANCELLED
        refused = reason is EndReason.CONSENT_REFUSED
        self.sentence = tr(self.language, f"ended.{reason.value}")
        self.line = tr(self.language, "ended.refused_line" if refused else "ended.line")

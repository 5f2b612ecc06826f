"""Is this you? The masked name, the school and the batch."""

# mypy: allow-subclassing-any
from __future__ import annotations

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.visit.model import Visit

load_layout(__file__)


class Fact(BoxLayout):
    """What is known of something: a caption and a value.

    Attributes:
        role: the value's size where it is short enough for `lines` lines.
        floor: at least so high, pixels: as what stands beside it.
    """

    caption = StringProperty("")
    text = StringProperty("")
    role = StringProperty("body")
    lines = NumericProperty(2)
    floor = NumericProperty(0)


class ConfirmScreen(VisitScreen):
    """A card with what the capture code and the batch say."""

    name_shown = StringProperty("")
    number = StringProperty("")
    school = StringProperty("")
    batch_title = StringProperty("")
    step = 0

    def update(self, visit: Visit) -> None:
        """Show whom the code names, masked."""
        super().update(visit)
        if visit.student:
            self.name_shown = visit.student.masked_name
            self.number = visit.student.masked_number
        if visit.batch:
            self.school, self.batch_title = visit.batch.school, visit.batch.title

    def forget(self) -> None:
        """Forget whom it showed."""
        self.name_shown = self.number = ""

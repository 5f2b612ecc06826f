"""Nobody is there: an invitation. Nothing personal is ever shown here."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.screens.widgets import idle_drawing
from kiosk.screens.widgets.touch import TouchButton, TouchGate
from kiosk.visit.model import Button, Language, LanguageTouched, Visit

__all__ = ["IdleScreen", "idle_drawing"]

load_layout(__file__)


class BringItem(BoxLayout):
    """One thing to have ready: a sign, its name, a note."""

    icon = StringProperty("")
    text = StringProperty("")
    note = StringProperty("")


class LanguageButton(TouchButton):
    """The switch to the other language, or nothing."""

    language = StringProperty("zh")
    shown = BooleanProperty(True)


class StaffButton(TouchButton):
    """The way in for staff, and for a student who needs help, or nothing."""

    language = StringProperty("zh")
    shown = BooleanProperty(True)


class IdleScreen(VisitScreen):
    """The whole window is the start button; the language switch lies over it."""

    school = StringProperty("")
    title = StringProperty("")
    full_page = True
    can_cancel = False
    can_ask_help = False  # in the frame: it has a button of its own

    def update(self, visit: Visit) -> None:
        """Show the booth's language and batch."""
        super().update(visit)
        batch = visit.booth_batch
        self.school = batch.school if batch else ""
        self.title = batch.title if batch else ""

    def switch_language(self) -> None:
        """Ask for the other language."""
        other = Language.ENGLISH if self.language == "zh" else Language.CHINESE
        self._send(LanguageTouched(other))

    def on_touch_down(self, touch: Any) -> bool:
        """Take a touch anywhere that no button took."""
        if super().on_touch_down(touch):
            return True
        if TouchGate.is_open():
            touch.grab(self)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Start when that touch ends."""
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        self.touched(Button.START)
        return True

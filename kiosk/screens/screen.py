"""What every screen has in common."""

# mypy: allow-subclassing-any
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.model import StatusLine
from kiosk.screens.translations import tr_or
from kiosk.screens.widgets import (
    busy_ring,
    card,
    icon,
    keypad,
    live_picture,
    notice,
    picture,
    text,
    touch,
)
from kiosk.visit.model import Button, Event, KeyTouched, Touched, Visit

__all__ = ["VisitScreen", "load_layout"]

# Their classes are named in the .kv files.
_WIDGETS = (card, icon, keypad, live_picture, notice, picture, busy_ring, text, touch)

Send = Callable[[Event], None]


def load_layout(python_file: str) -> None:
    """Read the ``.kv`` file beside a screen's ``.py`` file."""
    Builder.load_file(str(Path(python_file).with_suffix(".kv")))


class VisitScreen(BoxLayout):
    """One screen: draws a visit, and says what was touched. It decides nothing.

    Attributes:
        language: ``zh`` or ``en``.
        portrait: whether the window is higher than wide.
        notice: the sentence to show, empty for none.
        busy: whether an answer is awaited.
        step: which dot of the progress row it belongs to, from 0; None hides the row.
        can_cancel: whether the footer offers to cancel.
        can_ask_help: whether it offers to call staff.
        can_go_back: whether it offers the screen before.
        full_page: whether it takes the whole window, without head and foot.
    """

    language = StringProperty("zh")
    portrait = BooleanProperty(True)
    notice = StringProperty("")
    busy = BooleanProperty(False)

    step: ClassVar[int | None] = None
    can_cancel: ClassVar[bool] = True
    can_ask_help: ClassVar[bool] = True
    can_go_back: ClassVar[bool] = False
    full_page: ClassVar[bool] = False

    def __init__(self, send: Send, *, language: str, portrait: bool, **kwargs: Any) -> None:
        self._send = send
        super().__init__(language=language, portrait=portrait, **kwargs)

    def touched(self, button: str) -> None:
        """Report that a button was touched; called by the layout."""
        self._send(Touched(Button(button)))

    def key_touched(self, key: str) -> None:
        """Report a key of the keypad; called by the layout."""
        if key == keypad.ERASE:
            self.touched(Button.ERASE)
        elif key == keypad.ENTER:
            self.touched(Button.NEXT)
        else:
            self._send(KeyTouched(key))

    def update(self, visit: Visit) -> None:
        """Show this visit. Cheap: only what changed is drawn again."""
        self.language = visit.language.value
        self.busy = visit.busy
        self.notice = self._notice_sentence(visit.notice) if visit.notice else ""

    def _notice_sentence(self, key: str) -> str:
        # Any rule may be set to be shot again by itself; not each has a sentence of its own.
        general = "notices.reshoot" if key.startswith("reshoot_") else "notices.other"
        return tr_or(self.language, f"notices.{key}", general)

    def update_status(self, status: StatusLine) -> None:
        """Show what is known of the booth; only the staff screen does."""

    def show(self, kind: str, value: Any) -> None:
        """Show a picture that is not part of the visit; each screen knows its own kinds."""

    def entered(self) -> None:
        """Begin what moves."""

    def left(self) -> None:
        """End what moves. The visit may come back here, from the help screen for example."""

    def forget(self) -> None:
        """Forget everything personal: the visit is over."""

    @property
    def settled(self) -> bool:
        """Return whether it has fully appeared."""
        return bool(self.opacity == 1)

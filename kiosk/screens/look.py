"""The finished photo: take it, or try again."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.screens.widgets import checklist, declarations
from kiosk.visit.model import Declaration, Declared, Visit

__all__ = ["LookScreen", "checklist", "declarations"]

load_layout(__file__)


class LookScreen(VisitScreen):
    """The photo as the file is, never mirrored, with what was checked beside it."""

    passed = BooleanProperty(True)
    let_pass = BooleanProperty(False)
    takes_left = NumericProperty(0)
    remarks = ListProperty([])
    declared = ListProperty([])
    step = 3

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._photo: Any = self.ids.photo
        self._checks: Any = self.ids.checks
        for name in ("remarks", "language"):
            self.fbind(name, self.show_checks)
        self.show_checks()

    def update(self, visit: Visit) -> None:
        """Show what is known of the photo."""
        super().update(visit)
        self.takes_left = visit.takes_left
        self.let_pass = visit.staff_passed
        self.declared = [what.value for what in visit.declared]
        if visit.photo:
            self.passed = visit.photo.passed
            self.remarks = list(visit.photo.remarks)

    def declare(self, what: str) -> None:
        """Report that the student says this of the photo; called by the layout."""
        self._send(Declared(Declaration(what)))

    def show(self, kind: str, value: Any) -> None:
        """Show the finished photo: its pixels, RGB uint8 (H, W, 3), and its remarks."""
        if kind == "photo":
            pixels, remarks = value
            self._photo.show(pixels)
            self.remarks = list(remarks)

    def forget(self) -> None:
        """Forget the photo."""
        self._photo.show(None)
        self.remarks = []
        self.declared = []

    def show_checks(self, *_: object) -> None:
        """Draw the checklist again; also called by the layout."""
        self._checks.show(self.language, self.remarks)

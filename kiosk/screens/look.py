"""The finished photo: take it, or try again."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.screens.widgets import checklist
from kiosk.visit.model import Visit

__all__ = ["LookScreen", "checklist"]

load_layout(__file__)


class LookScreen(VisitScreen):
    """The photo as the file is, never mirrored, with what was checked beside it."""

    passed = BooleanProperty(True)
    let_pass = BooleanProperty(False)
    takes_left = NumericProperty(0)
    remarks = ListProperty([])
    step = 3

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._photo: Any = self.ids.photo
        self._checks: Any = self.ids.checks
        for name in ("remarks", "language"):
            self.fbind(name, self._show_checks)
        self._show_checks()

    def update(self, visit: Visit) -> None:
        """Show what is known of the photo."""
        super().update(visit)
        self.takes_left = visit.takes_left
        self.let_pass = visit.staff_passed
        if visit.photo:
            self.passed = visit.photo.passed
            self.remarks = list(visit.photo.remarks)

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

    def _show_checks(self, *_: object) -> None:
        self._checks.show(self.language, self.remarks)

"""What the student leaves with."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.visit.model import Visit

load_layout(__file__)


class ReceiptScreen(VisitScreen):
    """A QR to follow the photo with, and a number to say aloud."""

    number = StringProperty("")
    delivered = BooleanProperty(False)
    step = 4
    can_cancel = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._code: Any = self.ids.code

    def update(self, visit: Visit) -> None:
        """Show the receipt."""
        super().update(visit)
        if visit.receipt:
            self.number, self.delivered = visit.receipt.number, visit.receipt.delivered

    def show(self, kind: str, value: Any) -> None:
        """Show the receipt's QR, RGB or grey uint8; None for none."""
        if kind == "receipt_qr":
            self._code.show(value)

    def forget(self) -> None:
        """Forget it."""
        self._code.show(None)
        self.number = ""

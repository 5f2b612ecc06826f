"""The still is taken and developed: a white flash that fades, then a calm wait."""

# mypy: allow-subclassing-any
from __future__ import annotations

from kivy.animation import Animation
from kivy.properties import NumericProperty

from kiosk.screens.screen import VisitScreen, load_layout

load_layout(__file__)

_FLASH_S = 0.7


class ShootScreen(VisitScreen):
    """White at first, as a flash is; then "got it"."""

    flash = NumericProperty(0.0)
    step = 3
    can_cancel = False
    can_ask_help = False

    def entered(self) -> None:
        """Flash."""
        self.flash = 1.0
        Animation(flash=0.0, d=_FLASH_S, t="out_quad").start(self)

    @property
    def settled(self) -> bool:
        """Return whether the flash is over."""
        return super().settled and self.flash == 0

    def left(self) -> None:
        """End the flash, however far it is."""
        Animation.cancel_all(self, "flash")
        self.flash = 0.0

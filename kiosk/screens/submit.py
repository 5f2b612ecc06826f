"""The photo is being kept."""

# mypy: allow-subclassing-any
from __future__ import annotations

from kiosk.screens.screen import VisitScreen, load_layout

load_layout(__file__)


class SubmitScreen(VisitScreen):
    """A calm wait; "try again" where it did not work."""

    step = 3
    can_cancel = False

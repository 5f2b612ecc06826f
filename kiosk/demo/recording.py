"""A screen that passes everything on to the window and lets the demo watch the visit."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kiosk.screens.app import KioskApp
from kiosk.visit.model import Visit


class WatchedScreen(KioskApp):
    """The booth's window; whoever waits for a visit's state is woken."""

    _visit: Visit | None = None
    closed = False

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on as they are
        self._changed = threading.Condition()

    def run(self) -> None:
        """Show the window until it is closed."""
        try:
            super().run()
        finally:
            self.closed = True

    def show_visit(self, visit: Visit) -> None:
        """Show this visit, and wake who waits."""
        super().show_visit(visit)
        with self._changed:
            self._visit = visit
            self._changed.notify_all()

    def wait_for(self, holds: Callable[[Visit], bool], seconds: float) -> Visit | None:
        """Return the first visit for which `holds`; None when none comes in time."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._visit is not None and holds(self._visit), timeout=seconds
            )
            return self._visit if self._visit is not None and holds(self._visit) else None

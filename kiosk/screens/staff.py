"""Staff at the screen: what can be done for this student, and how the booth is."""

# mypy: allow-subclassing-any
from __future__ import annotations

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.screens import theme
from kiosk.screens.model import StatusLine
from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.screens.translations import has, tr
from kiosk.screens.widgets import figures
from kiosk.visit.model import Button, Visit
from kiosk.visit.table import buttons

__all__ = ["StaffScreen", "figures"]

load_layout(__file__)


class StaffScreen(VisitScreen):
    """Nothing personal is shown; only what the visit's state allows can be touched."""

    place = StringProperty("")
    can_pay = BooleanProperty(False)
    can_shoot = BooleanProperty(False)
    can_pass = BooleanProperty(False)
    can_add_take = BooleanProperty(False)
    can_calibrate = BooleanProperty(False)
    can_end = BooleanProperty(False)
    visit_figures = ListProperty([])
    booth_figures = ListProperty([])
    can_cancel = False
    can_ask_help = False

    def update(self, visit: Visit) -> None:
        """Show where the student is, and what can be done there."""
        super().update(visit)
        place, payment = visit.place, visit.payment
        self.place = tr(self.language, f"places.{place.value}")
        settled = payment is not None and payment.settled
        offered = buttons(visit)
        self.can_pay = Button.STAFF_PAID in offered
        self.can_shoot = Button.STAFF_SHOOT in offered
        self.can_pass = Button.STAFF_PASS in offered
        self.can_add_take = Button.STAFF_ANOTHER_TAKE in offered
        self.can_calibrate = Button.STAFF_CALIBRATE in offered
        self.can_end = Button.STAFF_END in offered
        paid = "settled" if settled else "open" if payment else "none"
        self.visit_figures = [
            (
                tr(self.language, "staff.takes"),
                tr(self.language, "staff.takes_count", count=visit.takes_left),
                theme.INK,
            ),
            (
                tr(self.language, "staff.payment"),
                tr(self.language, f"staff.payment_{paid}"),
                theme.INK,
            ),
        ]

    def update_status(self, status: StatusLine) -> None:
        """Show the outbox, the central backend and the devices."""
        language = self.language
        outbox = (
            tr(language, "staff.outbox_count", count=status.waiting)
            if status.waiting
            else tr(language, "staff.outbox_none")
        )
        online = {True: "online", False: "offline", None: "unknown"}[status.central_online]
        rows = [
            (tr(language, "staff.outbox"), outbox, theme.INK),
            (
                tr(language, "staff.central"),
                tr(language, f"staff.central_{online}"),
                theme.BAD if status.central_online is False else theme.INK,
            ),
        ]
        for device in status.devices:
            key = f"devices.{device.name}"
            name = tr(language, key) if has(key) else device.name
            word = tr(language, "staff.works" if device.works else "staff.broken")
            known = f"calibrate_problems.{device.detail}"
            detail = tr(language, known) if has(known) else device.detail
            text = f"{word} · {detail}" if detail else word
            rows.append((name, text, theme.GOOD if device.works else theme.BAD))
        self.booth_figures = rows

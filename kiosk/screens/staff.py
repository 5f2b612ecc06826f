"""Staff at the screen: what can be done for this student, and how the booth is."""

# mypy: allow-subclassing-any
from __future__ import annotations

import textwrap

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.screens import theme
from kiosk.screens.model import DeviceState, StatusLine
from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.screens.translations import has, tr
from kiosk.screens.widgets import figures
from kiosk.visit.model import Button, Visit
from kiosk.visit.table import buttons

__all__ = ["StaffScreen", "figures"]

_SAID_LONGEST = 150
"""Characters of a driver's own words; the log and `kiosk doctor` have them all."""

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
        rows: list[figures.Row] = [
            (tr(language, "staff.outbox"), outbox, theme.INK),
            (
                tr(language, "staff.central"),
                tr(language, f"staff.central_{online}"),
                theme.BAD if status.central_online is False else theme.INK,
            ),
        ]
        # What is broken comes first: it may take more than the screen is high.
        rows += [self._device(d) for d in sorted(status.devices, key=lambda d: d.works)]
        self.booth_figures = rows

    def _device(self, device: DeviceState) -> figures.Row:
        """Return a device's row: below the name what is wrong and what to do."""
        language = self.language
        key = f"devices.{device.name}"
        word = tr(language, "staff.works" if device.works else "staff.broken")
        notes = " · ".join(tr(language, f"device_notes.{n}", count=c) for n, c in device.notes)
        note = self._words(device.fault) if device.fault or device.said else ""
        said = textwrap.shorten(device.said, _SAID_LONGEST, placeholder=" …")
        if note and device.past:
            note, said = "", tr(language, "staff.last_fault", what=note)
        return (
            tr(language, key) if has(key) else device.name,
            f"{word} · {device.detail}" if device.detail else word,
            theme.GOOD if device.works else theme.BAD,
            note,
            "\n".join(line for line in (notes, said) if line),
        )

    def _words(self, fault: str) -> str:
        for table in ("calibrate_problems", "device_faults"):
            if has(f"{table}.{fault}"):
                return tr(self.language, f"{table}.{fault}")
        return tr(self.language, "device_faults.unknown")

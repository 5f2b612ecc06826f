"""A visit on its way to the screen, with the QR codes that belong to it."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.booth.ports import Screen
from kiosk.codes.qr_image import qr_pixels
from kiosk.visit.model import Visit


class Showing:
    """Draws payment and receipt QR codes once each, and passes the visit on.

    Args:
        screen: draws it.
        outside: shows it outside, as by lamps.
    """

    def __init__(self, screen: Screen, outside: Callable[[Visit], None] = lambda _: None) -> None:
        self._screen = screen
        self._outside = outside
        self._payment = ""
        self._receipt = ""

    def __call__(self, visit: Visit) -> None:
        """Show this visit."""
        self._outside(visit)
        self._screen.show_visit(visit)
        payment = visit.payment.qr_text if visit.payment is not None else ""
        if payment != self._payment:
            self._payment = payment
            self._screen.show_payment_qr(qr_pixels(payment) if payment else None)
        receipt = visit.receipt.url if visit.receipt is not None else ""
        if receipt != self._receipt:
            self._receipt = receipt
            self._screen.show_receipt_qr(qr_pixels(receipt) if receipt else None)

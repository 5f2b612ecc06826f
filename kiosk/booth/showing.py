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
        listeners: told it too: lamps outside, the camera that may change between visits.
    """

    def __init__(self, screen: Screen, *listeners: Callable[[Visit], None]) -> None:
        self._screen = screen
        self._listeners = listeners
        self._payment = ""
        self._receipt = ""

    def __call__(self, visit: Visit) -> None:
        """Show this visit."""
        for listener in self._listeners:
            listener(visit)
        self._screen.show_visit(visit)
        payment = visit.payment.qr_text if visit.payment is not None else ""
        if payment != self._payment:
            self._payment = payment
            self._screen.show_payment_qr(qr_pixels(payment) if payment else None)
        receipt = visit.receipt.url if visit.receipt is not None else ""
        if receipt != self._receipt:
            self._receipt = receipt
            self._screen.show_receipt_qr(qr_pixels(receipt) if receipt else None)

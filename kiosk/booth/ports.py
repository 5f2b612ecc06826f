"""What the booth needs of a screen, so that it can run under Kivy, in tests, and without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from hardware.base import Pixels
from kiosk.screens.model import FaceGuide, StatusLine
from kiosk.visit.model import Visit


class Screen(Protocol):
    """Told what to show; every call returns at once and may come from any thread."""

    def show_visit(self, visit: Visit) -> None:
        """Draw this visit."""

    def show_guide(self, guide: FaceGuide) -> None:
        """Draw the outline for the face there in the live view, from now on."""

    def show_preview(self, pixels: Pixels) -> None:
        """Draw this frame, mirrored; the newest wins."""

    def show_code_preview(self, pixels: Pixels) -> None:
        """Draw this frame of the second camera."""

    def show_outline(self, outline: Sequence[tuple[float, float]], *, all_good: bool) -> None:
        """Draw the face's outline, fractions of the frame's width and height."""

    def show_photo(self, jpeg: bytes, remarks: Sequence[str]) -> None:
        """Show the finished photo, and the keys of what was remarked on it."""

    def show_calibration(self, pixels: Pixels | None) -> None:
        """Show what a calibration step found; None for the live view."""

    def show_payment_qr(self, pixels: Pixels | None) -> None:
        """Show the payment's QR code; None takes it away."""

    def show_receipt_qr(self, pixels: Pixels | None) -> None:
        """Show the receipt's QR code; None takes it away."""

    def show_status(self, status: StatusLine) -> None:
        """Show the booth at a glance."""

"""Cameras, coach, lamp and screen, switched as the visit wants them."""

from __future__ import annotations

import threading

from kiosk.booth.accessories import Accessories
from kiosk.booth.code_reading import CodeReading
from kiosk.booth.live_view import LiveView
from kiosk.booth.ports import Screen
from kiosk.guidance.live import LiveGuidance


class Switches:
    """What `kiosk.booth.performer.Performer` switches."""

    def __init__(
        self,
        live_view: LiveView,
        code_reading: CodeReading,
        guidance: LiveGuidance,
        accessories: Accessories,
        screen: Screen,
    ) -> None:
        self._live_view = live_view
        self._code_reading = code_reading
        self._guidance = guidance
        self._accessories = accessories
        self._screen = screen
        self._lock = threading.Lock()
        self._guiding = False
        self._guidance_fails = False
        self._picture_dark = False
        self._looking = False

    def scan(self, *, on: bool) -> None:
        """Switch the reading of codes."""
        self._code_reading.show(on=on)
        self._accessories.scan(on=on)

    def guide(self, *, on: bool) -> None:
        """Switch live view, coach and modelling light."""
        with self._lock:
            self._guiding = on
            self._switch_guidance()
            self._accessories.light(on=on or self._picture_dark or self._looking)

    def rest_coach(self) -> None:
        """Let the coach rest until `guide` is called; live view and light stay on."""
        with self._lock:
            if not self._guidance_fails:
                self._guidance.pause()

    def guidance_fails(self, fails: bool) -> None:  # noqa: FBT001 - a listener
        """Keep guidance at work while it fails, also when nobody is guided.

        Only with pictures can it show that it works again, and until then no visit begins.
        """
        with self._lock:
            self._guidance_fails = fails
            if not self._guiding:
                self._switch_guidance()

    def picture_dark(self, dark: bool) -> None:  # noqa: FBT001 - a listener
        """Keep picture and lamp on while the picture is dark, also when nobody is guided.

        Only then can it show that it is light again, and until then no visit begins.
        """
        with self._lock:
            self._picture_dark = dark
            if not self._guiding:
                self._switch_guidance()
                self._accessories.light(on=dark or self._looking)

    def look(self, on: bool) -> None:  # noqa: FBT001 - a listener
        """Keep picture and lamp on, without the coach: the booth is looked at, or calibrated."""
        with self._lock:
            self._looking = on
            if not self._guiding:
                self._switch_guidance()
                self._accessories.light(on=on or self._picture_dark)

    def _switch_guidance(self) -> None:
        on = self._guiding or self._guidance_fails or self._picture_dark
        self._live_view.show(on=on or self._looking)
        if on:
            self._guidance.resume()
        else:
            self._guidance.pause()

    def forget(self) -> None:
        """Clear the screen of everything personal."""
        self._screen.show_payment_qr(None)
        self._screen.show_receipt_qr(None)

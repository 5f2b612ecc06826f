"""A camera's settings through one session: written as numbers, read back as numbers."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

from hardware.base import CameraSettings
from hardware.errors import Misconfigured, Unsupported
from hardware.gphoto2_quirks import Quirks
from hardware.gphoto2_session import Session
from hardware.gphoto2_settings import (
    KELVIN_TOLERANCE_STOPS,
    TOLERANCE_STOPS,
    exposure_seconds,
    f_number,
    first_offered,
    iso_speed,
    kelvin,
    nearest_word,
    same_number,
)

_log = logging.getLogger(__name__)

_READ_BACK_S: Final = 1.0
"""Canon's bodies tell of a change by an event; it may take some tenths of a second."""
_READ_BACK_EVERY_S: Final = 0.05
_TURN_DIAL: Final = "Turn its mode dial to M (manual) and look whether the lens allows it."
_TARGET: Final = "capturetarget"
_CHOOSE_TARGET: Final = (
    "Choose it in the camera's menu, with the cable out (Sony: Still Img. Save Dest., PC Only)."
)
_NAMES: Final[Mapping[str, str]] = {
    "exposure_s": "exposure time",
    "iso": "ISO speed",
    "aperture": "aperture",
}
_READERS: Final[Mapping[str, Callable[[str], float | None]]] = {
    "exposure_s": exposure_seconds,
    "iso": iso_speed,
    "aperture": f_number,
}


class Controls:
    """Sets a camera and reads back what it has.

    Args:
        session: the open camera.
        quirks: its make's.
    """

    def __init__(self, session: Session, quirks: Quirks) -> None:
        self._session = session
        self._quirks = quirks
        self._widgets: Mapping[str, tuple[str, ...]] = {
            "exposure_s": quirks.shutter_speed,
            "iso": quirks.iso,
            "aperture": quirks.aperture,
        }

    def apply(self, settings: CameraSettings) -> CameraSettings:
        """Set the numbers that are given and return all the camera has.

        Raises:
            Unsupported: it has no such control; nothing is set then.
            Misconfigured: it does not offer the value, or has another one afterwards.
        """
        wanted = {k: v for k, v in dataclasses.asdict(settings).items() if v is not None}
        for key in wanted:
            if not self._first(self._widgets.get(key, ())):
                raise Unsupported(
                    f"{self._session.model} has no control for {_NAMES.get(key, key)} over USB. "
                    "Take it out of the profile and set it at the camera."
                )
        for key, value in wanted.items():
            self._set_number(_NAMES[key], self._widgets[key], float(value), _READERS[key])
        return self.read()

    def read(self) -> CameraSettings:
        """Return the numbers the camera has now; None for what it lacks or does by itself."""
        exposure_s, iso, aperture = (self._number(key) for key in ("exposure_s", "iso", "aperture"))
        return CameraSettings(
            exposure_s=exposure_s, iso=None if iso is None else int(iso), aperture=aperture
        )

    def set_white_balance(self, word: str) -> None:
        """Set the white balance to the camera's own word, or to kelvins such as ``5300 K``.

        Raises:
            Unsupported: it has no such control.
            Misconfigured: it does not offer this one, or has another one afterwards.
        """
        kelvins = kelvin(word)
        words = (word,) if kelvins is None else self._quirks.kelvin_modes
        self._set_word("white balance", self._quirks.white_balance, words)
        if kelvins is not None:
            self._set_number(
                "colour temperature", self._quirks.kelvin, kelvins, kelvin, KELVIN_TOLERANCE_STOPS
            )

    def set_format(self, *, with_raw: bool) -> None:
        """Choose the best JPEG, with or without a raw file beside it.

        A camera without such a control is left as it is.

        Raises:
            Misconfigured: it offers no JPEG, or refuses it.
        """
        if self._first(self._quirks.image_format):
            quirks = self._quirks
            words = quirks.raw_and_jpeg_formats if with_raw else quirks.jpeg_formats
            self._set_word("image format", quirks.image_format, words)

    def set_target(self, *, card: bool) -> None:
        """Have photos kept in the camera's memory, or on its card; where it has the choice.

        Raises:
            Misconfigured: it refuses. Some bodies of Sony let it be chosen in their menu only.
        """
        words = self._quirks.card_targets if card else self._quirks.memory_targets
        if first_offered(words, self._session.choices(_TARGET)):
            self._set_word("place for photos", (_TARGET,), words, _CHOOSE_TARGET)

    def set_viewfinder(self, *, on: bool) -> None:
        """Switch live view on or off, on cameras that want to be told."""
        widget = self._first(self._quirks.viewfinder)
        if widget is not None:
            self._session.write(widget, "1" if on else "0")

    def hold_focus(self) -> None:
        """Have a release not focus again; `focus` does."""
        if self._first(self._quirks.autofocus) is not None:
            for widget, word in self._quirks.autofocus_hold:
                self.set_if_offered(widget, word)

    def focus(self) -> bool:
        """Focus once; False where the camera cannot be told to.

        Raises:
            Misconfigured: it found nothing to focus on, or its lens is set to manual.
        """
        widget = self._first(self._quirks.autofocus)
        if widget is None:
            return False
        self._session.write(widget, "1")
        return True

    def set_exposure_simulation(self, *, on: bool) -> None:
        """Have live view as bright as the still without flash, or as bright as it needs."""
        if self._quirks.exposure_simulation:
            widget, word_on, word_off = self._quirks.exposure_simulation
            self.set_if_offered(widget, word_on if on else word_off)

    def set_if_offered(self, widget: str, word: str) -> None:
        """Set what only some bodies of a make have; whoever lacks it is left alone."""
        now = self._session.read(widget)
        if now is None or now.casefold() == word.casefold():
            return
        choices = self._session.choices(widget)
        offered = first_offered((word,), choices) if choices else word
        if offered is None:
            _log.info("%s: '%s' offers no %s", self._session.model, widget, word)
            return
        try:
            self._session.write(widget, offered)
        except (Misconfigured, Unsupported) as error:
            _log.warning("%s", error)

    def _first(self, widgets: tuple[str, ...]) -> str | None:
        return next((widget for widget in widgets if self._session.has(widget)), None)

    def _number(self, key: str) -> float | None:
        widget = self._first(self._widgets[key])
        word = None if widget is None else self._session.read(widget)
        return None if word is None else _READERS[key](word)

    def _set_number(
        self,
        what: str,
        widgets: tuple[str, ...],
        wanted: float,
        read: Callable[[str], float | None],
        tolerance_stops: float = TOLERANCE_STOPS,
    ) -> None:
        widget = self._need(what, widgets)
        now = self._session.read(widget) or ""
        choices = self._session.choices(widget)
        word = nearest_word(what, wanted, choices, read, now, tolerance_stops)
        if not same_number(word, now, read):
            self._session.write(widget, word)
            self._need_back(what, widget, word, lambda has: same_number(word, has, read))

    def _set_word(
        self, what: str, widgets: tuple[str, ...], words: tuple[str, ...], advice: str = _TURN_DIAL
    ) -> None:
        widget = self._need(what, widgets)
        choices = self._session.choices(widget)
        word = first_offered(words, choices)
        if word is None:
            raise Misconfigured(
                f"{self._session.model}: its {what} cannot be {' or '.join(words)}, only "
                f"{', '.join(choices)}. Correct the camera's settings."
            )
        if self._session.read(widget) != word:
            self._session.write(widget, word)
            self._need_back(what, widget, word, lambda has: has == word, advice)

    def _need(self, what: str, widgets: tuple[str, ...]) -> str:
        widget = self._first(widgets)
        if widget is None:
            raise Unsupported(
                f"{self._session.model} has no control for {what} over USB. Set it at the camera."
            )
        return widget

    def _need_back(
        self,
        what: str,
        widget: str,
        word: str,
        fits: Callable[[str], bool],
        advice: str = _TURN_DIAL,
    ) -> None:
        until = time.monotonic() + _READ_BACK_S
        while not fits(has := self._session.read(widget) or ""):
            if time.monotonic() >= until:
                raise Misconfigured(
                    f"{self._session.model}: its {what} was set to {word}, but it has {has}. "
                    f"{advice}"
                )
            time.sleep(_READ_BACK_EVERY_S)

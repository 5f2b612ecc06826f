"""DSLR and mirrorless cameras on USB, through libgphoto2.

The driver of the name ``gphoto2``. What differs between makes is data (`gphoto2_quirks.toml`);
what libgphoto2 itself says and does is in `gphoto2_session`. Run it isolated: libgphoto2 may hang
in the kernel or crash its process.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hardware.base import Camera, CameraSettings, CameraState, Condition, Frame, Pixels, Still
from hardware.errors import (
    DeviceBusy,
    DeviceLost,
    DeviceTimeout,
    HardwareError,
)
from hardware.gphoto2_controls import Controls
from hardware.gphoto2_leftovers import Leftovers
from hardware.gphoto2_pictures import fetched, find_jpeg, first_picture, next_picture
from hardware.gphoto2_quirks import Quirks, quirks_of
from hardware.gphoto2_session import CameraFile, CameraFull, Session
from hardware.gphoto2_state import look

_log = logging.getLogger(__name__)

_EVENTS_BEFORE_S: Final = 0.005
_EVENTS_AT_MOST_S: Final = 0.5
_DELETING_S: Final = 1.0
"""A check takes at most so long for files a still had no time to delete."""

_LEFT_ALONE: Final = CameraSettings()

Connect = Callable[[], Session]


@dataclass(frozen=True, slots=True)
class _Link:
    """What there is of a camera while it is open."""

    session: Session
    controls: Controls
    quirks: Quirks


class Gphoto2Camera(Camera):
    """One camera through libgphoto2.

    Args:
        name: the camera's name.
        connect_to: opens it; each call gives a session of its own.
        frames_per_second: live view asks for a picture no more often than that.
        keep_raw: take raw files as well and leave them on the camera's card.
        white_balance: the camera's own word, or kelvins such as ``5300 K``; empty leaves it.
        exposure_simulation: live view as bright as the still would be without flash.
        autofocus: focus when it is asked for, and only then.
        live_view: values while live view runs; what is None stays as for stills.
    """

    def __init__(
        self,
        name: str,
        connect_to: Connect,
        *,
        frames_per_second: float = 25.0,
        keep_raw: bool = False,
        white_balance: str = "",
        exposure_simulation: bool = False,
        autofocus: bool = False,
        live_view: CameraSettings = _LEFT_ALONE,
    ) -> None:
        super().__init__(name)
        if not frames_per_second > 0.0:
            raise ValueError("frames_per_second must be above 0")
        self._connect = connect_to
        self._frame_s = 1.0 / frames_per_second
        self._keep_raw = keep_raw
        self._white_balance = white_balance
        self._exposure_simulation = exposure_simulation
        self._autofocus = autofocus
        self._live_view_settings = live_view

        self._link: _Link | None = None
        self._settings = CameraSettings()
        self._seen = CameraState("gphoto2")
        self._number = 0
        self._next_frame_at = 0.0
        self._first: tuple[Pixels, float] | None = None  # picture of live view's start
        self._leftovers = Leftovers(keep_raw=keep_raw)

    def state(self) -> CameraState:
        """Describe the camera; battery, space and count are those of the last check."""
        condition = Condition.READY if self.is_open else Condition.CLOSED
        return dataclasses.replace(self._seen, condition=condition, live_view=self._live_view)

    # --- opening --------------------------------------------------------------------------

    def _do_open(self) -> None:
        self._settings = CameraSettings()
        self._leftovers.forget()
        self._connect_and_prepare()

    def _connect_and_prepare(self) -> None:
        session = self._connect()
        try:
            quirks = quirks_of(session.usb_vendor)
            controls = Controls(session, quirks)
            for widget, word in quirks.at_opening:
                controls.set_if_offered(widget, word)
            controls.set_target(card=self._keep_raw)
            controls.set_format(with_raw=self._keep_raw)
            controls.set_exposure_simulation(on=self._exposure_simulation)
            if self._white_balance:
                controls.set_white_balance(self._white_balance)
            if self._autofocus:
                controls.hold_focus()
            self._settings = self._with_those_of_live_view(controls.apply(self._settings))
            session.new_files(_EVENTS_BEFORE_S, _EVENTS_AT_MOST_S)
            self._seen = look(session, quirks)
        except BaseException:
            session.close()
            raise
        self._link = _Link(session, controls, quirks)

    def _do_close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(HardwareError):
                link.controls.set_viewfinder(on=False)
            link.session.close()

    def _linked(self) -> _Link:
        if self._link is None:
            raise DeviceLost(f"{self.name} was lost and not opened again. Close it and open it.")
        return self._link

    # --- live view ------------------------------------------------------------------------

    def _do_start_live_view(self) -> None:
        link = self._linked()
        self._number = 0
        self._set_role(link, self._live_view_settings)
        link.controls.set_viewfinder(on=True)
        self._first = first_picture(link.session)

    def _do_stop_live_view(self) -> None:
        """End live view; at rest the camera has the still's values."""
        self._first = None
        with contextlib.suppress(HardwareError):
            link = self._linked()
            link.controls.set_viewfinder(on=False)
            self._set_role(link, self._settings)

    def _do_read_frame(self, timeout_s: float) -> Frame:
        until = time.monotonic() + timeout_s
        picture, self._first = self._first, None
        while picture is None:
            wait_s = self._next_frame_at - time.monotonic()
            if time.monotonic() + max(0.0, wait_s) > until:
                time.sleep(max(0.0, until - time.monotonic()))
                raise DeviceTimeout(f"{self.name} has sent no new frame yet.")
            time.sleep(max(0.0, wait_s))
            self._next_frame_at = time.monotonic() + self._frame_s
            picture = self._next_picture(until)
        self._number += 1
        pixels, came_at = picture
        return Frame(pixels, self._number, came_at)

    def _next_picture(self, until: float) -> tuple[Pixels, float] | None:
        try:
            return next_picture(self._linked().session, until - time.monotonic())
        except DeviceBusy as error:  # just after a photo, or while it focuses
            raise DeviceTimeout(f"{self.name} has sent no new frame yet: {error}") from error

    # --- stills ---------------------------------------------------------------------------

    def _do_capture_still(self, timeout_s: float) -> Still:
        asked_at = time.monotonic()
        try:
            if self._live_view:
                link = self._linked()
                if link.quirks.viewfinder_off_for_still:
                    link.controls.set_viewfinder(on=False)
                self._set_role(link, self._settings)
            return self._take(asked_at, asked_at + timeout_s)
        finally:
            self._back_to_live_view()

    def _back_to_live_view(self) -> None:
        """Go on as before a still, whatever came of it.

        A photo must not be lost for what fails here: the next frame tells of it.
        """
        try:
            if self._live_view:
                link = self._linked()
                self._first = None
                self._set_role(link, self._live_view_settings)
                link.controls.set_viewfinder(on=True)
        except HardwareError as error:
            _log.warning("after the photo: %s", error)

    def _set_role(self, link: _Link, settings: CameraSettings) -> None:
        """Set what differs between live view and stills, where anything does."""
        if self._live_view_settings != _LEFT_ALONE:
            link.controls.apply(settings)

    def _take(self, asked_at: float, until: float) -> Still:
        """Take one photo; over a fresh link if the camera says it is full."""
        # Photos somebody took with the button on the body must not be taken for this one.
        self._linked().session.new_files(_EVENTS_BEFORE_S, _EVENTS_AT_MOST_S)
        first = self._release_unless_full()
        if first is None:
            self._reopen()
            asked_at = time.monotonic()  # what follows tells nothing of the usual lag else
            if asked_at >= until:
                raise DeviceTimeout(
                    f"{self.name} was full and took too long to make room. Take the photo again."
                )
            first = self._linked().session.capture()
        # libgphoto2 returns when the photo can be fetched, so this is an upper bound.
        lag_s = time.monotonic() - asked_at
        session = self._linked().session
        photo, others = first, list[CameraFile]()
        try:
            photo, others = find_jpeg(session, first, until)
            data = fetched(session, photo)
        finally:
            self._leftovers.take_off(session, photo, others, until)
        return Still(data, "image/jpeg", asked_at + lag_s, lag_s)

    def _release_unless_full(self) -> CameraFile | None:
        try:
            return self._linked().session.capture()
        except CameraFull as full:
            _log.info("%s It is opened afresh.", full)
            return None

    def _reopen(self) -> None:
        self._do_close()
        # The frames of an exception may still hold the old camera object, and as long as it lives
        # libgphoto2 keeps the port it was on.
        gc.collect()
        self._connect_and_prepare()

    # --- between -------------------------------------------------------------------------

    def _do_autofocus(self, timeout_s: float) -> bool:
        del timeout_s  # libgphoto2 keeps its own; whoever runs this isolated has the last word
        return self._autofocus and self._linked().controls.focus()

    def _do_check(self) -> None:
        """Ask for battery and space: whoever is asked does not fall asleep."""
        link = self._linked()
        self._leftovers.delete(link.session, time.monotonic() + _DELETING_S)
        self._seen = look(link.session, link.quirks)

    # --- settings -------------------------------------------------------------------------

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        link = self._linked()
        answer = link.controls.apply(settings)
        self._settings = self._settings.updated(settings)
        if self._live_view and self._live_view_settings != _LEFT_ALONE:
            # What was read back is live view's, where that has values of its own.
            others = self._live_view_settings.given().keys() - settings.given().keys()
            still = {name: getattr(self._settings, name) for name in others}
            answer = dataclasses.replace(answer, **still)
            self._set_role(link, self._live_view_settings)
        return answer

    def _with_those_of_live_view(self, has: CameraSettings) -> CameraSettings:
        """Take what the camera has for the still's, where live view is going to set another."""
        unknown = self._live_view_settings.given().keys() - self._settings.given().keys()
        return dataclasses.replace(self._settings, **{name: getattr(has, name) for name in unknown})

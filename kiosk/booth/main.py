"""The booth on its own screen, from start to SIGTERM, as a service that tells systemd how it is."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from pathlib import Path

from hardware.errors import HardwareError
from kiosk import notify
from kiosk.booth.assembly import Booth
from kiosk.booth.errors import BoothError
from kiosk.booth.heartbeats import take_pushed
from kiosk.booth.paths import BoothPaths
from kiosk.booth.sign_of_life import SignOfLife, boot_identifier, running_slot, sign_file
from kiosk.central.errors import CentralError, OutboxError
from kiosk.codes.errors import CodeError
from kiosk.screens.app import KioskApp
from kiosk.screens.errors import ScreenError
from kiosk.settings import Settings, SettingsError
from kiosk.standards import StandardError
from kiosk.visit.model import Event, State

log = logging.getLogger(__name__)

START_ERRORS = (
    BoothError, CentralError, CodeError, HardwareError, OutboxError, ScreenError, SettingsError,
    StandardError,
)  # fmt: skip
"""Anticipated: told in a sentence, without a traceback."""

_SIGNAL_POLL_S = 0.2
_FIRST_FRAME_S = 20.0


class Heartbeat:
    """Feeds systemd's watchdog from drawn frames, as long as the booth behind them lives.

    That is: the visit goes on, and neither camera's thread hangs. A camera that is away starves
    nothing: its thread is there to bring it back, and a restart would not.
    """

    def __init__(self) -> None:
        self._interval_s = notify.watchdog_interval_s()
        self._fed_at = 0.0
        self._ready = False
        self.booth: Booth | None = None
        self.sign: SignOfLife | None = None

    def frame_drawn(self) -> None:
        """A frame was drawn: called on the screen's thread, often."""
        booth = self.booth
        if booth is None:
            return
        if not all(part.is_turning for part in (booth.loop, booth.live_view, booth.code_reading)):
            return
        if self.sign is not None:
            self.sign.frame_drawn()
        if not self._ready:
            notify.ready("ready for students")
            self._ready = True
        now = time.monotonic()
        if self._interval_s is not None and now - self._fed_at >= self._interval_s / 2:
            self._fed_at = now
            notify.watchdog()


class _Runner:
    """Holds what the main thread, the signal handler and the starting thread share."""

    def __init__(self, settings: Settings, settings_file: Path) -> None:
        data = BoothPaths.of(settings, settings_file).data
        in_use = take_pushed(settings, data)
        settings = in_use.settings
        self._heart = Heartbeat()
        self._stop = threading.Event()
        self._failure: Exception | None = None
        screen = settings.screen
        self._screen = KioskApp(
            self._touched,
            width=screen.width_px,
            height=screen.height_px,
            orientation=screen.orientation,
            fullscreen=screen.fullscreen,
            data_directory=settings_file.resolve().parent / settings.booth.data_directory,
            consent_version=settings.visit.consent_version,
            on_frame_drawn=self._heart.frame_drawn,
        )
        self._booth = Booth(settings, settings_file, self._screen)
        self._heartbeats = self._booth.heartbeats(in_use)
        self._sign = SignOfLife(
            sign_file(),
            slot=running_slot(sys.prefix),
            camera=self._booth.live_view.state,
            central=lambda: self._booth.central,
            idle=self._idle,
            boot=boot_identifier(),
        )

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        behind = threading.Thread(target=self._behind, name="booth")
        behind.start()
        try:
            self._screen.run()
        finally:
            self._stop.set()
            behind.join()
        if self._failure is not None:
            raise self._failure

    def _behind(self) -> None:
        try:
            self._booth.start()
            self._heart.sign = self._sign
            self._heart.booth = self._booth
            self._heartbeats.start()
            self._look_through_the_camera()
            while not self._stop.wait(_SIGNAL_POLL_S):
                self._sign.tell()
                if self._heartbeats.restart_wanted and self._idle():
                    log.info("nobody is here: the booth starts anew with its new settings")
                    break
            notify.stopping()
        except START_ERRORS as error:
            self._failure = error
        finally:
            self._heartbeats.stop()
            self._booth.stop()
            self._screen.stop()

    def _look_through_the_camera(self) -> None:
        """Let the resting camera give one frame, so that it is known to before a student comes."""
        until = time.monotonic() + _FIRST_FRAME_S
        self._booth.live_view.show(on=True)
        while not self._sign.camera_seen and time.monotonic() < until:
            if self._stop.wait(_SIGNAL_POLL_S):
                return
            self._sign.tell()
        if self._idle():  # else the visit has asked for it meanwhile
            self._booth.live_view.show(on=False)

    def _idle(self) -> bool:
        return self._booth.visit.state is State.IDLE

    def _touched(self, event: Event) -> None:
        self._booth.post(event)


def run_booth(settings: Settings, settings_file: Path) -> None:
    """Run the booth until SIGTERM, SIGINT, or the window is closed. Takes the main thread.

    Raises:
        one of `START_ERRORS`: it cannot start.
    """
    _Runner(settings, settings_file).run()

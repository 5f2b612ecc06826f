"""The Kivy side: builds the window, takes what other threads leave, draws it."""

# mypy: allow-subclassing-any
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from kivy.app import App
from kivy.clock import Clock
from kivy.core.text import LabelBase
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

from kiosk.screens import theme
from kiosk.screens.fonts import FontFiles
from kiosk.screens.inbox import Inbox, Screenshot
from kiosk.screens.shell import Shell
from kiosk.visit.model import Event, State

_HEARTBEAT_S = 2.0
"""A frame is drawn at least so often, so that a watchdog sees that drawing still works."""
_REBUILD_S = 0.1
_BUILD_S = 0.15
_NOBODY = (State.IDLE, State.ENDED)
_PERSONAL = ("preview", "outline", "code_preview", "photo", "payment_qr", "receipt_qr",
             "calibration")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What the window is built with; see `kiosk.screens.app.KioskApp`."""

    fonts: FontFiles
    fullscreen: bool
    consent_version: str
    transitions: bool
    on_event: Callable[[Event], None]
    on_frame_drawn: Callable[[], None] | None
    on_ready: Callable[[], None] | None


class KioskWindow(App):
    """One window, one root. Everything here runs on the thread that called `run`."""

    title = "Campus Capture Kiosk"
    use_kivy_settings = False

    def __init__(self, options: Options, inbox: Inbox) -> None:
        super().__init__()
        self._options = options
        self._inbox = inbox
        self._shown: dict[str, Any] = {}
        self._shell: Shell | None = None
        self._shots: list[Screenshot] = []
        self._frames_to_shot = 0

    @property
    def shell(self) -> Shell | None:
        """Return the root, once it is built."""
        return self._shell

    def load_kv(self, filename: str | None = None) -> bool:
        """Load nothing: each screen reads its own layout."""
        del filename
        return False

    def open_settings(self, *_: object) -> bool:
        """Open nothing: Kivy's settings panel (F1) has no place on a booth."""
        return False

    def build(self) -> Any:
        """Make the root for the window as it is."""
        fonts = self._options.fonts
        LabelBase.register("Kiosk", str(fonts.regular), fn_bold=str(fonts.bold))
        Window.clearcolor = theme.PAGE
        Window.show_cursor = not self._options.fullscreen
        return self._make_shell()

    def on_start(self) -> None:
        """Begin to take what other threads leave."""
        Window.bind(on_flip=self._drawn, on_resize=self._resized)
        Clock.schedule_interval(self._beat, _HEARTBEAT_S)
        Clock.schedule_interval(self._build_one, _BUILD_S)
        self._inbox.open(lambda: Clock.schedule_once(self._take, -1))
        if self._options.on_ready is not None:
            self._options.on_ready()

    def on_stop(self) -> None:
        """Let nobody wait for a picture that will not come."""
        Window.unbind(on_flip=self._drawn, on_resize=self._resized)
        self._inbox.close()
        for shot in self._shots:
            shot.give_up()

    def on_pause(self) -> bool:
        """Never pause."""
        return True

    def _make_shell(self) -> Shell:
        width, height = Window.size
        theme.set_window(width, height)
        self._shell = Shell(
            self._options.on_event,
            portrait=height >= width,
            consent_version=self._options.consent_version,
            transitions=self._options.transitions,
        )
        return self._shell

    def _resized(self, *_: object) -> None:
        """Build everything anew for the new size; what was shown is shown again."""
        Clock.unschedule(self._rebuild)
        Clock.schedule_once(self._rebuild, _REBUILD_S)

    def _rebuild(self, *_: object) -> None:
        if self._shell is not None:
            Window.remove_widget(self._shell)
        self.root = self._make_shell()
        Window.add_widget(self.root)
        self._apply(self._shown)

    def _take(self, *_: object) -> None:
        news = self._inbox.take()
        stop = news.pop("stop", False)
        shots = news.pop("screenshots", [])
        self._shown.update(news)
        self._apply(news)
        if shots:
            self._shots += shots
            self._frames_to_shot = 2  # one to lay out what is new, one to draw it
            Window.canvas.ask_update()
        if stop:
            self.stop()

    def _apply(self, news: dict[str, Any]) -> None:
        shell = self._shell
        if shell is None:
            return
        if "guide" in news:
            shell.show_guide(news["guide"])
        if "status" in news:
            shell.update_status(news["status"])
        if "visit" in news:
            shell.update(news["visit"])
        if shell.current in _NOBODY:
            # Whatever comes late belongs to a visit that is over.
            for kind in _PERSONAL:
                self._shown.pop(kind, None)
            return
        for kind in _PERSONAL:
            if kind in news:
                shell.show(kind, news[kind])

    def _build_one(self, *_: object) -> bool:
        """Build one more screen while there is time, so that none is waited for in a visit."""
        return self._shell is not None and self._shell.build_one()

    def _beat(self, *_: object) -> None:
        Window.canvas.ask_update()

    def _drawn(self, *_: object) -> None:
        """Run after each frame, before it is flipped to the screen."""
        if self._shots:
            self._frames_to_shot -= 1
            if self._frames_to_shot > 0 or (self._shell is not None and not self._shell.settled):
                Clock.schedule_once(self._beat, 0)
            else:
                self._deliver_shots()
        if self._options.on_frame_drawn is not None:
            self._options.on_frame_drawn()

    def _deliver_shots(self) -> None:
        width, height = Window.size
        data = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        pixels = np.frombuffer(data, dtype=np.uint8).reshape(height, width, 3)[::-1]
        shots, self._shots = self._shots, []
        for shot in shots:
            shot.deliver(pixels)

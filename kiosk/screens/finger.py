"""A finger for demonstrations: touches what stands on a button, through Kivy's own touch path.

It finds a button by the words a person would read on it and sends a touch down and up in its
middle, so everything a real finger goes through is gone through.
"""

from __future__ import annotations

import itertools
import threading
from typing import Any

from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent

from kiosk.screens.widgets.touch import TouchButton, TouchGate

_WAIT_S = 5.0
_numbers = itertools.count(1)


class Finger:
    """Touches buttons of the running window, from any thread but the UI's."""

    def touch(self, text: str) -> bool:
        """Touch the button that says `text`; return whether there was one that can be touched."""
        return self._on_ui_thread(lambda: self._touch_now(text))

    def _on_ui_thread(self, work: Any) -> bool:
        done = threading.Event()
        result: list[bool] = []

        def run(*_: object) -> None:
            result.append(work())
            done.set()

        Clock.schedule_once(run, 0)
        return done.wait(_WAIT_S) and result[0]

    def _touch_now(self, text: str) -> bool:
        app = App.get_running_app()
        if app is None or app.root is None or not TouchGate.is_open():
            return False
        for widget in app.root.walk():
            if isinstance(widget, TouchButton) and widget.text == text and _usable(widget):
                _tap(*widget.to_window(*widget.center))
                return True
        return False


def _usable(widget: Any) -> bool:
    return bool(widget.enabled and widget.get_root_window() and widget.width and widget.opacity)


class _DemoTouch(MotionEvent):  # type: ignore[misc] # Kivy has no types
    """A touch that comes from no device."""

    def depack(self, args: Any) -> None:
        """Take a position in fractions of the window."""
        self.is_touch = True
        self.sx, self.sy = args
        self.profile = ["pos"]
        super().depack(args)


def _tap(x: float, y: float) -> None:
    width, height = Window.size
    touch = _DemoTouch("finger", next(_numbers), (x / width, y / height))
    for kind in ("begin", "end"):
        EventLoop.post_dispatch_input(kind, touch)

"""A calm sign that something is being done."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, PopMatrix, PushMatrix, Rectangle, Rotate
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.widget import Widget

from kiosk.screens import theme
from kiosk.screens.widgets.icon import icon_texture

_TURN_S = 1.4
_STEP_S = 1 / 20


class BusyRing(Widget):
    """A ring with a quarter that goes round while it is `active`; it costs nothing when not."""

    active = BooleanProperty(False)
    tone = ObjectProperty(theme.BRAND)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._clock: Any = None
        with self.canvas:
            Color(*theme.LINE)
            self._track = Rectangle()
            PushMatrix()
            self._turn = Rotate(angle=0)
            self._colour = Color(*self.tone)
            self._part = Rectangle()
            PopMatrix()
        self.fbind("pos", self._place)
        self.fbind("size", self._place)
        self.fbind("active", self._start_or_stop)
        self.fbind("parent", self._start_or_stop)
        self._place()

    def _place(self, *_: object) -> None:
        side = int(min(self.size))
        if side < 1:
            return
        # Not self.center: Kivy may still hold the old one while size or place change.
        middle = (self.x + self.width / 2, self.y + self.height / 2)
        self._turn.origin = middle
        for name, square in (("ring", self._track), ("ring_part", self._part)):
            square.texture = icon_texture(name, side)
            square.size = (side, side)
            square.pos = (round(middle[0] - side / 2), round(middle[1] - side / 2))

    def _start_or_stop(self, *_: object) -> None:
        running = self.active and self.parent is not None
        if running and self._clock is None:
            self._clock = Clock.schedule_interval(self._step, _STEP_S)
        elif not running and self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _step(self, elapsed_s: float) -> None:
        if self.get_parent_window() is None:
            return
        self._turn.angle = (self._turn.angle - 360 * elapsed_s / _TURN_S) % 360

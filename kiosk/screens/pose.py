"""Sitting down, coached live: the mirror, one hint, one arrow."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.animation import Animation
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.guidance.model import Arrow, Coaching, Support
from kiosk.screens import theme
from kiosk.screens.model import FaceGuide
from kiosk.screens.screen import Send, VisitScreen, load_layout
from kiosk.screens.translations import tr, tr_or
from kiosk.screens.widgets import explanation
from kiosk.visit.model import Visit

__all__ = ["PoseScreen", "explanation"]

load_layout(__file__)

_SIGNS = {
    # hints without an arrow
    "sit_down": "chair",
    "one_person": "people",
    "open_eyes": "eye",
    "look_at_camera": "up",
    "close_mouth": "mouth",
    "clear_background": "people",
    "even_light": "light",
    "too_dark": "light",
    "too_bright": "light",
    "hold_still": "hand",
}
_NUDGES = {
    Arrow.LEFT: (-1, 0),
    Arrow.RIGHT: (1, 0),
    Arrow.UP: (0, 1),
    Arrow.DOWN: (0, -1),
}
_NUDGE_S = 0.55


class PoseScreen(VisitScreen):
    """Live view with the guide, and what the coach says now.

    Attributes:
        hint: the one sentence.
        sign: the arrow or sign beside it.
        good: whether everything is right, and the ring fills.
        explained: the hint that is explained in pictures; empty for none.
        offers: whether the help of staff is offered.
        beside: whether the sign stands beside the hint; else above it.
        guide: where the face should be.
    """

    hint = StringProperty("")
    sign = StringProperty("")
    good = BooleanProperty(False)
    explained = StringProperty("")
    offers = BooleanProperty(False)
    beside = BooleanProperty(True)
    guide = ObjectProperty(FaceGuide())
    step = 3

    def __init__(self, send: Send, **kwargs: Any) -> None:
        super().__init__(send, **kwargs)
        self._live: Any = self.ids.live
        self._arrow: Any = self.ids.arrow
        self._movement: Any = None
        self._arrow_now: Arrow | None = None

    def update(self, visit: Visit) -> None:
        """Show the coach's newest word."""
        super().update(visit)
        coaching = visit.coaching
        self.good = coaching.hint is None and coaching.ring > 0 and not visit.notice
        self._live.good = self.good
        self._live.ring = coaching.ring if self.good else 0.0
        self.hint, self.sign, arrow = self._words(coaching)
        explains = coaching.support is not Support.NONE and not self.notice
        self.explained = (coaching.hint or "") if explains else ""
        self.offers = bool(self.explained) and coaching.support is Support.STAFF
        if arrow is not self._arrow_now:
            self._arrow_now = arrow
            self._nudge(arrow)

    def _words(self, coaching: Coaching) -> tuple[str, str, Arrow | None]:
        if self.notice:
            return self.notice, "attention", None
        if coaching.hint:
            words = tr_or(self.language, f"hints.{coaching.hint}", "hints.other")
            sign = coaching.arrow.value if coaching.arrow else _SIGNS.get(coaching.hint, "person")
            return words, sign, coaching.arrow
        if self.good:
            return tr(self.language, "pose.good"), "check", None
        return tr(self.language, "pose.title"), "person", None

    def show(self, kind: str, value: Any) -> None:
        """Show a frame of the main camera, or the face's oval and whether everything holds."""
        if kind == "preview":
            self._live.show(value)
        elif kind == "outline":
            points, all_good = value
            self._live.good = all_good or self.good
            self._live.show_outline(points)

    def left(self) -> None:
        """Stop moving, and forget the picture."""
        self._nudge(None)
        self._arrow_now = None
        self._live.show(None)
        self._live.show_outline(())

    def _nudge(self, arrow: Arrow | None) -> None:
        """Let the arrow move a little the way it points, so that the eye finds it."""
        if self._movement is not None:
            self._movement.cancel(self._arrow)
            self._movement = None
        self._arrow.nudge_x = self._arrow.nudge_y = 0
        if arrow in _NUDGES:
            x, y = _NUDGES[arrow]
            far = theme.px(14)
            there = Animation(nudge_x=x * far, nudge_y=y * far, d=_NUDGE_S, t="in_out_sine")
            back = Animation(nudge_x=0, nudge_y=0, d=_NUDGE_S, t="in_out_sine")
            self._movement = there + back
            self._movement.repeat = True
            self._movement.start(self._arrow)

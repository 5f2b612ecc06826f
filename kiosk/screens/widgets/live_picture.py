"""The mirror: live view, where the face should be, and the ring that fills while it is right."""

# mypy: allow-subclassing-any
from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from kivy.graphics import Color, InstructionGroup, SmoothLine
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.widget import Widget

from kiosk.screens import theme
from kiosk.screens.model import FaceGuide
from kiosk.screens.widgets.picture import Picture, Pixels, rounded_outline

_SHADE = (0.04, 0.09, 0.15, 0.45)
_LIGHT = (1.0, 1.0, 1.0, 0.95)
_GOOD_LINE = (0.25, 0.86, 0.55, 1.0)
_FACE_LINE = (1.0, 1.0, 1.0, 0.55)
_OVAL_STEPS = 72
# The guide stands a little outside the face, so that it never lies on it: share of the face.
_ROOM = 1.12


class LivePicture(Widget):
    """Live view, mirrored, with guide, face outline and hold-still ring.

    Attributes:
        guide: where face and shoulders should be.
        good: whether everything is right now.
        ring: how much of the hold-still time has passed, 0 to 1.
        guided: whether the guide is drawn.
    """

    guide = ObjectProperty(FaceGuide())
    good = BooleanProperty(False)
    ring = NumericProperty(0.0)
    guided = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._outline: Sequence[tuple[float, float]] = ()
        self._picture = Picture(mirrored=True, corner=theme.px(30), size_hint=(None, None))
        self.add_widget(self._picture)
        self._overlay = InstructionGroup()
        self._face = InstructionGroup()
        self._border = InstructionGroup()
        for group in (self._overlay, self._face, self._border):
            self.canvas.after.add(group)
        for name in ("pos", "size"):
            self.fbind(name, self._arrange)
        for name in ("guide", "good", "guided"):
            self.fbind(name, self._draw_guide)
            self.fbind(name, self._draw_face)
        self.fbind("good", self._draw_border)
        self.fbind("ring", self._draw_border)
        self._picture.fbind("has_picture", self._arrange)
        self._arrange()

    def show(self, pixels: Pixels | None) -> None:
        """Show a frame, RGB uint8 (H, W, 3); None when the camera has none."""
        before = self._picture.shown
        self._picture.show(pixels)
        if self._picture.shown != before:
            self._draw_guide()

    def show_outline(self, points: Sequence[tuple[float, float]]) -> None:
        """Draw the face's own oval, (x, y) in fractions of the picture, not mirrored."""
        self._outline = points
        self._draw_face()

    def _arrange(self, *_: object) -> None:
        inset = theme.px(16)
        self._picture.pos = self.x + inset, self.y + inset
        self._picture.size = max(1, self.width - 2 * inset), max(1, self.height - 2 * inset)
        self._draw_guide()
        self._draw_face()
        self._draw_border()

    def _draw_guide(self, *_: object) -> None:
        self._overlay.clear()
        if not self.guided or self.width < theme.px(100):
            return
        colour = _GOOD_LINE if self.good else _LIGHT
        for points in (self._oval(), *self._shoulders()):
            for width, tone in ((theme.px(5.5), _SHADE), (theme.px(3), colour)):
                self._overlay.add(Color(*tone))
                self._overlay.add(SmoothLine(points=points, width=width))

    def _oval(self) -> list[float]:
        guide = self.guide
        centre_y = (guide.crown_y + guide.chin_y) / 2
        half_x = guide.face_width / 2 * _ROOM
        half_y = (guide.chin_y - guide.crown_y) / 2 * _ROOM
        points: list[float] = []
        for step in range(_OVAL_STEPS + 1):
            angle = 2 * math.pi * step / _OVAL_STEPS
            points += self._picture.to_screen(
                guide.centre_x + half_x * math.sin(angle), centre_y - half_y * math.cos(angle)
            )
        return points

    def _shoulders(self) -> list[list[float]]:
        """Return the line of each shoulder, from the side of the neck outwards and down."""
        guide = self.guide
        lines = []
        x0, y0, width, height = self._picture.area
        for side in (-1, 1):
            points: list[float] = []
            for step in range(17):
                t = step / 16
                out = guide.face_width * (0.42 + 1.05 * t)
                down = guide.shoulders_y + (guide.chin_y - guide.crown_y) * 0.42 * t**2.4
                x, y = self._picture.to_screen(guide.centre_x + side * out, down)
                if x0 + theme.px(8) < x < x0 + width - theme.px(8) and y0 < y < y0 + height:
                    points += (x, y)
            if len(points) >= 4:  # noqa: PLR2004 - two points make a line
                lines.append(points)
        return lines

    def _draw_face(self, *_: object) -> None:
        self._face.clear()
        if len(self._outline) < 3 or not self.guided:  # noqa: PLR2004 - an oval has an inside
            return
        points: list[float] = []
        for x, y in (*self._outline, self._outline[0]):
            points += self._picture.to_screen(x, y)
        self._face.add(Color(*(_GOOD_LINE if self.good else _FACE_LINE)))
        self._face.add(SmoothLine(points=points, width=theme.px(2)))

    def _draw_border(self, *_: object) -> None:
        self._border.clear()
        inset = theme.px(7)
        path = rounded_outline(
            self.x + inset,
            self.y + inset,
            max(1, self.width - 2 * inset),
            max(1, self.height - 2 * inset),
            theme.px(37),
        )
        path.append(path[0])
        track = theme.GOOD_SOFT if self.good else theme.LINE
        self._border.add(Color(*track))
        self._border.add(SmoothLine(points=_flat(path), width=theme.px(7)))
        if self.ring > 0:
            self._border.add(Color(*theme.GOOD))
            self._border.add(SmoothLine(points=part_of(path, self.ring), width=theme.px(7)))


def part_of(path: Sequence[tuple[float, float]], share: float) -> list[float]:
    """Return the first `share` (0 to 1) of a path's length as flat points."""
    steps = list(itertools.pairwise(path))
    left = min(1.0, max(0.0, share)) * sum(math.dist(a, b) for a, b in steps)
    points = [*path[0]]
    for start, end in steps:
        length = math.dist(start, end)
        if length >= left:
            t = left / length if length else 0.0
            points += (start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1]))
            break
        points += end
        left -= length
    return points


def _flat(path: Sequence[tuple[float, float]]) -> list[float]:
    return [c for point in path for c in point]

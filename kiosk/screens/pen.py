"""A small vector pen on Pillow: round-ended strokes and filled shapes on a 100 × 100 grid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw

GRID = 100
_OVERSAMPLING = 4

Point = tuple[float, float]


class Pen:
    """Draws one alpha mask. Units are hundredths of its side; y points down."""

    def __init__(self, size: int, stroke: float = 8.0) -> None:
        self._size = size
        self._unit = size * _OVERSAMPLING / GRID
        self._stroke = stroke
        side = size * _OVERSAMPLING
        self._image = Image.new("L", (side, side), 0)
        self._draw = ImageDraw.Draw(self._image)

    def finish(self) -> Image.Image:
        """Return the mask, grey 0 (clear) to 255 (opaque), smoothed down to the wanted size."""
        return self._image.resize((self._size, self._size), Image.Resampling.BOX)

    def line(self, *points: Point, width: float | None = None, ink: int = 255) -> None:
        """Draw a stroke through `points` with round joints and ends."""
        half = (width or self._stroke) / 2
        scaled = [(x * self._unit, y * self._unit) for x, y in points]
        self._draw.line(scaled, fill=ink, width=round(2 * half * self._unit))
        for x, y in points:
            self.dot(x, y, half, ink=ink)

    def dot(self, x: float, y: float, radius: float, *, ink: int = 255) -> None:
        """Draw a filled circle."""
        self._draw.ellipse(self._box(x - radius, y - radius, x + radius, y + radius), fill=ink)

    def ring(self, x: float, y: float, radius: float, *, width: float | None = None) -> None:
        """Draw a circle."""
        half = (width or self._stroke) / 2
        outer = radius + half
        box = self._box(x - outer, y - outer, x + outer, y + outer)
        self._draw.ellipse(box, outline=255, width=round(2 * half * self._unit))

    def arc(self, x: float, y: float, radius: float, start: float, end: float) -> None:
        """Draw part of a circle; degrees clockwise from three o'clock."""
        steps = max(4, int(abs(end - start) / 2))
        self.line(*_around(x, y, radius, radius, start, end, steps))

    def oval_arc(
        self, x: float, y: float, radius_x: float, radius_y: float, start: float, end: float
    ) -> None:
        """Draw part of an ellipse; degrees clockwise from three o'clock."""
        self.line(*_around(x, y, radius_x, radius_y, start, end, 48))

    def oval(self, left: float, top: float, right: float, bottom: float, *, ink: int = 255) -> None:
        """Draw a filled ellipse."""
        self._draw.ellipse(self._box(left, top, right, bottom), fill=ink)

    def shape(self, points: Sequence[Point], *, ink: int = 255) -> None:
        """Draw a filled polygon."""
        self._draw.polygon([(x * self._unit, y * self._unit) for x, y in points], fill=ink)

    def frame(
        self, left: float, top: float, right: float, bottom: float, *, radius: float = 8.0
    ) -> None:
        """Draw a rounded rectangle's outline, centred on the given sides."""
        half = self._stroke / 2
        box = self._box(left - half, top - half, right + half, bottom + half)
        self._draw.rounded_rectangle(
            box,
            radius=(radius + half) * self._unit,
            outline=255,
            width=round(self._stroke * self._unit),
        )

    def block(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        *,
        radius: float = 0.0,
        ink: int = 255,
    ) -> None:
        """Draw a filled rounded rectangle."""
        box = self._box(left, top, right, bottom)
        self._draw.rounded_rectangle(box, radius=radius * self._unit, fill=ink)

    def head(self, tip: Point, direction_deg: float, length: float = 20.0) -> None:
        """Draw an arrow's two barbs at `tip`; it points to `direction_deg` clockwise from east."""
        barbs = []
        for turn in (140.0, -140.0):
            angle = math.radians(direction_deg + turn)
            barbs.append((tip[0] + length * math.cos(angle), tip[1] + length * math.sin(angle)))
        self.line(barbs[0], tip, barbs[1])

    def _box(
        self, left: float, top: float, right: float, bottom: float
    ) -> tuple[float, float, float, float]:
        u = self._unit
        return left * u, top * u, right * u, bottom * u


def _around(
    x: float, y: float, radius_x: float, radius_y: float, start: float, end: float, steps: int
) -> Iterator[Point]:
    for number in range(steps + 1):
        angle = math.radians(start + (end - start) * number / steps)
        yield x + radius_x * math.cos(angle), y + radius_y * math.sin(angle)

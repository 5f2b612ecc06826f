"""Pictures on the screen: live view, finished photo, QR code. One texture each, reused."""

# mypy: allow-subclassing-any
from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np
import numpy.typing as npt
from kivy.graphics import Color, Mesh
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, OptionProperty
from kivy.uix.widget import Widget

from kiosk.screens import theme

Pixels = npt.NDArray[np.uint8]

_CORNER_STEPS = 8


class Picture(Widget):
    """Pixels in a box with rounded corners.

    The texture is made once for each size of picture and then only filled again. Mirroring and
    cropping are done by texture coordinates: no pixel is copied or moved.

    Attributes:
        fit: ``cover`` fills the box and cuts what is over, ``contain`` shows all of it.
        mirrored: whether left and right are swapped on the screen.
        corner: radius of the corners, pixels.
        smooth: whether pixels blend when enlarged; off for QR codes.
        empty_tone: colour of the box while there is no picture.
        shown: texture coordinates of the part shown: left, top, right, bottom, 0 to 1.
        area: where it is drawn: x, y, width, height.
    """

    fit = OptionProperty("cover", options=["cover", "contain"])
    mirrored = BooleanProperty(False)
    corner = NumericProperty(0)
    smooth = BooleanProperty(True)
    empty_tone = ObjectProperty(theme.SUNKEN)
    has_picture = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shown = (0.0, 0.0, 1.0, 1.0)
        self.area = (0.0, 0.0, 1.0, 1.0)
        self._texture: Any = None
        self._held: Pixels | None = None
        with self.canvas:
            self._colour = Color(*self.empty_tone)
            self._mesh = Mesh(mode="triangle_fan")
        for name in ("pos", "size", "fit", "mirrored", "corner", "empty_tone"):
            self.fbind(name, self._place)
        self._place()

    def show(self, pixels: Pixels | None) -> None:
        """Show `pixels`, RGB uint8 (H, W, 3), or grey (H, W); None for the empty box.

        The array must not be written to afterwards: it may be uploaded again.
        """
        if pixels is None:
            self._held = self._texture = None
            self.has_picture = False
            self._place()
            return
        colours = "luminance" if pixels.ndim == 2 else "rgb"  # noqa: PLR2004 - grey or colour
        height, width = pixels.shape[:2]
        self._held = np.ascontiguousarray(pixels)  # no copy unless it has to be
        texture = self._texture
        if texture is None or texture.size != (width, height) or texture.colorfmt != colours:
            texture = Texture.create(size=(width, height), colorfmt=colours)
            mode = "linear" if self.smooth else "nearest"
            texture.min_filter, texture.mag_filter = "linear", mode
            self._texture = texture
            # Graphics memory may be lost, for example when the screen is switched off.
            texture.add_reload_observer(self._refill)
            self._refill(texture)
            self.has_picture = True
            self._place()
        else:
            self._refill(texture)
            self.canvas.ask_update()

    def _refill(self, texture: Any) -> None:
        if self._held is not None:
            texture.blit_buffer(_buffer(self._held), colorfmt=texture.colorfmt, bufferfmt="ubyte")

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Return where on the screen a point of the picture is, given as fractions of it."""
        left, top, right, bottom = self.shown
        across = (x - left) / (right - left)
        if self.mirrored:
            across = 1 - across
        down = (y - top) / (bottom - top)
        ax, ay, width, height = self.area
        return ax + across * width, ay + (1 - down) * height

    def _place(self, *_: object) -> None:
        texture = self._texture
        self._colour.rgba = (1, 1, 1, 1) if texture else self.empty_tone
        self._mesh.texture = texture
        self.area, self.shown = self._fitted(texture.size if texture else None)
        x, y, width, height = self.area
        left, top, right, bottom = self.shown
        if self.mirrored:
            left, right = right, left
        vertices: list[float] = []
        for px, py in rounded_outline(x, y, width, height, self.corner):
            u = left + (px - x) / width * (right - left)
            # The first row of the array is the texture's v = 0.
            v = bottom + (py - y) / height * (top - bottom)
            vertices += (px, py, u, v)
        self._mesh.vertices = vertices
        self._mesh.indices = list(range(len(vertices) // 4))

    def _fitted(
        self, picture: tuple[int, int] | None
    ) -> tuple[tuple[float, float, float, float], tuple[float, float, float, float]]:
        box = (self.x, self.y, max(1.0, self.width), max(1.0, self.height))
        if picture is None:
            return box, (0.0, 0.0, 1.0, 1.0)
        wide = picture[0] / picture[1] / (box[2] / box[3])
        if self.fit == "cover":
            cut_x = max(0.0, 1 - 1 / wide) / 2
            cut_y = max(0.0, 1 - wide) / 2
            return box, (cut_x, cut_y, 1 - cut_x, 1 - cut_y)
        width = box[2] * min(1.0, wide)
        height = box[3] / max(1.0, wide)
        area = (
            (self.x + self.width / 2) - width / 2,
            (self.y + self.height / 2) - height / 2,
            width,
            height,
        )
        return area, (0.0, 0.0, 1.0, 1.0)


def _buffer(pixels: Pixels) -> Pixels:
    """Return the memory of a contiguous array as Kivy wants it: flat and nominally writable.

    Kivy only reads it, but refuses what is marked read-only, as frames in shared memory are. A
    second view of the same memory spares a copy of each frame.
    """
    if pixels.flags.writeable:
        return pixels.reshape(-1)
    memory = (ctypes.c_ubyte * pixels.nbytes).from_address(pixels.ctypes.data)
    return np.ctypeslib.as_array(memory)


def rounded_outline(
    x: float, y: float, width: float, height: float, radius: float
) -> list[tuple[float, float]]:
    """Return points round a rectangle with round corners, clockwise from the top's middle."""
    radius = max(0.0, min(radius, width / 2, height / 2))
    points = [(x + width / 2, y + height)]
    corners = (
        (x + width - radius, y + height - radius, 90),
        (x + width - radius, y + radius, 0),
        (x + radius, y + radius, -90),
        (x + radius, y + height - radius, -180),
    )
    for cx, cy, start in corners:
        for step in range(_CORNER_STEPS + 1):
            angle = math.radians(start - 90 * step / _CORNER_STEPS)
            points.append((cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
    return points

"""A drawn sitter before the camera, as the mirror on the screen shows them: wrong, or right.

For explanations: no picture files, no real face, and nothing about it says what somebody should
look like. Left in the drawing is the mirror's left, which is the sitter's own left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageChops, ImageDraw

_OVERSAMPLING = 3
_WALL = (214, 228, 240)
_GUIDE = (255, 255, 255)
_SKIN = (232, 190, 158)
_SHADE = (206, 160, 130)
_HAIR = (44, 40, 46)
_SUIT = (44, 62, 92)
_SHIRT = (250, 250, 250)
_LIP = (170, 84, 80)
_DARK = (30, 34, 44)
_PALE = (190, 212, 230)

Canvas = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sketch:
    """How the sitter sits, and what they wear. The default is right.

    Attributes:
        x: to the mirror's right, hundredths of the drawing's width.
        y: down, hundredths of its height.
        scale: size of the sitter, factor.
        roll_deg: top of the head to the mirror's right.
        yaw: nose to the mirror's right, -1 to 1.
        pitch: chin down, -1 to 1.
        shoulders_deg: the mirror's right shoulder hangs lower.
        eyes: what they do.
        mouth: what it does.
        worn: on or over the face.
        clothes: what sort.
        behind: what is behind.
        light: how it falls.
        moving: whether the head moves.
        present: whether anybody sits there.
    """

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    roll_deg: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    shoulders_deg: float = 0.0
    eyes: Literal["open", "closed", "aside"] = "open"
    mouth: Literal["closed", "open", "smile"] = "closed"
    worn: Literal["", "glasses", "tinted", "reflecting", "cap", "fringe", "mask", "hand"] = ""
    clothes: Literal["suit", "pale", "striped", "straps"] = "suit"
    behind: Literal["", "person", "thing", "shadow"] = ""
    light: Literal["even", "half", "brow", "spot"] = "even"
    moving: bool = False
    present: bool = True


class _Brush:
    """Draws in units of 90 × 120 on a canvas of any size."""

    def __init__(self, canvas: Canvas, colour: tuple[int, ...] = (0, 0, 0, 0)) -> None:
        self.image = Image.new("RGBA", canvas, colour)
        self._draw = ImageDraw.Draw(self.image)
        self._unit = canvas[0] / 90

    def _points(self, points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
        return [(x * self._unit, y * self._unit) for x, y in points]

    def shape(self, colour: tuple[int, ...], *points: tuple[float, float]) -> None:
        self._draw.polygon(self._points(points), fill=colour)

    def line(
        self, colour: tuple[int, ...], *points: tuple[float, float], width: float = 1.4
    ) -> None:
        stroke = max(1, round(width * self._unit))
        self._draw.line(self._points(points), fill=colour, width=stroke, joint="curve")

    def oval(self, colour: tuple[int, ...], x: float, y: float, rx: float, ry: float) -> None:
        box = self._points(((x - rx, y - ry), (x + rx, y + ry)))
        self._draw.ellipse([*box[0], *box[1]], fill=colour)

    def arc(
        self, colour: tuple[int, ...], centre: tuple[float, float], radii: tuple[float, float],
        angles: tuple[float, float], width: float = 1.4,
    ) -> None:  # fmt: skip
        (x, y), (rx, ry) = centre, radii
        box = self._points(((x - rx, y - ry), (x + rx, y + ry)))
        stroke = max(1, round(width * self._unit))
        self._draw.arc([*box[0], *box[1]], *angles, fill=colour, width=stroke)

    def block(
        self, colour: tuple[int, ...], box: tuple[float, float, float, float], radius: float
    ) -> None:
        left, top, right, bottom = (value * self._unit for value in box)
        self._draw.rounded_rectangle(
            (left, top, right, bottom), radius=radius * self._unit, fill=colour
        )


def drawn_pose(sketch: Sketch, width: int, height: int) -> Image.Image:
    """Return a drawing of a sitter, RGBA, `width` × `height` pixels (3:4 looks right)."""
    big = (width * _OVERSAMPLING, height * _OVERSAMPLING)
    unit = big[0] / 90
    scene = _Brush(big, (*_WALL, 255))
    _draw_behind(scene, sketch)
    if sketch.present:
        tall = (big[0], 2 * big[1])  # there is more of the body than the camera sees
        body = _body(tall, sketch).rotate(
            -sketch.shoulders_deg, Image.Resampling.BILINEAR, center=(45 * unit, 96 * unit)
        )
        head = _head(tall, sketch).rotate(
            -sketch.roll_deg, Image.Resampling.BILINEAR, center=(45 * unit, 84 * unit)
        )
        person = Image.alpha_composite(body, head)
        person = _placed(person, sketch, unit).crop((0, 0, *big))
        if sketch.moving:
            for shift, strength in ((-7, 0.5), (7, 0.5)):
                ghost = ImageChops.offset(person, round(shift * unit), 0)
                ghost.putalpha(ghost.getchannel("A").point(lambda a, s=strength: int(a * s)))
                scene.image = Image.alpha_composite(scene.image, ghost)
        picture = Image.alpha_composite(scene.image, person)
    else:
        picture = scene.image
    guide = _Brush(big)
    for part in range(0, 360, 24):
        guide.arc((*_GUIDE, 235), (45, 50), (25, 35), (part, part + 13), 1.5)
    picture = Image.alpha_composite(picture, guide.image)
    mask = Image.new("L", big, 0)
    ImageDraw.Draw(mask).rounded_rectangle([0, 0, *big], radius=6 * unit, fill=255)
    picture.putalpha(mask)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _placed(person: Image.Image, sketch: Sketch, unit: float) -> Image.Image:
    """Move and scale the sitter about the middle of the face."""
    scale, (x0, y0) = sketch.scale, (45 * unit, 52 * unit)
    dx, dy = sketch.x * 0.9 * unit, sketch.y * 1.2 * unit
    matrix = (
        1 / scale, 0.0, x0 - (x0 + dx) / scale,
        0.0, 1 / scale, y0 - (y0 + dy) / scale,
    )  # fmt: skip
    return person.transform(person.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _draw_behind(scene: _Brush, sketch: Sketch) -> None:
    if sketch.behind == "person":
        scene.oval((150, 120, 104, 255), 76, 44, 10, 13)
        scene.oval((60, 52, 54, 255), 76, 36, 10, 8)
        scene.block((118, 96, 128, 255), (60, 60, 104, 130), 14)
    elif sketch.behind == "thing":
        scene.block((176, 132, 84, 255), (2, 18, 22, 122), 1)
        for y in (36, 60, 84):
            scene.line((120, 84, 48, 255), (2, y), (22, y), width=2.4)
        scene.block((196, 84, 76, 255), (6, 24, 11, 36), 1)
        scene.block((84, 132, 104, 255), (13, 44, 18, 60), 1)
    elif sketch.behind == "shadow":
        scene.oval((120, 134, 150, 255), 64, 52, 24, 36)
        scene.block((120, 134, 150, 255), (26, 84, 108, 140), 24)


def _body(big: Canvas, sketch: Sketch) -> Image.Image:
    brush = _Brush(big)
    cloth = _PALE if sketch.clothes == "pale" else _SUIT
    if sketch.clothes == "straps":
        brush.block((*_SKIN, 255), (12, 90, 78, 260), 22)
        brush.shape((*_SUIT, 255), (24, 106), (66, 106), (70, 250), (20, 250))
        brush.line((*_SUIT, 255), (29, 92), (29, 110), width=2.6)
        brush.line((*_SUIT, 255), (61, 92), (61, 110), width=2.6)
    else:
        brush.block((*cloth, 255), (8, 90, 82, 260), 24)
    brush.shape((*_SHADE, 255), (36, 70), (54, 70), (56, 94), (45, 104), (34, 94))
    if sketch.clothes == "striped":
        for y in range(105, 240, 9):
            brush.line((240, 240, 240, 255), (9, y), (33, y), width=3)
            brush.line((240, 240, 240, 255), (57, y), (81, y), width=3)
    if sketch.clothes != "straps":
        brush.shape((*_SHIRT, 255), (31, 90), (45, 108), (59, 90), (62, 240), (28, 240))
    return brush.image


def _head(big: Canvas, sketch: Sketch) -> Image.Image:
    brush = _Brush(big)
    turn, nod = 6.8 * sketch.yaw, 6.0 * sketch.pitch
    for side in (-1, 1):
        ear = 20.5 - 3.0 * max(0.0, side * sketch.yaw)
        brush.oval((*_SHADE, 255), 45 + side * ear, 54 - nod / 3, 3.4, 7)
    brush.oval((*_HAIR, 255), 45, 42, 22.5, 25)
    brush.oval((*_SKIN, 255), 45, 53, 19.5, 29)
    if sketch.light == "half":
        half = _Brush(big)
        half.oval((120, 84, 62, 130), 45, 53, 19.5, 29)
        cut = half.image.crop((0, 0, big[0] // 2, big[1]))
        brush.image.alpha_composite(cut)
    hair = 24 + nod * 0.8
    brush.shape(
        (*_HAIR, 255), (25, 44), (27, 28), (38, 18), (54, 18), (63, 28), (65, 44),
        (60, hair + 14), (50, hair + 9), (38, hair + 9), (29, hair + 15),
    )  # fmt: skip
    _draw_face(brush, sketch, 45 + turn, 53 + nod)
    return brush.image


def _draw_face(brush: _Brush, sketch: Sketch, x: float, y: float) -> None:
    """Draw eyes, brows, nose and mouth about (x, y), and what is worn over them."""
    for side in (-1, 1):
        eye = x + side * 8.6
        brush.line((*_HAIR, 255), (eye - 4.6, y - 6.6), (eye, y - 7.6), (eye + 4.6, y - 6.6))
        if sketch.eyes == "closed":
            brush.arc((*_DARK, 255), (eye, y - 1), (4.2, 2.6), (15, 165), 1.5)
            continue
        brush.oval((255, 255, 255, 255), eye, y, 4.2, 2.7)
        aside = 2.2 if sketch.eyes == "aside" else 0.0
        brush.oval((*_DARK, 255), eye + aside, y, 2.1, 2.4)
    brush.line((*_SHADE, 255), (x, y + 2), (x - 1.6, y + 9), (x + 1.6, y + 9.4), width=1.3)
    _draw_mouth(brush, sketch.mouth, x, y + 16)
    if sketch.light == "brow":
        shadow = _Brush(brush.image.size)
        shadow.block((60, 36, 30, 140), (x - 18, y - 14, x + 18, y + 4), 6)
        brush.image.alpha_composite(shadow.image)
    elif sketch.light == "spot":
        brush.oval((255, 255, 255, 235), x - 1, y - 14, 6, 4)
        brush.oval((255, 255, 255, 235), x + 11, y + 8, 3.4, 4.6)
    _draw_worn(brush, sketch.worn, x, y)


def _draw_mouth(brush: _Brush, mouth: str, x: float, y: float) -> None:
    if mouth == "open":
        brush.oval((*_LIP, 255), x, y + 1, 5.4, 4.6)
        brush.oval((70, 26, 30, 255), x, y + 1.2, 3.9, 3.1)
    elif mouth == "smile":
        brush.shape((*_LIP, 255), (x - 9, y - 2), (x + 9, y - 2), (x + 5, y + 5), (x - 5, y + 5))
        brush.shape((255, 255, 255, 255), (x - 7, y - 1), (x + 7, y - 1), (x + 4, y + 3),
                    (x - 4, y + 3))  # fmt: skip
    else:
        brush.line((*_LIP, 255), (x - 5.4, y), (x, y + 0.9), (x + 5.4, y), width=1.7)


def _draw_mask(brush: _Brush, x: float, y: float) -> None:
    """Draw a mask over nose and mouth, with its straps."""
    for side in (-1, 1):
        strap = (x + side * 12, y + 10), (x + side * 20, y + 3)
        brush.line((226, 236, 242, 255), *strap, width=1.1)
    brush.shape(
        (176, 208, 224, 255), (x - 13, y + 8), (x, y + 5), (x + 13, y + 8),
        (x + 12, y + 19), (x + 6, y + 25), (x - 6, y + 25), (x - 12, y + 19),
    )  # fmt: skip
    for fold in (12, 16, 20):
        brush.line((140, 178, 198, 255), (x - 10, y + fold), (x + 10, y + fold), width=1.0)


def _draw_hand(brush: _Brush, x: float, y: float) -> None:
    """Draw a hand raised beside the face, with its sleeve."""
    brush.line((78, 100, 138, 255), (x + 27, y + 72), (x + 26, y + 46), width=13)
    brush.line((*_SKIN, 255), (x + 26, y + 50), (x + 25, y + 38), width=8)
    brush.line((*_SKIN, 255), (x + 22, y + 38), (x + 14, y + 30), width=3.6)
    for finger, tip in enumerate((15, 12, 13, 17)):
        start, end = (x + 20.2 + 3.4 * finger, y + 32), (x + 17.2 + 4.6 * finger, y + tip)
        brush.line((*_SKIN, 255), start, end, width=3.1)
        brush.oval((*_SKIN, 255), *end, 1.55, 1.55)
    brush.oval((*_SKIN, 255), x + 25, y + 34, 7, 8)


def _draw_worn(brush: _Brush, worn: str, x: float, y: float) -> None:
    if worn in ("glasses", "tinted", "reflecting"):
        for side in (-1, 1):
            eye = x + side * 8.6
            if worn == "tinted":
                brush.oval((50, 36, 30, 215), eye, y + 0.5, 6.8, 5.6)
            elif worn == "reflecting":
                brush.shape((255, 255, 255, 225), (eye - 5, y + 3), (eye + 1, y - 5),
                            (eye + 5, y - 4), (eye - 2, y + 5))  # fmt: skip
            brush.arc((*_DARK, 255), (eye, y + 0.5), (7, 5.8), (0, 360), 1.3)
            brush.line((*_DARK, 255), (eye + side * 7, y), (x + side * 20, y - 2), width=1.3)
        brush.line((*_DARK, 255), (x - 1.8, y - 0.4), (x + 1.8, y - 0.4), width=1.3)
    elif worn == "mask":
        _draw_mask(brush, x, y)
    elif worn == "hand":
        _draw_hand(brush, x, y)
    elif worn == "cap":
        brush.shape((158, 62, 58, 255), (22, 36), (24, 22), (36, 11), (54, 11), (66, 22), (68, 36))
        brush.block((124, 44, 44, 255), (18, 33, 72, 39), 3)
    elif worn == "fringe":
        for left in range(27, 61, 5):
            brush.shape((*_HAIR, 255), (left, 26), (left + 7, 26), (left + 3, y - 2.4))

"""The signs on the screens, drawn once for each size: no picture files, sharp at any scale."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from kiosk.screens.checklist_icons import CHECKLIST_ICONS
from kiosk.screens.pen import Pen


def mask(name: str, size: int) -> npt.NDArray[np.uint8]:
    """Return the sign `name` as alpha, uint8 (size, size), 0 clear to 255 opaque.

    Raises:
        KeyError: there is no such sign.
    """
    pen = Pen(max(size, 1))
    ICONS[name](pen)
    return np.asarray(pen.finish(), dtype=np.uint8)


def _check(p: Pen) -> None:
    p.line((20, 53), (42, 74), (81, 29), width=11)


def _cross(p: Pen) -> None:
    p.line((26, 26), (74, 74))
    p.line((74, 26), (26, 74))


def _attention(p: Pen) -> None:
    p.line((50, 20), (50, 58), width=11)
    p.dot(50, 79, 7.5)


def _globe(p: Pen) -> None:
    p.ring(50, 50, 36, width=7)
    p.oval_arc(50, 50, 16, 36, 0, 360)
    p.line((15, 50), (85, 50), width=7)


def _help(p: Pen) -> None:
    p.ring(50, 50, 38, width=7)
    p.oval_arc(50, 40, 14, 13, 180, 405)
    p.line((60, 50), (50, 58), (50, 62))
    p.dot(50, 74, 5)


def _person(p: Pen) -> None:
    p.dot(50, 32, 19)
    p.block(16, 58, 84, 120, radius=30)
    p.block(0, 92, 100, 100, ink=0)


def _people(p: Pen) -> None:
    p.dot(36, 34, 16)
    p.block(8, 58, 64, 110, radius=24)
    p.dot(70, 38, 13)
    p.block(70, 60, 94, 110, radius=18)
    p.block(0, 90, 100, 100, ink=0)


def _clock(p: Pen) -> None:
    p.ring(50, 50, 37)
    p.line((50, 28), (50, 52), (66, 62))


def _lock(p: Pen) -> None:
    p.block(22, 46, 78, 86, radius=9)
    p.arc(50, 44, 19, 180, 360)
    p.line((31, 44), (31, 50))
    p.line((69, 44), (69, 50))
    p.dot(50, 66, 6.5, ink=0)


def _eye(p: Pen) -> None:
    p.oval_arc(50, 68, 44, 42, 207, 333)
    p.oval_arc(50, 32, 44, 42, 27, 153)
    p.dot(50, 50, 13)


def _mouth(p: Pen) -> None:
    p.ring(50, 50, 38, width=7)
    p.dot(37, 41, 5)
    p.dot(63, 41, 5)
    p.line((37, 66), (63, 66))


def _undo(p: Pen) -> None:
    p.arc(52, 54, 28, -150, 130)
    p.head((26, 42), 120, 22)


def _erase(p: Pen) -> None:
    p.line((34, 24), (88, 24), (88, 76), (34, 76), (10, 50), (34, 24), width=7)
    p.line((48, 39), (70, 61), width=7)
    p.line((70, 39), (48, 61), width=7)


def _camera(p: Pen) -> None:
    p.frame(13, 32, 87, 80, radius=9)
    p.block(34, 17, 66, 34, radius=6)
    p.ring(50, 56, 15)


def _card(p: Pen) -> None:
    p.frame(12, 24, 88, 76, radius=8)
    p.dot(33, 43, 8)
    p.block(20, 54, 46, 67, radius=7)
    p.line((58, 42), (76, 42), width=6)
    p.line((58, 57), (76, 57), width=6)


def _coin(p: Pen) -> None:
    p.ring(50, 50, 37)
    p.line((35, 29), (50, 48), (65, 29), width=7)
    p.line((50, 48), (50, 73), width=7)
    p.line((37, 52), (63, 52), width=6)
    p.line((37, 62), (63, 62), width=6)


def _phone(p: Pen) -> None:
    p.frame(28, 12, 72, 88, radius=8)
    for x, y in ((38, 32), (56, 32), (38, 50)):
        p.block(x, y, x + 10, y + 10, radius=1.5)
    p.block(56, 50, 62, 56)
    p.line((45, 76), (55, 76), width=5)


def _qr(p: Pen) -> None:
    for x, y in ((30, 30), (70, 30), (30, 70)):
        p.frame(x - 14, y - 14, x + 14, y + 14, radius=3)
        p.block(x - 5, y - 5, x + 5, y + 5)
    for x, y in ((60, 60), (78, 60), (69, 71), (60, 80), (80, 80)):
        p.block(x - 4, y - 4, x + 4, y + 4)


def _cloud_off(p: Pen) -> None:
    p.arc(36, 58, 20, 90, 270)
    p.arc(54, 44, 22, 205, 350)
    p.arc(72, 58, 17, -80, 90)
    p.line((36, 78), (72, 78))
    p.line((18, 16), (84, 92), width=7)


def _upload(p: Pen) -> None:
    p.line((50, 68), (50, 18))
    p.head((50, 16), -90, 26)
    p.line((16, 62), (16, 86), (84, 86), (84, 62))


def _tools(p: Pen) -> None:
    p.ring(50, 50, 24, width=13)
    for number in range(4):
        x, y = ((0, -1), (1, 0), (0, 1), (-1, 0))[number]
        p.line((50 + 27 * x, 50 + 27 * y), (50 + 37 * x, 50 + 37 * y), width=15)
        d = 0.7071
        dx, dy = x * d - y * d, x * d + y * d
        p.line((50 + 27 * dx, 50 + 27 * dy), (50 + 37 * dx, 50 + 37 * dy), width=15)


def _calendar(p: Pen) -> None:
    p.frame(16, 24, 84, 84, radius=8)
    p.line((16, 42), (84, 42))
    p.line((34, 14), (34, 28))
    p.line((66, 14), (66, 28))
    p.line((38, 62), (47, 70), (64, 54), width=7)


def _chair(p: Pen) -> None:
    p.line((30, 14), (34, 56), (74, 56))
    p.line((34, 56), (28, 88))
    p.line((74, 56), (76, 88))
    p.line((31, 72), (75, 72), width=6)


def _light(p: Pen) -> None:
    p.dot(50, 50, 17)
    for x, y in ((1, 0), (0, 1), (-1, 0), (0, -1), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7)):
        p.line((50 + 29 * x, 50 + 29 * y), (50 + 39 * x, 50 + 39 * y))
    p.line((50 - 20.3, 50 - 20.3), (50 - 27.3, 50 - 27.3))


def _hand(p: Pen) -> None:
    for x, top in ((33, 34), (45, 20), (57, 18), (69, 28)):
        p.line((x, top), (x, 60), width=10)
    p.block(28, 50, 74, 88, radius=18)
    p.line((18, 52), (34, 72), width=10)


def _left(p: Pen) -> None:
    p.line((86, 50), (16, 50), width=12)
    p.line((44, 20), (14, 50), (44, 80), width=12)


def _right(p: Pen) -> None:
    p.line((14, 50), (84, 50), width=12)
    p.line((56, 20), (86, 50), (56, 80), width=12)


def _up(p: Pen) -> None:
    p.line((50, 86), (50, 16), width=12)
    p.line((20, 44), (50, 14), (80, 44), width=12)


def _down(p: Pen) -> None:
    p.line((50, 14), (50, 84), width=12)
    p.line((20, 56), (50, 86), (80, 56), width=12)


def _nearer(p: Pen) -> None:
    """A small figure with arrows growing out of it: come closer, be larger."""
    _corners(p, outwards=True)


def _farther(p: Pen) -> None:
    _corners(p, outwards=False)


def _corners(p: Pen, *, outwards: bool) -> None:
    p.dot(50, 42, 9)
    p.block(35, 54, 65, 72, radius=9)
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        far, near = (50 + 40 * x, 50 + 40 * y), (50 + 25 * x, 50 + 25 * y)
        tip = far if outwards else near
        back = 1 if outwards else -1
        p.line(near, far)
        p.line((tip[0] - 15 * x * back, tip[1]), tip, (tip[0], tip[1] - 15 * y * back))


def _turn(p: Pen, side: int) -> None:
    """A head seen from above, and an arrow round it. `side`: -1 left, 1 right."""
    p.oval(31, 8, 69, 56)
    start, end = (150.0, 35.0) if side > 0 else (30.0, 145.0)
    p.oval_arc(50, 56, 40, 30, start, end)
    tip = (50 + side * 34.0, 71.0)
    p.head(tip, -50 if side > 0 else -130, 24)


def _tilt(p: Pen, side: int) -> None:
    """A head, and an arrow over it. `side`: -1 left, 1 right."""
    p.oval(31, 36, 69, 88)
    start, end = (215.0, 322.0) if side > 0 else (325.0, 218.0)
    p.oval_arc(50, 50, 40, 36, start, end)
    tip = (50 + side * 34.0, 31.0)
    p.head(tip, 55 if side > 0 else 125, 24)


ICONS: dict[str, Callable[[Pen], None]] = {
    **CHECKLIST_ICONS,
    "attention": _attention,
    "calendar": _calendar,
    "camera": _camera,
    "card": _card,
    "chair": _chair,
    "check": _check,
    "clock": _clock,
    "cloud_off": _cloud_off,
    "coin": _coin,
    "cross": _cross,
    "down": _down,
    "erase": _erase,
    "eye": _eye,
    "farther": _farther,
    "globe": _globe,
    "hand": _hand,
    "help": _help,
    "left": _left,
    "light": _light,
    "lock": _lock,
    "mouth": _mouth,
    "nearer": _nearer,
    "people": _people,
    "person": _person,
    "phone": _phone,
    "qr": _qr,
    "right": _right,
    "ring": lambda p: p.ring(50, 50, 44, width=7),
    "ring_part": lambda p: p.arc(50, 50, 44, -90, 10),
    "tilt_left": lambda p: _tilt(p, -1),
    "tilt_right": lambda p: _tilt(p, 1),
    "tools": _tools,
    "turn_left": lambda p: _turn(p, -1),
    "turn_right": lambda p: _turn(p, 1),
    "undo": _undo,
    "up": _up,
    "upload": _upload,
}
"""Name to what draws it. The arrows bear the names of `kiosk.guidance.model.Arrow`."""

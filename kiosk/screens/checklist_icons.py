"""The signs of what the student is asked, because no camera sees it reliably."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kiosk.screens.pen import Pen


def _make_up(p: Pen) -> None:
    """A lipstick."""
    p.shape([(40, 44), (40, 24), (60, 12), (60, 44)])
    p.block(36, 42, 64, 58)
    p.block(30, 62, 70, 92, radius=5)


def _coloured_lenses(p: Pen) -> None:
    """An eye with a ring round its pupil."""
    p.oval_arc(50, 68, 44, 42, 207, 333)
    p.oval_arc(50, 32, 44, 42, 27, 153)
    p.ring(50, 50, 15, width=6)
    p.dot(50, 50, 6)


def _jewellery(p: Pen) -> None:
    """An ear with a ring."""
    p.oval_arc(50, 34, 22, 24, 120, 400)
    p.line((60, 46), (54, 56), (46, 58), (42, 54))
    p.ring(47, 76, 13, width=6)


def _covered_ears(p: Pen) -> None:
    """Long hair down both sides of a face."""
    p.oval_arc(50, 44, 32, 34, 180, 360)
    p.line((18, 44), (18, 88), width=14)
    p.line((82, 44), (82, 88), width=14)
    p.oval_arc(50, 50, 22, 28, 0, 180)


CHECKLIST_ICONS: Mapping[str, Callable[[Pen], None]] = MappingProxyType(
    {
        "make_up": _make_up,
        "coloured_lenses": _coloured_lenses,
        "jewellery": _jewellery,
        "covered_ears": _covered_ears,
    }
)
"""Named as the declarations of the visit."""

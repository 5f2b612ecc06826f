"""From where the head is in the still to the rectangle that becomes the photo.

The rectangle is upright and has the photo's shape: cropping and scaling only, no rotation, no
mirroring. The face is centred; two free numbers are left, the scale and the eyes' height. They
have to bring eyes, crown and face width into their ranges, and the rectangle must not reach
beyond an edge of the still that cuts the person off. Of all that do, the one is taken whose eyes
are nearest to their target, then whose crown is, as the standard ranks them; the width follows.
Where nothing does, demands are given up one by one, and what is missed is named.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.standards import GeometryRules, Standard

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Head:
    """Where the head is, pixels of one picture from its top left corner.

    Attributes:
        crown_y: top of the hair at the crown.
        eyes_y: middle between the eyes.
        face_width: between the cheeks.
        centre_x: middle between the cheeks.
    """

    crown_y: float
    eyes_y: float
    face_width: float
    centre_x: float


@dataclass(frozen=True, slots=True)
class Miss:
    """A range that is not met.

    Attributes:
        what: ``eyes``, ``crown``, ``face_width`` or ``centre``.
        value: the figure, pixels of the photo.
        limit: the limit it misses, pixels of the photo.
    """

    what: str
    value: float
    limit: float

    @property
    def by(self) -> float:
        """How far beyond the limit it is, pixels of the photo."""
        return abs(self.value - self.limit)


@dataclass(frozen=True, slots=True)
class Framing:
    """The rectangle of the still that becomes the photo.

    Attributes:
        left: its left edge, pixels of the still; may lie outside of the still.
        top: its upper edge.
        scale: pixels of the photo for one pixel of the still.
        width: of the photo, pixels.
        height: of the photo, pixels.
        head: where the head comes to lie, pixels of the photo.
        misses: the ranges of the standard that are not met.
        near: names of the ranges met with less than the standard's warning distance.
    """

    left: float
    top: float
    scale: float
    width: int
    height: int
    head: Head
    misses: tuple[Miss, ...]
    near: tuple[str, ...]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) in pixels of the still."""
        return (
            self.left,
            self.top,
            self.left + self.width / self.scale,
            self.top + self.height / self.scale,
        )


@dataclass(frozen=True, slots=True)
class Room:
    """How far the rectangle may and must reach, pixels of the still; None for no demand.

    Beyond an edge that the person does not touch there is only backdrop, which is replaced.

    Attributes:
        top: the still's upper edge, where it cuts the person off.
        bottom: the still's lower edge, where it cuts the person off.
        hair_top: the highest hair, which the photo must not cut off.
    """

    top: float | None = None
    bottom: float | None = None
    hair_top: float | None = None


def frame(head: Head, standard: Standard, room: Room | None = None) -> Framing:
    """Return the rectangle for a head.

    Args:
        head: in pixels of the still; the crown above the eyes.
        standard: the photo's size and its ranges and targets.
        room: the edges of the still the rectangle must stay within.

    Raises:
        ValueError: the crown is not above the eyes, or the face has no width.
    """
    if head.eyes_y <= head.crown_y or head.face_width <= 0:
        raise ValueError("a head needs a crown above its eyes and a face with a width")
    scale, eyes = _fit(head, standard, room or Room())
    top = head.eyes_y - eyes / scale
    left = head.centre_x - standard.file.width_px / 2 / scale
    placed = place(head, left, top, scale)
    misses, near = judge(placed, standard)
    width, height = standard.file.width_px, standard.file.height_px
    return Framing(left, top, scale, width, height, placed, misses, near)


def place(head: Head, left: float, top: float, scale: float) -> Head:
    """Return where a head lies in the photo made from the rectangle at `left`, `top`."""
    return Head(
        crown_y=(head.crown_y - top) * scale,
        eyes_y=(head.eyes_y - top) * scale,
        face_width=head.face_width * scale,
        centre_x=(head.centre_x - left) * scale,
    )


def judge(head: Head, standard: Standard) -> tuple[tuple[Miss, ...], tuple[str, ...]]:
    """Hold a head, in pixels of the photo, against the standard's ranges.

    Returns:
        the ranges missed, and the names of those met with less than ``warn_px`` to spare.
    """
    rules = standard.geometry
    middle, tolerance = standard.file.width_px / 2, rules.centre_tolerance_px
    ranges = (
        ("eyes", head.eyes_y, rules.eyes_min_px, rules.eyes_max_px),
        ("crown", head.crown_y, rules.crown_min_px, rules.crown_max_px),
        ("face_width", head.face_width, rules.face_width_min_px, rules.face_width_max_px),
        ("centre", head.centre_x, middle - tolerance, middle + tolerance),
    )
    misses, near = [], []
    for what, value, low, high in ranges:
        if value < low or value > high:
            misses.append(Miss(what, value, low if value < low else high))
        elif min(value - low, high - value) < rules.warn_px:
            near.append(what)
    return tuple(misses), tuple(near)


def _fit(head: Head, standard: Standard, room: Room) -> tuple[float, float]:
    """Return scale (photo over still) and the eyes' height (pixels of the photo)."""
    rules = standard.geometry
    rise = head.eyes_y - head.crown_y
    anywhere = Room()
    for margin, with_width, within in (
        (rules.warn_px, True, room),
        (0.0, True, room),
        (0.0, False, room),
        (rules.warn_px, True, anywhere),
        (0.0, True, anywhere),
    ):
        for eyes in _nearest_first(rules, margin):
            low, high = _scales(head, eyes, margin, standard, within, with_width=with_width)
            if low <= high:
                return min(max((eyes - rules.crown_target_px) / rise, low), high), eyes
    # Crown and width contradict each other whatever is done: eyes and crown go before the width.
    return (rules.eyes_target_px - rules.crown_target_px) / rise, rules.eyes_target_px


def _nearest_first(rules: GeometryRules, margin: float) -> list[float]:
    """Return the heights the eyes may have, a pixel apart, the nearest to their target first."""
    target = rules.eyes_target_px
    low, high = rules.eyes_min_px + margin, rules.eyes_max_px - margin
    reach = int(max(target - low, high - target, 0)) + 1
    steps = [0, *(sign * step for step in range(1, reach + 1) for sign in (1, -1))]
    return [target + step for step in steps if low <= target + step <= high]


def _scales(
    head: Head,
    eyes: float,
    margin: float,
    standard: Standard,
    room: Room,
    *,
    with_width: bool,
) -> tuple[float, float]:
    """Return the smallest and the largest scale that meets the demands; none when crossed."""
    rules = standard.geometry
    rise = head.eyes_y - head.crown_y
    low = (eyes - rules.crown_max_px + margin) / rise
    high = (eyes - rules.crown_min_px - margin) / rise
    if with_width:
        low = max(low, (rules.face_width_min_px + margin) / head.face_width)
        high = min(high, (rules.face_width_max_px - margin) / head.face_width)
    if room.bottom is not None:
        below = max(room.bottom - head.eyes_y, _TINY)
        low = max(low, (standard.file.height_px - eyes) / below)
    if room.top is not None:
        low = max(low, eyes / max(head.eyes_y - room.top, _TINY))
    if room.hair_top is not None:
        high = min(high, eyes / max(head.eyes_y - room.hair_top, _TINY))
    return low, high

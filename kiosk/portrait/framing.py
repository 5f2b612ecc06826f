"""From where the head is in the still to the rectangle that becomes the photo.

The rectangle is upright and has the photo's shape: cropping and scaling only, no rotation, no
mirroring. It has three free numbers: a scale and a place. The standard asks for four things: the
eyes' height, the crown's height, the face's width, and a centred face. So the face is centred,
the eyes come to their target, and the scale puts the crown on its target too, unless that takes
the face's width out of its range; then the scale gives way as far as the crown's own range
allows. What cannot be met is named with its distance.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.standards import GeometryRules, Standard


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


def frame(head: Head, standard: Standard) -> Framing:
    """Return the rectangle for a head.

    Args:
        head: in pixels of the still; the crown above the eyes.
        standard: the photo's size and its ranges and targets.

    Raises:
        ValueError: the crown is not above the eyes, or the face has no width.
    """
    rules = standard.geometry
    rise = head.eyes_y - head.crown_y
    if rise <= 0 or head.face_width <= 0:
        raise ValueError("a head needs a crown above its eyes and a face with a width")
    scale = _scale(rise, head.face_width, rules)
    eyes = _eyes_height(rise * scale, rules)
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


def _scale(rise: float, face_width: float, rules: GeometryRules) -> float:
    """Return the scale, photo over still.

    Args:
        rise: from the crown down to the eyes, pixels of the still.
        face_width: pixels of the still.
        rules: the standard's ranges and targets.
    """
    wanted = (rules.eyes_target_px - rules.crown_target_px) / rise
    for margin in (rules.warn_px, 0.0):
        narrow = (rules.face_width_min_px + margin) / face_width
        wide = (rules.face_width_max_px - margin) / face_width
        # With the eyes on their target the crown allows this; with the eyes anywhere in their
        # range it would allow more, but the eyes come first.
        small = (rules.eyes_target_px - rules.crown_max_px + margin) / rise
        large = (rules.eyes_target_px - rules.crown_min_px - margin) / rise
        low, high = max(narrow, small), min(wide, large)
        if low <= high:
            return min(max(wanted, low), high)
    # Width and crown contradict each other while the eyes are on their target. Let the eyes use
    # their range before a range is missed; the crown stands before the width.
    small = (rules.eyes_min_px - rules.crown_max_px) / rise
    large = (rules.eyes_max_px - rules.crown_min_px) / rise
    nearest = min(max(wanted, rules.face_width_min_px / face_width),
                  rules.face_width_max_px / face_width)  # fmt: skip
    # Where even that does not bring the width into its range, eyes and crown keep their targets.
    return nearest if small <= nearest <= large else wanted


def _eyes_height(rise: float, rules: GeometryRules) -> float:
    """Return the eyes' height for a crown `rise` above them, pixels of the photo."""
    low = max(rules.eyes_min_px, rules.crown_min_px + rise)
    high = min(rules.eyes_max_px, rules.crown_max_px + rise)
    if low > high:
        return rules.eyes_target_px
    return min(max(rules.eyes_target_px, low), high)

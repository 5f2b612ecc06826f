"""Where photos stand on a sheet: rows of one size each, with room to cut between them.

Pure arithmetic of whole pixels, so that a sheet has exactly the size it is printed at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.portrait.print_errors import DoesNotFit
from kiosk.portrait.print_sizes import Paper, PhotoSize, to_pixels

GAP_MM = 3.0
"""Between two photos: room for the marks of both, and for scissors."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One photo on the sheet, pixels from its top left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet.

    Attributes:
        width, height: of the paper, pixels.
        spots: where the photos stand, row by row.
    """

    width: int
    height: int
    spots: tuple[Spot, ...]


def lay_out(
    paper: Paper, sizes: Sequence[PhotoSize], dpi: int, copies: int | None = None
) -> Layout:
    """Fill a sheet, upright or across, whichever holds more photos.

    Args:
        paper: the sheet.
        sizes: of the photos; several share the rows in turn, each has one at least.
        dpi: dots per inch.
        copies: at most so many of each size; None for as many as have room.

    Raises:
        DoesNotFit: a size asked for has no room, or fewer than `copies` have.
    """
    found = [
        layout
        for across in (False, True)
        if (layout := _fill(paper, sizes, dpi, copies, across=across)) is not None
    ]
    if not found:
        wanted = " and ".join(
            f"{copies or 'a row'} of {size.width_mm:g} x {size.height_mm:g} mm" for size in sizes
        )
        raise DoesNotFit(
            f"{wanted} have no room on {paper.title_en} paper. "
            "Ask for fewer photos, a smaller size, or larger paper."
        )
    return max(found, key=lambda layout: len(layout.spots))


def _fill(
    paper: Paper, sizes: Sequence[PhotoSize], dpi: int, copies: int | None, *, across: bool
) -> Layout | None:
    """Return the sheet one way up; None when it does not hold what is asked for."""
    width, height = paper.pixels(dpi)
    if across:
        width, height = height, width
    margin, gap = to_pixels(paper.margin_mm, dpi), to_pixels(GAP_MM, dpi)
    room = (width - 2 * margin, height - 2 * margin)
    rows = _rows([size.pixels(dpi) for size in sizes], room, gap, copies)
    if rows is None:
        return None
    used = sum(photo[1] for photo, _ in rows) + gap * (len(rows) - 1)
    top, spots = (height - used) // 2, []
    for (photo_width, photo_height), count in rows:
        row = count * photo_width + (count - 1) * gap
        left = (width - row) // 2
        for column in range(count):
            at = left + column * (photo_width + gap)
            spots.append(Spot(at, top, photo_width, photo_height))
        top += photo_height + gap
    return Layout(width, height, tuple(spots))


_Row = tuple[tuple[int, int], int]
"""((width, height) of each photo, how many), pixels."""


def _rows(
    photos: Sequence[tuple[int, int]], room: tuple[int, int], gap: int, copies: int | None
) -> list[_Row] | None:
    """Take a row for each size in turn until no more have room."""
    left = [copies] * len(photos)
    counts = [0] * len(photos)
    rows: list[list[_Row]] = [[] for _ in photos]
    free = room[1] + gap
    more = True
    while more:
        more = False
        for index, (width, height) in enumerate(photos):
            remaining = left[index]
            columns = (room[0] + gap) // (width + gap)
            count = columns if remaining is None else min(columns, remaining)
            if count < 1 or height + gap > free:
                continue
            free -= height + gap
            rows[index].append(((width, height), count))
            counts[index] += count
            if remaining is not None:
                left[index] = remaining - count
            more = True
    least = 1 if copies is None else copies
    if min(counts) < least:
        return None
    return [row for of_size in rows for row in of_size]

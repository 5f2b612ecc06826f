"""Which of a USB camera's picture sizes to stream at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from hardware.v4l2_ioctl import FrameSize

Size: TypeAlias = tuple[int, int]
"""(width, height), pixels."""

# Slower streams make the live view stutter and each still wait.
_LEAST_RATE: Final = 15.0
# By 30 a second 29.97 is meant as well.
_ROUNDING: Final = 0.99


def stream_size(
    offered: Sequence[FrameSize], frames_per_second: float, enough: Size | None = None
) -> Size | None:
    """Return the size to stream at; None when the camera lists none.

    Only sizes sent fast enough count: as fast as the live view, or 15 a second. Without any,
    all do.

    Args:
        offered: the sizes the camera lists.
        frames_per_second: of the live view.
        enough: (width, height) that is enough, for the smallest size that holds it. None for
            the largest.
    """
    needed = min(frames_per_second, _LEAST_RATE) * _ROUNDING
    fast = [size for size in offered if not 0.0 < size.frames_per_second < needed]
    sizes = sorted(
        {(size.width, size.height) for size in fast or offered},
        key=lambda size: (size[0] * size[1], size),
    )
    if not sizes:
        return None
    if enough is None:
        return sizes[-1]
    holding = (size for size in sizes if size[0] >= enough[0] and size[1] >= enough[1])
    return next(holding, sizes[-1])


def in_words(size: Size) -> str:
    """Return a size as staff read it."""
    return f"{size[0]}×{size[1]}"


def listed(offered: Sequence[FrameSize]) -> str:
    """Say which sizes a camera has."""
    if not offered:
        return "It does not say which it has."
    sizes = sorted({(size.width, size.height) for size in offered}, reverse=True)
    return "It has: " + ", ".join(in_words(size) for size in sizes) + "."

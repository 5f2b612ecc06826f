"""Frames that stay where the child wrote them: no copy, and still nobody sees one change.

The memory shared with a child is cut into areas of one size. The first takes stills, the others
take frames. Each frame is written into an area nobody holds; it is held as long as any array of
its pixels lives, and free again by itself. When all are held a frame goes through the first area
and is copied out of it, so that whoever keeps many frames costs a copy and stops nothing.
"""

from __future__ import annotations

import weakref
from typing import Any, Final

import numpy as np

from hardware.base import Pixels

FRAME_AREAS: Final = 8
"""As many as screen, guidance and the watch for a frozen picture hold at once, and some more.
Memory that was never written to takes none."""


class _HeldArray(np.ndarray[Any, np.dtype[np.uint8]]):
    """Lives as long as any array of its pixels.

    An array's slices have not that array as their base but its own base, for as long as the
    classes are the same; so this one has a class of its own, and no array for a base.
    """

    exported: Pixels
    """Keeps the memory mapped: an array built over a buffer does not."""


class FrameAreas:
    """The areas of one child's memory. Use it from one thread at a time.

    Args:
        memory: all of it.
        area_bytes: size of each area.
    """

    def __init__(self, memory: memoryview, area_bytes: int) -> None:
        self._memory = memory
        self._area_bytes = area_bytes
        self._holders: list[weakref.ref[_HeldArray] | None] = [None] * FRAME_AREAS
        self._asked = 0

    def ask(self) -> tuple[int, int]:
        """Return (offset, length) of the area the next frame is to be written to, bytes.

        It stays that frame's until this is called again.
        """
        free = (
            index for index, held in enumerate(self._holders, 1) if held is None or held() is None
        )
        self._asked = next(free, 0)
        return self._asked * self._area_bytes, self._area_bytes

    def pixels(self, shape: tuple[int, int, int]) -> Pixels:
        """Return the frame that was written where `ask` said, read-only.

        Args:
            shape: (height, width, 3).

        Raises:
            ValueError: that is larger than an area, or no shape at all.
        """
        height, width, channels = shape
        length = height * width * channels
        if min(shape) < 0 or length > self._area_bytes:
            raise ValueError(f"a frame of the shape {shape} does not fit")
        at = self._asked * self._area_bytes
        exported = np.frombuffer(self._memory, np.uint8, length, at)
        if self._asked:
            held = _HeldArray(shape, np.uint8, self._memory, at)
            held.exported = exported
            self._holders[self._asked - 1] = weakref.ref(held)
            pixels = held.view(np.ndarray)
        else:
            pixels = exported.reshape(shape).copy()
        pixels.flags.writeable = False
        return pixels

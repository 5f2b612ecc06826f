"""Which exposure time a camera that looks for codes has at which frame.

A phone held up is darker or brighter than the room by a factor of ten either way, and automatic
exposure looks at the room. So the camera takes a few short exposure times in turn: one of them
shows the screen neither burnt out nor black, and short ones do not smear in a hand that moves.
"""

from __future__ import annotations

from collections.abc import Sequence


def exposure_in_turn(number: int, exposures_s: Sequence[float], frames_each: int) -> float:
    """Return the exposure time to have set while a frame is waited for.

    Args:
        number: the frame's, from 0.
        exposures_s: the times, in turn, seconds; at least one.
        frames_each: how many frames each lasts. A USB camera shows a new time two or three
            frames later, so fewer than four would show hardly any frame of each.

    Returns:
        Seconds.
    """
    return exposures_s[number // frames_each % len(exposures_s)]

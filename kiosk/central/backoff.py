"""When to try again."""

from __future__ import annotations

from collections.abc import Callable

Random = Callable[[], float]
"""Returns a float in [0, 1)."""


def delay_s(failures: int, first_s: float, longest_s: float, random: Random) -> float:
    """Return the seconds to wait after `failures` failures in a row.

    Exponential with "equal jitter": half of the step is fixed, half is random, so that many
    booths cut off by one fault do not all come back in the same second.

    Args:
        failures: how many, 1 or more.
        first_s: the step after the first failure, seconds.
        longest_s: the step never grows above this, seconds.
        random: the source of the jitter.
    """
    # 2**64 seconds is for ever; the cap keeps the power finite after weeks without a network.
    step = min(longest_s, first_s * 2.0 ** min(max(failures, 1) - 1, 64))
    return step * (0.5 + 0.5 * random())

"""Thousands of stills in a row: does a camera last, and does it come back by itself?

Each still is decoded to its last byte and compared with the one before. A fault is counted, and
the time until stills come again measured; a camera that stays away ends the run.
"""

from __future__ import annotations

import os
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hardware.base import Camera, Still
from hardware.errors import HardwareError
from kiosk.devices.process_size import Growth, process_size
from kiosk.devices.trial import whole_size

MEMORY_LIMIT_MB = 20.0
"""More growth than this of the driver's process is a leak."""
_SETTLED_AFTER = 50
_RETRY_PAUSE_S = 0.1


@dataclass(slots=True)
class Soak:
    """What came of it, so far.

    Attributes:
        stills: whole and new ones.
        repeated: the same file as the still before, byte for byte.
        faults: how often each kind of error came.
        last_fault: the latest in words.
        lasted_s: how long each still took, seconds.
        away_s: how long each time without stills lasted, seconds.
        seconds: of the whole run.
        restarts: of the driver's process.
        gave_up: why the run ended early; empty when it did not.
        child, own: growth of the driver's process, and of this one.
    """

    stills: int = 0
    repeated: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    last_fault: str = ""
    lasted_s: list[float] = field(default_factory=list)
    away_s: list[float] = field(default_factory=list)
    seconds: float = 0.0
    restarts: int = 0
    gave_up: str = ""
    child: Growth = field(default_factory=lambda: Growth(_SETTLED_AFTER))
    own: Growth = field(default_factory=lambda: Growth(_SETTLED_AFTER))

    @property
    def passed(self) -> bool:
        """Whether nothing went wrong, and nothing grew."""
        grown = (self.child, self.own)
        return (
            not self.faults.total()
            and not self.repeated
            and not self.gave_up
            and self.stills > 0
            and all(growth.memory_mb < MEMORY_LIMIT_MB and growth.handles <= 0 for growth in grown)
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON says them."""
        lasted = sorted(self.lasted_s)
        return {
            "passed": self.passed,
            "stills": self.stills,
            "repeated": self.repeated,
            "faults": dict(self.faults),
            "last_fault": self.last_fault,
            "gave_up": self.gave_up,
            "seconds": round(self.seconds, 1),
            "still_median_s": round(statistics.median(lasted), 3) if lasted else None,
            "still_p99_s": round(lasted[int(0.99 * (len(lasted) - 1))], 3) if lasted else None,
            "still_max_s": round(lasted[-1], 3) if lasted else None,
            "away_times": len(self.away_s),
            "away_max_s": round(max(self.away_s, default=0.0), 2),
            "restarts": self.restarts,
            "driver_memory_peak_mb": round(self.child.peak_mb, 1),
            "driver_memory_growth_mb": round(self.child.memory_mb, 1),
            "driver_handles_growth": self.child.handles,
            "own_memory_growth_mb": round(self.own.memory_mb, 1),
            "own_handles_growth": self.own.handles,
        }


def soak(
    camera: Camera,
    *,
    stills: int | None,
    seconds: float | None,
    deadline_s: float,
    give_up_after_s: float,
    on_still: Callable[[Soak, Still], None] = lambda *_: None,
    clock: Callable[[], float] = time.monotonic,
) -> Soak:
    """Take stills until there are enough, or time is up.

    Args:
        camera: opened and closed here.
        stills: so many; None for no limit.
        seconds: so long; None for no limit.
        deadline_s: to each still, seconds.
        give_up_after_s: without a still for so long the run ends, seconds.
        on_still: told after each still.
        clock: seconds, monotonic.
    """
    result, before = Soak(), ""
    began = away_since = clock()
    away = False
    try:
        while (stills is None or result.stills < stills) and (
            seconds is None or clock() - began < seconds
        ):
            asked_at = clock()
            try:
                camera.open()
                still = camera.capture_still(deadline_s)
                whole_size(still)
            except HardwareError as error:
                result.last_fault = str(error)
                if not away:  # one fault, however often it is told
                    result.faults[type(error).__name__] += 1
                    away, away_since = True, asked_at
                if clock() - away_since > give_up_after_s:
                    result.gave_up = f"No still for {give_up_after_s:g} s: {error}"
                    break
                time.sleep(_RETRY_PAUSE_S)
                continue
            if away:
                result.away_s.append(clock() - away_since)
                away = False
            result.lasted_s.append(clock() - asked_at)
            result.repeated += still.sha256 == before
            before = still.sha256
            result.stills += 1
            _measure(camera, result)
            result.seconds = clock() - began
            on_still(result, still)
    finally:
        result.seconds = clock() - began
        result.restarts = camera.state().restarts
        camera.close()
    return result


def _measure(camera: Camera, result: Soak) -> None:
    child = getattr(camera, "child_pid", None)
    if child is not None:
        result.child.note(child, process_size(child))
    result.own.note(os.getpid(), process_size(os.getpid()))
    result.restarts = camera.state().restarts

"""The camera focuses when a sitter begins to hold still, once for each attempt."""

from __future__ import annotations

from types import SimpleNamespace

from kiosk.booth.focusing import Focusing
from kiosk.guidance.model import Coaching, CoachWord


def test_focus_comes_with_the_ring_once_an_attempt():
    ordered = []
    focusing = Focusing(lambda: ordered.append("focus"))

    def say(ring: float, *, seen: bool = True, shoot: bool = False) -> int:
        focusing(SimpleNamespace(), CoachWord(Coaching(None, None, ring), seen, shoot))
        return len(ordered)

    assert say(0.0) == 0
    assert say(0.1) == 1
    assert say(0.5) == 1
    assert say(0.0) == 1, "the picture stood while the camera focused"
    assert say(0.4) == 1
    assert say(1.0, shoot=True) == 1
    assert say(0.1) == 2, "another attempt"
    assert say(0.0, seen=False) == 2
    assert say(0.1) == 3, "another sitter"

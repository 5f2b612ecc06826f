"""Has the camera focus when a sitter begins to hold still, so that it is done before the shot."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.guidance.model import Assessment, CoachWord


class Focusing:
    """A listener of the coach's words. Orders focus once for each attempt.

    A camera may send no picture while it focuses, which can empty the ring; focusing again for
    the same sitter would then never end.

    Args:
        focus: has the camera focus; returns at once.
    """

    def __init__(self, focus: Callable[[], None]) -> None:
        self._focus = focus
        self._done = False

    def __call__(self, assessment: Assessment, word: CoachWord) -> None:
        """Take in one word of the coach."""
        del assessment
        if word.shoot or not word.face_seen:
            self._done = False
        elif word.coaching.ring > 0.0 and not self._done:
            self._done = True
            self._focus()

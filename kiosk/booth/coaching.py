"""The coach's words on their way to visit, screen and whoever else listens."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from kiosk.booth.ports import Screen
from kiosk.guidance.model import Assessment, Coaching, CoachWord
from kiosk.visit.model import Coached, Event, Fault, FaultCleared, FaultRaised

Listener = Callable[[Assessment, CoachWord], None]


class CoachRelay:
    """Passes a word on when it says something new, and at least every `repeat_s`.

    Args:
        post: hands an event to the visit.
        screen: draws the outline.
        listeners: told every assessment and word, such as the demo's played sitter.
        repeat_s: a sitter who is seen keeps the visit alive; seconds.
        on_failing: called with True when the face models stop answering, False when they do
            again.
    """

    def __init__(
        self,
        post: Callable[[Event], None],
        screen: Screen,
        listeners: Sequence[Listener],
        *,
        repeat_s: float,
        on_failing: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._post = post
        self._screen = screen
        self._listeners = tuple(listeners)
        self._repeat_s = repeat_s
        self._on_failing = on_failing
        self._said: tuple[Coaching, bool] | None = None
        self._said_at = 0.0
        self._failing = False

    def failed(self, error: Exception) -> None:
        """Tell the visit, once, that the face models do not answer."""
        del error  # guidance has logged it
        if not self._failing:
            self._failing = True
            self._on_failing(True)
            self._post(FaultRaised(Fault.GUIDANCE))

    def __call__(self, assessment: Assessment, word: CoachWord) -> None:
        """Pass one word on."""
        if self._failing:
            self._failing = False
            self._on_failing(False)
            self._post(FaultCleared(Fault.GUIDANCE))
        self._screen.show_outline(assessment.outline, all_good=assessment.all_hold)
        now = time.monotonic()
        saying = (word.coaching, word.face_seen)
        if word.shoot or saying != self._said or now - self._said_at >= self._repeat_s:
            self._said, self._said_at = saying, now
            self._post(Coached(word.coaching, face_seen=word.face_seen, shoot=word.shoot))
        for listener in self._listeners:
            listener(assessment, word)

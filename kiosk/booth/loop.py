"""The visit's loop: one thread that steps the pure machine and hands its effects on."""

from __future__ import annotations

import contextlib
import logging
import queue
import time
from collections.abc import Callable

from kiosk.booth.thread_life import ThreadLife
from kiosk.mistakes import Mistakes
from kiosk.visit.machine import step
from kiosk.visit.model import Effect, Event, Tick, Visit, VisitRules

log = logging.getLogger(__name__)
_mistakes = Mistakes(log)

TICK_S = 0.1
"""Seconds between two ticks; the finest time-out is a second."""
STALLED_S = 5.0
"""A loop that has not ticked for so long hangs, and the watchdog is not fed any more."""


class VisitLoop(ThreadLife):
    """Owns the visit. Events may be posted from any thread; they are handled in order.

    Args:
        visit: the visit to begin with, idle.
        rules: the visit's figures.
        perform: carries an effect out; must return at once.
        show: told each new visit; must return at once.
    """

    def __init__(
        self,
        visit: Visit,
        rules: VisitRules,
        *,
        perform: Callable[[Effect], None],
        show: Callable[[Visit], None],
    ) -> None:
        super().__init__("visit")
        self._visit = visit
        self._rules = rules
        self._perform = perform
        self._show = show
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._turned_at = 0.0
        self._next_tick = 0.0

    @property
    def is_turning(self) -> bool:
        """Whether a tick was handled in the last few seconds."""
        return time.monotonic() - self._turned_at < STALLED_S

    @property
    def visit(self) -> Visit:
        """The visit as it is now; frozen, so it can be read from any thread."""
        return self._visit

    def post(self, event: Event) -> None:
        """Queue an event; returns at once."""
        self._events.put(event)

    def start(self) -> None:
        """Start the thread."""
        self._show(self._visit)
        super().start()

    def _step(self) -> None:
        now = time.monotonic()
        if now >= self._next_tick:
            self._handle(Tick(now))
            self._turned_at = now
            self._next_tick = now + TICK_S
        with contextlib.suppress(queue.Empty):
            left = max(0.0, self._next_tick - time.monotonic())
            self._handle(self._events.get(timeout=left))

    def _handle(self, event: Event) -> None:
        """Take one step. No mistake of a room ends this thread: without it the booth is dead."""
        before = self._visit
        try:
            self._visit, effects = step(before, event, self._rules)
        except Exception as error:  # noqa: BLE001 - logged; this thread must live
            _mistakes.made(f"the visit could not take {type(event).__name__} in", error)
            return
        if self._visit.state is not before.state:
            log.info("visit: %s -> %s", before.state, self._visit.state)
        if self._visit is not before:
            self._show_safely()
        for effect in effects:
            try:
                self._perform(effect)
            except Exception as error:  # noqa: BLE001 - logged; the other effects are still due
                _mistakes.made(f"{type(effect).__name__} could not be begun", error)

    def _show_safely(self) -> None:
        try:
            self._show(self._visit)
        except Exception as error:  # noqa: BLE001 - logged; this thread must live
            _mistakes.made("the visit cannot be shown", error)

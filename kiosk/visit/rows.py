"""A row of the transition table: where, on what, under which condition, what is done, where to.

An action is a function of the visit and the event; it changes what is known and returns effects,
never the state: that is the row's `target`, so that the diagram can be drawn from the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from kiosk.visit.effects import Effect
from kiosk.visit.events import Button, Touched
from kiosk.visit.state import State, Visit, VisitRules

Step = tuple[Visit, tuple[Effect, ...]]
"""A visit after an event, and what is to be done."""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No sign of the student for this state's time. Comes of a `Tick`."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """An awaited answer did not come in time. Comes of a `Tick`."""


RETURN: Literal["return"] = "return"
"""The target of HELP, STAFF and FAULT: where the visit was before."""

Target = State | Literal["return"] | None
Trigger = type[Any] | Button

E = TypeVar("E")
Act = Callable[[Visit, Any, VisitRules], Step]
Guard = Callable[[Visit, Any, VisitRules], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One transition.

    Attributes:
        source: the state it starts from. Answers to requests of a state that HELP, STAFF or
            FAULT covers find that state's rows.
        trigger: the event's class, or the button touched.
        target: the next state; None stays; `RETURN` goes back to the covered one.
        act: what is done.
        guard: the row counts only where this holds; of several rows the first one counts.
        when: the guard in words, for the diagram.
        keeps_notice: whether the sentence on the screen stays.
    """

    source: State
    trigger: Trigger
    target: Target
    act: Act
    guard: Guard
    when: str = ""
    keeps_notice: bool = False


def _nothing(visit: Visit, event: object, rules: VisitRules) -> Step:
    del event, rules
    return visit, ()


def _always(visit: Visit, event: object, rules: VisitRules) -> bool:
    del visit, event, rules
    return True


def on(
    source: State,
    trigger: type[E],
    target: Target,
    *,
    act: Callable[[Visit, E, VisitRules], Step] = _nothing,
    guard: Callable[[Visit, E, VisitRules], bool] = _always,
    when: str = "",
    keeps_notice: bool = False,
) -> Row:
    """Return the row for an event of class `trigger`."""
    return Row(source, trigger, target, act, guard, when, keeps_notice)


def touch(
    source: State,
    button: Button,
    target: Target,
    *,
    act: Callable[[Visit, Touched, VisitRules], Step] = _nothing,
    guard: Callable[[Visit], bool] = lambda _: True,
    when: str = "",
) -> Row:
    """Return the row for a touched button; its guard depends on the visit alone."""
    return Row(source, button, target, act, lambda visit, *_: guard(visit), when)


def touch_in(
    sources: Iterable[State],
    button: Button,
    target: Target,
    *,
    act: Callable[[Visit, Touched, VisitRules], Step] = _nothing,
    guard: Callable[[Visit], bool] = lambda _: True,
    when: str = "",
) -> tuple[Row, ...]:
    """Return the same row for each of several states."""
    return tuple(touch(s, button, target, act=act, guard=guard, when=when) for s in sources)

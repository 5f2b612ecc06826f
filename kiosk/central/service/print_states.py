"""The life of an order of prints: one table of transitions, and who may make them.

`TRANSITIONS` is the only place that says what may follow what. None stands for "no order yet".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType


class PrintState(enum.StrEnum):
    """Where an order of prints is."""

    ORDERED = "ordered"
    """Not paid yet."""
    PAID = "paid"
    PRINTING = "printing"
    SHIPPED = "shipped"
    READY = "ready"
    """Printed, and waits to be picked up."""
    RECEIVED = "received"
    CANCELLED = "cancelled"


class PrintAction(enum.StrEnum):
    """What is done to it."""

    ORDER = "order"
    PAY = "pay"
    CANCEL = "cancel"
    """The student takes it back, before it is made."""
    REFUSE = "refuse"
    """The print shop cannot make it; what was paid goes back."""
    PRINT = "print"
    SHIP = "ship"
    LAY_OUT = "lay_out"
    """Laid out to be picked up."""
    RECEIVE = "receive"
    """The student has it: so they say, or whoever handed it over, or long enough has passed."""


class PrintParty(enum.StrEnum):
    """Who does it."""

    STUDENT = "student"
    SHOP = "print shop"
    PAYMENT = "payment"
    EITHER = "student or print shop"


_S, _A = PrintState, PrintAction

TRANSITIONS: Mapping[tuple[PrintState | None, PrintAction], PrintState] = MappingProxyType(
    {
        (None, _A.ORDER): _S.ORDERED,
        (_S.ORDERED, _A.PAY): _S.PAID,
        (_S.ORDERED, _A.CANCEL): _S.CANCELLED,
        (_S.PAID, _A.CANCEL): _S.CANCELLED,
        (_S.ORDERED, _A.REFUSE): _S.CANCELLED,
        (_S.PAID, _A.REFUSE): _S.CANCELLED,
        (_S.PAID, _A.PRINT): _S.PRINTING,
        (_S.PRINTING, _A.REFUSE): _S.CANCELLED,
        (_S.PRINTING, _A.SHIP): _S.SHIPPED,
        (_S.PRINTING, _A.LAY_OUT): _S.READY,
        (_S.SHIPPED, _A.RECEIVE): _S.RECEIVED,
        (_S.READY, _A.RECEIVE): _S.RECEIVED,
    }
)

PARTIES: Mapping[PrintAction, PrintParty] = MappingProxyType(
    {
        _A.ORDER: PrintParty.STUDENT,
        _A.PAY: PrintParty.PAYMENT,
        _A.CANCEL: PrintParty.STUDENT,
        _A.REFUSE: PrintParty.SHOP,
        _A.PRINT: PrintParty.SHOP,
        _A.SHIP: PrintParty.SHOP,
        _A.LAY_OUT: PrintParty.SHOP,
        _A.RECEIVE: PrintParty.EITHER,
    }
)

UNDER_WAY = (_S.PAID, _S.PRINTING, _S.SHIPPED, _S.READY)
"""Paid and not in the student's hands: photo and address are needed."""
ENDED = (_S.RECEIVED, _S.CANCELLED)


class IllegalPrintTransition(Exception):  # noqa: N818 - the field's word for it
    """The action is not possible in this state; the order of prints stays as it is."""


def next_state(state: PrintState | None, action: PrintAction) -> PrintState:
    """Return the state after `action`.

    Raises:
        IllegalPrintTransition: the table has no such line.
    """
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        raise IllegalPrintTransition(
            f"Prints that are {state or 'not ordered yet'} cannot be: {action}."
        ) from None


def table_as_markdown() -> str:
    """Return the table as it stands in the documentation."""
    lines = ["| state | action | by | next state |", "|---|---|---|---|"]
    for (state, action), after in TRANSITIONS.items():
        lines.append(f"| {state or '(none)'} | {action} | {PARTIES[action]} | {after} |")
    return "\n".join(lines)

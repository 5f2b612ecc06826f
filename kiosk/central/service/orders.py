"""The life of an order: one table of transitions, and who may make them.

`TRANSITIONS` is the only place that says what may follow what. None stands for "no order yet".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

from kiosk.central.contract import OrderState


class Action(enum.StrEnum):
    """What is done to an order."""

    START = "start"
    """A student begins on a phone, without a photo yet."""
    SUBMIT = "submit"
    """A photo comes in: the first, or a new version."""
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REJECT = "reject"
    UNDO = "undo"
    """The reviewer takes back what they have just decided."""
    PROCESS = "process"
    """The approved photo goes into production."""
    FINISH = "finish"
    """It can be downloaded, and has been handed over."""


class Party(enum.StrEnum):
    """Who does it."""

    BOOTH = "booth"
    STUDENT = "student"
    REVIEWER = "reviewer"
    MANAGER = "manager"


TRANSITIONS: Mapping[tuple[OrderState | None, Action], OrderState] = MappingProxyType(
    {
        (None, Action.START): OrderState.STARTED,
        (None, Action.SUBMIT): OrderState.PENDING,
        (OrderState.STARTED, Action.SUBMIT): OrderState.PENDING,
        (OrderState.PENDING, Action.SUBMIT): OrderState.PENDING,
        (OrderState.PENDING, Action.WITHDRAW): OrderState.WITHDRAWN,
        (OrderState.PENDING, Action.APPROVE): OrderState.APPROVED,
        (OrderState.PENDING, Action.REJECT): OrderState.REJECTED,
        (OrderState.APPROVED, Action.UNDO): OrderState.PENDING,
        (OrderState.REJECTED, Action.UNDO): OrderState.PENDING,
        (OrderState.REJECTED, Action.SUBMIT): OrderState.PENDING,
        (OrderState.WITHDRAWN, Action.SUBMIT): OrderState.PENDING,
        (OrderState.APPROVED, Action.PROCESS): OrderState.PROCESSING,
        (OrderState.PROCESSING, Action.FINISH): OrderState.DONE,
    }
)

PARTIES: Mapping[Action, Party] = MappingProxyType(
    {
        Action.START: Party.STUDENT,
        Action.SUBMIT: Party.BOOTH,
        Action.WITHDRAW: Party.STUDENT,
        Action.APPROVE: Party.REVIEWER,
        Action.REJECT: Party.REVIEWER,
        Action.UNDO: Party.REVIEWER,
        Action.PROCESS: Party.MANAGER,
        Action.FINISH: Party.MANAGER,
    }
)


class IllegalTransition(Exception):  # noqa: N818 - the field's word for it
    """The action is not possible in this state; the order stays as it is."""

    def __init__(self, state: OrderState | None, action: Action) -> None:
        super().__init__(f"An order that is {state or 'not there yet'} cannot be: {action}.")
        self.state = state
        self.action = action


def next_state(state: OrderState | None, action: Action) -> OrderState:
    """Return the state after `action`.

    Raises:
        IllegalTransition: the table has no such line.
    """
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        raise IllegalTransition(state, action) from None


def table_as_markdown() -> str:
    """Return the table as it stands in the documentation."""
    lines = ["| state | action | by | next state |", "|---|---|---|---|"]
    for (state, action), after in TRANSITIONS.items():
        lines.append(f"| {state or '(none)'} | {action} | {PARTIES[action]} | {after} |")
    return "\n".join(lines)

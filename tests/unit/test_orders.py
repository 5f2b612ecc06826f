"""The states of an order: nothing happens that the table does not say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from kiosk.central.contract import OrderState
from kiosk.central.service import history
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import (
    PARTIES,
    TRANSITIONS,
    Action,
    IllegalTransition,
    next_state,
    table_as_markdown,
)
from kiosk.central.service.tables import Base, Batch, Event, Order

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LOCKED = {OrderState.APPROVED, OrderState.PROCESSING, OrderState.DONE}


@given(st.lists(st.sampled_from(Action)))
def test_no_path_leaves_the_table(actions: list[Action]) -> None:
    state: OrderState | None = None
    for action in actions:
        try:
            after = next_state(state, action)
        except IllegalTransition:
            assert (state, action) not in TRANSITIONS
        else:
            assert after is TRANSITIONS[state, action]
            state = after


@given(st.lists(st.sampled_from([a for a in Action if a is not Action.UNDO]), min_size=1))
def test_what_is_approved_never_goes_back_once_the_reviewer_cannot_undo_it(
    actions: list[Action],
) -> None:
    state: OrderState | None = OrderState.APPROVED
    for action in actions:
        try:
            state = next_state(state, action)
        except IllegalTransition:
            continue
        assert state in LOCKED


def test_every_state_can_be_reached_and_only_the_last_is_an_end() -> None:
    assert set(TRANSITIONS.values()) == set(OrderState)
    ends = set(OrderState) - {state for state, _ in TRANSITIONS}
    assert ends == {OrderState.DONE}


def test_a_photo_is_withdrawn_while_pending_only() -> None:
    assert [s for s, a in TRANSITIONS if a is Action.WITHDRAW] == [OrderState.PENDING]


def test_every_action_has_somebody_to_do_it() -> None:
    assert set(PARTIES) == set(Action)


def test_the_documentation_has_this_very_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "central.md"
    assert table_as_markdown() in page.read_text(encoding="utf-8")


class OrderInTheDatabase(RuleBasedStateMachine):
    """An order changed at random: its state, its log and the table always agree."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = create_engine("sqlite://")
        Base.metadata.create_all(self.engine)
        self.session = Session(self.engine)
        batch = Batch(
            code="TEST", code_key="TEST", school="", title="", standard="chsi", background="blue",
            glasses="forbid", bracket_policy="count", fee_fen=0, payment_methods=[], takes=4,
            created_at=NOW,
        )  # fmt: skip
        self.order = Order(
            id="0" * 16, batch=batch, code_hash="", state=OrderState.PENDING, version=1,
            masked_name="", masked_number="", last_four="", created_at=NOW, pending_since=NOW,
        )  # fmt: skip
        self.session.add(self.order)
        self.session.flush()
        self.expected = OrderState.PENDING
        self.changes = 0

    def teardown(self) -> None:
        self.session.close()
        self.engine.dispose()

    @rule(action=st.sampled_from(Action))
    def do(self, action: Action) -> None:
        after = TRANSITIONS.get((self.expected, action))
        if after is None:
            with pytest.raises(ServiceError) as refused:
                history.change(self.session, self.order, action, "test", NOW, {})
            assert refused.value.status == 409
            assert refused.value.answer.remedy
        else:
            history.change(self.session, self.order, action, "test", NOW, {})
            self.expected = after
            self.changes += 1
        self.session.flush()

    @precondition(lambda self: self.changes)
    @rule()
    def look_again(self) -> None:
        self.session.expire_all()

    @invariant()
    def state_and_log_agree(self) -> None:
        log = self.session.scalars(select(Event).order_by(Event.id)).all()
        assert len(log) == self.changes
        state = OrderState.PENDING
        for line in log:
            assert line.state_before == state
            state = TRANSITIONS[OrderState(line.state_before), Action(line.action)]
            assert line.state_after == state
        assert self.order.state == state == self.expected


TestOrderInTheDatabase = OrderInTheDatabase.TestCase
TestOrderInTheDatabase.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)

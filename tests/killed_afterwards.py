"""What comes after the shot, killed again and again: reviews, payments on phones, deliveries.

Run as ``python killed_afterwards.py central.toml KILLS`` it prints its counts as JSON, and fails
when something confirmed is lost, or what is kept twice does not agree: an order and its log, orders
and deliveries, reviewers' figures and their decisions, numbers of orders and the orders, payments
and the ledger.
"""

from __future__ import annotations

import io
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from central_samples import jpeg, sha256, submission
from killed_lives import told_by_the_killed
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.central.contract import OrderState, PaymentState
from kiosk.central.service import (
    decisions,
    deliveries,
    intake,
    ledger,
    order_counts,
    own_payments,
    payments,
    reconciliation,
    review,
    review_days,
    second_look,
    staff,
)
from kiosk.central.service.china_time import day_of
from kiosk.central.service.context import open_service
from kiosk.central.service.delivery_tables import Export
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import Action, next_state
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import (
    Booth,
    Decision,
    Event,
    Order,
    Payment,
    SecondLook,
    Staff,
)
from kiosk.central.service.tables import review_days as days_table

BATCH = "Z3K8F7"
PHOTOS = 48
"""Photos made before the first kill; their orders are worked on by all lives."""
_POLICY = decisions.Policy(lease_s=300, undo_s=10, second_look_percent=100)
_LATER = timedelta(minutes=1)
NOTHING = "nothing"


class KilledAfterwards:
    """A service that is forked for each life; what they confirmed is held against the end."""

    def __init__(self, config: Path) -> None:
        self._service = open_service(load_service_settings(config))
        self._rng = random.Random()
        database = self._service.database
        self._booth = database.read(lambda s: s.scalars(select(Booth)).one())
        self._people = [database.write(lambda s, n=n: self._reviewer(s, n)) for n in ("li", "wu")]
        self._sent = 0
        for _ in range(PHOTOS):
            self._send()
        self.confirmed: set[str] = set()
        database.close()

    def kill(self, number: int) -> None:
        """Let it live for one to three pieces of work, and kill it in the middle of the next."""
        self._rng.seed(number)
        self._sent = PHOTOS + number * PHOTOS  # names no other life takes
        told = told_by_the_killed(self._work, random.Random(-1 - number))
        self.confirmed |= {line for line in told if not line.startswith(NOTHING)}

    def counts(self) -> Mapping[str, int]:
        """Look whether all of it agrees, and return what was confirmed of each kind."""
        read = self._service.database.read
        for check in (_log_agrees, _deliveries_agree, _figures_agree, _numbers_agree):
            read(check)
        day = day_of(self._service.clock())
        assert read(lambda s: reconciliation.reconcile(s, day)).problems == ()
        assert sum(read(ledger.balances).values()) == 0
        read(self._confirmed_stands)
        kinds = Counter(line.split()[0] for line in self.confirmed)
        self._service.database.close()
        return dict(sorted(kinds.items()))

    def _reviewer(self, session: Session, name: str) -> Staff:
        now = self._service.clock()
        return staff.add(session, name, "a long password", staff.Role.REVIEWER, now)

    def _work(self) -> str:
        kinds: tuple[Callable[[], str], ...] = (
            self._send, self._pay, self._pay, self._review, self._review, self._undo,
            self._look_twice, self._deliver, self._confirm, self._fold,
        )  # fmt: skip
        try:
            return self._rng.choice(kinds)()
        except ServiceError as refusal:
            return f"{NOTHING} {refusal.code}"

    def _send(self) -> str:
        n, self._sent = self._sent, self._sent + 1
        photo = jpeg(n)
        message = submission(
            photo, photo, batch=BATCH, code_hash=sha256(b"student %d" % n), receipt_token=_link(n)
        )
        sent = intake.Upload(message, io.BytesIO(photo), io.BytesIO(photo), "token")
        return f"sent {intake.take_in(self._service, self._booth, sent).order}"

    def _pay(self) -> str:
        link = _link(self._rng.randrange(PHOTOS))
        reference = own_payments.choose(self._service, link, None, "sandbox")
        now = self._service.clock()
        self._service.database.write(
            lambda s: payments.pay_sandbox(s, payments.find(s, reference), now)
        )
        return f"paid {reference}"

    def _review(self) -> str:
        reviewer, now = self._rng.choice(self._people), self._service.clock()
        write = self._service.database.write
        order = write(lambda s: review.take_next(s, reviewer, now, _POLICY.lease_s))
        if order is None:
            return NOTHING
        reasons = None if self._rng.random() < 0.7 else ["eyes"]
        version = self._service.database.read(lambda s: s.get_one(Order, order).version)
        write(lambda s: decisions.decide(s, order, version, reviewer, now, reasons, _POLICY))
        return f"decided {order}"

    def _undo(self) -> str:
        reviewer, now = self._rng.choice(self._people), self._service.clock()
        newest = select(Decision).where(
            Decision.staff_id == reviewer.id, Decision.is_second_look.is_(False)
        )

        def work(session: Session) -> str:
            decision = session.scalars(newest.order_by(Decision.id.desc()).limit(1)).one_or_none()
            if decision is None:
                return NOTHING
            order = session.scalars(
                select(Order).where(Order.photos.any(id=decision.photo_id))
            ).one()
            decisions.undo(session, order.id, reviewer, now, _POLICY)
            return f"undone {decision.id}"

        return self._service.database.write(work)

    def _look_twice(self) -> str:
        reviewer, later = self._rng.choice(self._people), self._service.clock() + _LATER
        is_approved = self._rng.random() < 0.8

        def work(session: Session) -> str:
            look = second_look.take(session, reviewer, later, _POLICY.undo_s, _POLICY.lease_s)
            if look is None:
                return NOTHING
            second_look.judge(session, look.id, reviewer, later, is_approved=is_approved)
            return f"seen-twice {look.id}"

        return self._service.database.write(work)

    def _deliver(self) -> str:
        made = deliveries.make(self._service, BATCH, "operator")
        return NOTHING if made is None else f"packed {made.id}"

    def _confirm(self) -> str:
        now = self._service.clock()

        def work(session: Session) -> str:
            waiting = select(Export.id).where(Export.confirmed_at.is_(None)).limit(1)
            export = session.scalar(waiting)
            if export is None:
                return NOTHING
            deliveries.confirm(session, export, "operator", now)
            return f"delivered {export}"

        return self._service.database.write(work)

    def _fold(self) -> str:
        order_counts.fold_job(self._service, {})
        return NOTHING

    def _confirmed_stands(self, session: Session) -> None:
        for line in self.confirmed:
            kind, name = line.split()
            match kind:
                case "sent":
                    assert session.get(Order, name) is not None
                case "paid":
                    assert session.get_one(Payment, name).state == PaymentState.SETTLED
                case "undone":
                    assert session.get_one(Decision, int(name)).undone_at is not None
                case "packed":
                    assert session.get(Export, name) is not None
                case "delivered":
                    assert session.get_one(Export, name).confirmed_at is not None
                case "seen-twice":
                    look = session.get(SecondLook, int(name))
                    # Only taking the decision back takes its second look away.
                    assert look is None or look.done_at is not None
                case "decided":
                    actions = select(Event.action).where(Event.order_id == name)
                    assert {Action.APPROVE, Action.REJECT} & set(session.scalars(actions))


def _link(n: int) -> str:
    return f"receipt-{n:024d}"


def _log_agrees(session: Session) -> None:
    """Follow each order's log, and compare where it ends with the order."""
    for order in session.scalars(select(Order)):
        state: OrderState | None = None
        changes = select(Event).where(Event.order_id == order.id, Event.state_after.is_not(None))
        for event in session.scalars(changes.order_by(Event.id)):
            assert event.state_before == state
            state = next_state(state, Action(event.action))
            assert event.state_after == state
        assert order.state == state
        stand = select(func.count()).where(
            Decision.photo_id == order.photo.id,
            Decision.undone_at.is_(None),
            Decision.is_second_look.is_(False),
        )
        is_decided = state is not OrderState.PENDING
        assert session.scalar(stand) == int(is_decided), "decisions and the order disagree"


def _deliveries_agree(session: Session) -> None:
    """Each order that went into production is in one delivery, and done when that is confirmed."""
    expected = {}
    for export in session.scalars(select(Export)):
        for row in export.rows:
            assert row["order"] not in expected, "in two deliveries"
            is_done = export.confirmed_at is not None
            expected[row["order"]] = OrderState.DONE if is_done else OrderState.PROCESSING
    handed = select(Order).where(Order.state.in_((OrderState.PROCESSING, OrderState.DONE)))
    assert {order.id: order.state for order in session.scalars(handed)} == expected


def _figures_agree(session: Session) -> None:
    """The figures kept by day are those of the decisions and second looks there are."""
    counted: Counter[tuple[int, str]] = Counter()
    for one in session.scalars(select(Decision).where(Decision.is_second_look.is_(False))):
        if one.undone_at is not None:
            counted[one.staff_id, "undone"] += 1
            continue
        counted[one.staff_id, "decided"] += 1
        counted[one.staff_id, "approved"] += one.is_approved
        if one.spent_s is not None:
            counted[one.staff_id, f"spent_{review_days.step_of(one.spent_s)}"] += 1
    kept: Counter[tuple[int, str]] = Counter()
    for row in session.execute(select(days_table)).mappings():
        for name, number in row.items():
            if name not in ("day", "staff_id", "seen_twice", "differing"):
                kept[row["staff_id"], name] += number
    assert +kept == +counted
    # A second look whose decision was taken back is gone, and stays counted.
    done = session.scalar(select(func.count()).where(SecondLook.done_at.is_not(None))) or 0
    seen = select(func.coalesce(func.sum(days_table.c.seen_twice), 0))
    looks = select(func.count()).where(Decision.is_second_look)
    assert done <= (session.scalar(seen) or 0) == session.scalar(looks)


def _numbers_agree(session: Session) -> None:
    numbers = {
        (batch, state): number
        for batch, states in order_counts.counts(session).items()
        for state, number in states.items()
        if number
    }
    grouped = select(Order.batch_id, Order.state, func.count()).group_by(
        Order.batch_id, Order.state
    )
    assert numbers == {(batch, state): n for batch, state, n in session.execute(grouped)}


def main() -> None:
    config, kills = Path(sys.argv[1]), int(sys.argv[2])
    killed = KilledAfterwards(config)
    for number in range(kills):
        killed.kill(number)
    print(json.dumps({"kills": kills} | killed.counts()))


if __name__ == "__main__":
    main()

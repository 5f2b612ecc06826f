"""The daily look at money: does the ledger balance, and does it say what the payments say?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.central.contract import PaymentState
from kiosk.central.service import ledger
from kiosk.central.service.money_tables import LedgerEntry, Refund
from kiosk.central.service.tables import Payment

_CHINA = timezone(timedelta(hours=8))
_FREE = "waived"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A day's money, fen.

    Attributes:
        day: which, by China's clock.
        settled: method to (payments, fen) of the day.
        moved: account to what moved on the day.
        balances: account to what it holds at the day's end.
        refunds_open: refunds that are not done, by their state.
        problems: what a person has to look at, one sentence each.
    """

    day: date
    settled: dict[str, tuple[int, int]]
    moved: dict[str, int]
    balances: dict[str, int]
    refunds_open: dict[str, int]
    problems: tuple[str, ...]


def reconcile(session: Session, day: date) -> Reconciliation:
    """Return the report of a day."""
    begin = datetime.combine(day, time(), _CHINA)
    end = begin + timedelta(days=1)
    rows = session.execute(
        select(Payment.method, func.count(), func.sum(Payment.amount_fen))
        .where(
            Payment.state == PaymentState.SETTLED,
            Payment.settled_at >= begin,
            Payment.settled_at < end,
            Payment.method != _FREE,
        )
        .group_by(Payment.method)
        .order_by(Payment.method)
    )
    settled = {method: (int(count), int(fen)) for method, count, fen in rows}
    booked = _booked(session, begin, end)
    balances = ledger.balances(session, end=end)
    refunds = {
        state: int(count)
        for state, count in session.execute(
            select(Refund.state, func.count()).where(Refund.state != "done").group_by(Refund.state)
        )
    }
    problems = [
        f"{method}: payments say {settled.get(method, (0, 0))[1]} fen, the ledger {fen} fen."
        for method, fen in _differences(settled, booked)
    ]
    if sum(balances.values()):
        problems.append(f"The ledger does not balance: {sum(balances.values())} fen are over.")
    problems += [f"posting {name!r} does not add up" for name in _crooked(session, begin, end)]
    if failed := refunds.get("failed"):
        problems.append(f"{failed} refunds failed: pay them back by hand.")
    return Reconciliation(
        day, settled, ledger.balances(session, begin, end), balances, refunds, tuple(problems)
    )


def _booked(session: Session, begin: datetime, end: datetime) -> dict[str, int]:
    rows = session.execute(
        select(LedgerEntry.account, func.sum(LedgerEntry.amount_fen))
        .where(
            LedgerEntry.at >= begin,
            LedgerEntry.at < end,
            LedgerEntry.posting.like("paid %"),
            LedgerEntry.account.not_in(ledger.INCOME),
        )
        .group_by(LedgerEntry.account)
    )
    return {account: int(fen) for account, fen in rows}


def _differences(
    settled: dict[str, tuple[int, int]], booked: dict[str, int]
) -> list[tuple[str, int]]:
    return [
        (method, booked.get(method, 0))
        for method in sorted({*settled, *booked})
        if settled.get(method, (0, 0))[1] != booked.get(method, 0)
    ]


def _crooked(session: Session, begin: datetime, end: datetime) -> list[str]:
    return list(
        session.scalars(
            select(LedgerEntry.posting)
            .where(LedgerEntry.at >= begin, LedgerEntry.at < end)
            .group_by(LedgerEntry.posting)
            .having(func.sum(LedgerEntry.amount_fen) != 0)
        )
    )

"""The ledger: money in fen, each posting with sides that add up to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.central.service.money_tables import LedgerEntry

FEES = "fees"
PRINTS = "prints"
INCOME = (FEES, PRINTS)
OWED = "owed to students"


def post(
    session: Session, posting: str, reference: str, at: datetime, sides: Mapping[str, int]
) -> None:
    """Add a posting; one of this name that is there already stays as it is.

    Args:
        session: the transaction.
        posting: names it, such as ``paid 4f…``: what happens once is booked once.
        reference: the payment's.
        at: when, UTC.
        sides: account to fen; positive is what we have, negative what we owe or earned.

    Raises:
        ValueError: the sides do not add up to nothing.
    """
    if sum(sides.values()):
        raise ValueError(f"{posting}: the sides do not add up: {dict(sides)}")
    known = session.scalar(select(LedgerEntry.posting).where(LedgerEntry.posting == posting))
    if known is None:
        session.add_all(
            LedgerEntry(
                posting=posting, account=account, amount_fen=fen, reference=reference, at=at
            )
            for account, fen in sides.items()
            if fen
        )


def paid(
    session: Session, method: str, reference: str, fen: int, at: datetime, income: str = FEES
) -> None:
    """Book money that was paid for something; `income` is one of `INCOME`."""
    post(session, f"paid {reference}", reference, at, {method: fen, income: -fen})


def paid_in_vain(session: Session, method: str, reference: str, fen: int, at: datetime) -> None:
    """Book money that came and has to go back."""
    post(session, f"vain {reference}", reference, at, {method: fen, OWED: -fen})


def promised(
    session: Session, number: str, reference: str, fen: int, at: datetime, income: str = FEES
) -> None:
    """Book what was earned and is to go back."""
    post(session, f"promised {number}", reference, at, {income: fen, OWED: -fen})


def refunded(
    session: Session, method: str, number: str, reference: str, fen: int, at: datetime
) -> None:
    """Book money that went back."""
    post(session, f"refunded {number}", reference, at, {OWED: fen, method: -fen})


def balances(
    session: Session, begin: datetime | None = None, end: datetime | None = None
) -> dict[str, int]:
    """Return what each account moved in a time, fen; their sum is nothing."""
    chosen = select(LedgerEntry.account, func.sum(LedgerEntry.amount_fen))
    if begin is not None:
        chosen = chosen.where(LedgerEntry.at >= begin)
    if end is not None:
        chosen = chosen.where(LedgerEntry.at < end)
    rows = session.execute(chosen.group_by(LedgerEntry.account).order_by(LedgerEntry.account))
    return {account: int(fen) for account, fen in rows}

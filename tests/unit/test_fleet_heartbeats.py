"""Heartbeats are kept in their order, and a clock that was wrong does not silence a booth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from kiosk.central.contract import Heartbeat
from kiosk.central.service.fleet import note_heartbeat
from kiosk.central.service.tables import Base, Booth

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Booth(name="hall-a", token_hash="0" * 64, created_at=NOW))
        session.commit()
        yield session
    engine.dispose()


def tell(session: Session, *, clock: datetime, at: datetime, free: int) -> int:
    """Send a heartbeat by a booth's clock; return the free bytes the centre then knows of."""
    booth = session.query(Booth).one()
    number = int(clock.timestamp() * 1000)
    beat = Heartbeat(number=number, version="1", disk_free_bytes=free, disk_total_bytes=100)
    note_heartbeat(session, booth, beat, at)
    session.commit()
    session.refresh(booth)
    assert booth.heartbeat is not None
    return int(booth.heartbeat["disk_free_bytes"])


def test_an_old_one_played_again_changes_nothing(session: Session) -> None:
    assert tell(session, clock=NOW, at=NOW, free=7) == 7
    assert tell(session, clock=NOW - timedelta(minutes=1), at=NOW, free=99) == 7


def test_a_booth_whose_clock_was_years_ahead_is_heard_soon_after_it_is_right(
    session: Session,
) -> None:
    ahead = timedelta(days=3650)
    assert tell(session, clock=NOW + ahead, at=NOW, free=1) == 1
    later = NOW + timedelta(minutes=1)
    assert tell(session, clock=later + ahead, at=later, free=2) == 2
    later = NOW + timedelta(minutes=15)
    assert tell(session, clock=later, at=later, free=3) == 3

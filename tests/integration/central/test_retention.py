"""What is kept no longer is removed, and nothing else, whatever happens while it is looked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from central_reviewing import Centre
from central_samples import jpeg
from sqlalchemy import select

from kiosk.central.contract import OrderState
from kiosk.central.service import history, retention
from kiosk.central.service.database import Database
from kiosk.central.service.orders import Action
from kiosk.central.service.tables import Batch, Order, Photo

LATER = timedelta(days=181)


def close_batch(centre: Centre) -> None:
    def work(session: Any) -> None:
        batch = session.scalars(select(Batch).where(Batch.code == "N5W2Q8")).one()
        batch.closes_at = centre.now

    centre.write(work)


def photos(centre: Centre, order: str) -> int:
    return len(centre.read(lambda s: s.scalars(select(Photo).where(Photo.order_id == order)).all()))


def purge(centre: Centre, database: Database | None = None) -> list[tuple[int, int]]:
    """Purge half a year later."""
    service = dataclasses.replace(
        centre.service,
        clock=lambda: centre.now + LATER,
        database=database or centre.service.database,
    )
    return [(one.delivered, one.never_delivered) for one in retention.purge(service)]


class Interrupted:
    """A database in which something happens between the look and the first change."""

    def __init__(self, database: Database, happens: Callable[[], object]) -> None:
        self._database, self._happens = database, happens
        self.read = database.read

    def write(self, work: Callable[[Any], Any]) -> Any:
        happens, self._happens = self._happens, lambda: None
        happens()
        return self._database.write(work)


def test_a_photo_that_comes_while_it_is_purged_stays(centre: Centre) -> None:
    """Of a booth that was without a network since: it was shot while the batch was open."""
    rejected, other = centre.send(jpeg(1), "student"), centre.send(jpeg(2), "other")
    for order in (rejected, other):
        centre.decide(order, centre.li, ["eyes"])
    shot_at = centre.now - timedelta(minutes=1)
    close_batch(centre)
    happens = Interrupted(
        centre.service.database, lambda: centre.send(jpeg(3), "student", shot_at=shot_at)
    )
    assert purge(centre, cast("Database", happens)) == [(0, 1)]
    assert centre.state(rejected) is OrderState.PENDING
    assert photos(centre, rejected) == 2
    assert photos(centre, other) == 0


def test_orders_that_were_finished_by_hand_are_not_kept_for_ever(centre: Centre) -> None:
    order, waiting = centre.send(jpeg(4)), centre.send(jpeg(5))
    centre.decide(order, centre.li, None)
    for action in (Action.PROCESS, Action.FINISH):
        centre.write(
            lambda s, a=action: history.change(s, s.get(Order, order), a, "staff:m", centre.now, {})
        )
    assert purge(centre) == [(1, 0)]
    assert photos(centre, order) == 0
    assert photos(centre, waiting) == 1
    assert purge(centre) == [], "what is gone is not counted twice"


def test_of_a_batch_without_an_end_what_was_left_alone_for_as_long_goes(centre: Centre) -> None:
    left, taken_up, waiting = (centre.send(jpeg(n), f"s{n}") for n in (6, 7, 8))
    for order in (left, taken_up):
        centre.decide(order, centre.li, ["eyes"])

    def note_later(session: Any) -> None:
        later = centre.now + timedelta(days=100)
        history.note(session, "booth:1", "looked_at", later, {}, order_id=taken_up)

    centre.write(note_later)
    assert purge(centre) == [(0, 1)]
    assert [photos(centre, order) for order in (left, taken_up, waiting)] == [0, 1, 1]
    assert purge(centre) == []

"""No transaction is open while a file is written or fetched: a store may take its time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from central_reviewing import Centre
from central_samples import jpeg
from sqlalchemy import Engine, event

from kiosk.central.service import deliveries, notices
from kiosk.central.service.erasing import erase_own
from kiosk.central.service.student_tables import Contact
from kiosk.central.service.tables import Order


class WatchedStorage:
    """A storage that notes each call while a transaction is open."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        self.calls: list[str] = []
        self.within: list[str] = []
        self.open_ones = 0

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        if self.open_ones:
            self.within.append(name)
        return getattr(self._storage, name)

    def begun(self, _connection: object) -> None:
        self.open_ones += 1

    def ended(self, _connection: object) -> None:
        self.open_ones -= 1


@pytest.fixture
def watched(centre: Centre) -> Iterator[WatchedStorage]:
    storage = WatchedStorage(centre.service.storage)
    centre.service = dataclasses.replace(centre.service, storage=storage)
    _ = centre.li
    listeners = (("begin", storage.begun), ("commit", storage.ended), ("rollback", storage.ended))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    yield storage
    for name, listener in listeners:
        event.remove(Engine, name, listener)


def test_none_is(centre: Centre, watched: WatchedStorage) -> None:
    approved, erased = centre.send(jpeg(1)), centre.send(jpeg(2))
    centre.work()
    centre.decide(approved, centre.li, None)
    contact = Contact(order_id=approved, email="a@s.example", language="en", created_at=centre.now)
    centre.write(lambda s: s.add(contact))
    notices.photo_job(centre.service, {"order": approved})
    assert deliveries.make(centre.service, "N5W2Q8", "staff:m") is not None
    centre.write(lambda s: erase_own(s, s.get(Order, erased), centre.now))
    centre.work()
    assert {"put", "open", "remove"} <= set(watched.calls)
    assert watched.within == []

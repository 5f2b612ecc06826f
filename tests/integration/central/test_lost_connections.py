"""A PostgreSQL that was started again: connections kept from before are dead, nobody is told."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest
from postgres_server import PostgresServer
from sqlalchemy import func, select

from kiosk.central.service import engines
from kiosk.central.service.context import utc_now
from kiosk.central.service.database import Database
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import LoginFailure


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[Database]:
    made = Database(postgres.new_database())
    yield made
    made.close()


def cut(database: Database) -> None:
    """End all connections of the service, as a restart of the server does."""
    url = database.url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'kiosk-central' AND datname = current_database()"
        )


def count(database: Database) -> int:
    return database.read(
        lambda session: session.scalar(select(func.count()).select_from(LoginFailure)) or 0
    )


def test_neither_who_looks_nor_who_writes_notices(database: Database) -> None:
    count(database)
    cut(database)
    assert count(database) == 0

    cut(database)
    assert database.look(lambda session: session.get(LoginFailure, 1)) is None

    cut(database)
    database.write(lambda s: s.add(LoginFailure(subject="a", at=utc_now())))
    assert count(database) == 1


def test_one_that_lay_idle_is_asked_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "IDLE_S", 0.05)
    count(database)
    cut(database)
    time.sleep(0.1)

    assert database.write(lambda session: session.get(LoginFailure, 1)) is None


def test_what_was_begun_is_done_again_from_its_beginning(database: Database) -> None:
    tries = []

    def work(session):  # type: ignore[no-untyped-def]
        session.add(LoginFailure(subject="b", at=utc_now()))
        session.flush()
        tries.append(1)
        if len(tries) == 1:
            cut(database)
        session.scalar(select(func.count()).select_from(LoginFailure))

    database.write(work)

    assert len(tries) == 2
    assert count(database) == 1


def test_a_server_that_is_away_is_said_so(database: Database) -> None:
    count(database)

    def work(session):  # type: ignore[no-untyped-def]
        session.scalar(select(1))
        cut(database)
        session.scalar(select(1))

    with pytest.raises(ServiceError, match="does not answer now"):
        database.read(work)

"""Every migration, up and down, with rows in all tables: nothing that stays is lost or changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
)

from kiosk.central.service.database import Database, newest_revision

NOON = datetime(2026, 5, 1, 12)  # noqa: DTZ001 - as it is stored: UTC, and without saying so
ROWS = 2
Content = dict[str, list[dict[str, Any]]]


class FilledDatabase:
    """A database at any revision, and what is in its tables then."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self._engine: Engine = create_engine(self.database.url)
        self._tables: list[Table] = []
        if self.database.is_sqlite:
            event.listen(
                self._engine, "connect", lambda made, _: made.execute("PRAGMA foreign_keys = ON")
            )

    def close(self) -> None:
        self.database.close()
        self._engine.dispose()

    def migrate(self, revision: str = "head") -> None:
        self.database.migrate(revision)
        found = MetaData()
        found.reflect(self._engine)
        self._tables = [one for one in found.sorted_tables if one.name != "alembic_version"]

    def fill(self) -> None:
        """Put rows into each table that has none."""
        with self._engine.begin() as connection:
            for table in self._tables:
                if connection.execute(select(table).limit(1)).first() is None:
                    parents = {
                        key.parent.name: list(connection.scalars(select(key.column)))
                        for key in table.foreign_keys
                    }
                    for number in range(ROWS):
                        values = {
                            column.name: parents[column.name][number]
                            if column.name in parents
                            else value_of(column, number)
                            for column in table.columns
                        }
                        connection.execute(insert(table).values(values))

    def content(self) -> Content:
        with self._engine.connect() as connection:
            return {
                table.name: sorted(
                    (dict(row) for row in connection.execute(select(table)).mappings()), key=str
                )
                for table in self._tables
            }


def value_of(column: Column[Any], number: int) -> Any:
    """Something that fits the column and differs from row to row."""
    match column.type:
        case Boolean():
            return number == 0
        case JSON():
            return {"n": number}
        case DateTime():
            return NOON + timedelta(days=number)
        case Date():
            return date(2026, 5, 1 + number)
        case Float():
            return number + 0.5
        case Integer():
            return number + 1
        case LargeBinary():
            return bytes([number])
        case String(length=length):
            return f"{number}{column.name}"[:length]
    raise AssertionError(f"a row for {column} of {column.type}?")


def kept(before: Content, after: Content) -> list[str]:
    """Return the tables of both whose rows are not the same in the columns of both."""
    changed = []
    for name in before.keys() & after.keys():
        if not before[name] and not after[name]:
            continue
        columns = before[name][0].keys() & after[name][0].keys() if after[name] else set()
        same = [
            sorted(({k: row[k] for k in columns} for row in content[name]), key=str)
            for content in (before, after)
        ]
        if not columns or same[0] != same[1]:
            changed.append(name)
    return changed


@pytest.fixture
def filled(
    tmp_path: Path, database_kind: str, request: pytest.FixtureRequest
) -> Iterator[FilledDatabase]:
    url = f"sqlite:///{tmp_path}/central.db"
    if database_kind == "postgresql":
        url = request.getfixturevalue("postgres").empty_database()
    made = FilledDatabase(url)
    yield made
    made.close()


def revisions() -> list[str]:
    return [f"{number:04d}" for number in range(1, int(newest_revision() or 0) + 1)]


def test_what_is_stored_outlives_every_step_up_and_down(filled: FilledDatabase) -> None:
    assert len(revisions()) >= 14
    before: Content = {}
    for revision in revisions():
        filled.migrate(revision)
        after = filled.content()
        assert kept(before, after) == [], f"up to {revision}"
        filled.fill()
        before = filled.content()
    assert all(len(rows) == ROWS for name, rows in before.items() if name != "review_days")
    assert len(before) > 30
    for revision in reversed(revisions()[:-1]):
        filled.migrate(revision)
        after = filled.content()
        assert kept(before, after) == [], f"down to {revision}"
        assert after.keys() <= before.keys()
        before = after
    filled.migrate()
    assert kept(before, filled.content()) == [], "up again"
    filled.database.check()


def test_prints_are_of_their_orders_batch(filled: FilledDatabase) -> None:
    filled.migrate("0013")
    filled.fill()
    filled.migrate("0014")
    content = filled.content()
    batch_of = {row["id"]: row["batch_id"] for row in content["orders"]}
    assert len(set(batch_of.values())) == ROWS
    found = {row["order_id"]: row["batch_id"] for row in content["print_orders"]}
    assert found == batch_of

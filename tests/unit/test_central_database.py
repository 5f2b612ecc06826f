"""Migrations, and what the database itself guards."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from kiosk.central.contract import BatchInfo
from kiosk.central.service import app, batches
from kiosk.central.service.context import utc_now
from kiosk.central.service.database import Database, newest_revision
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Base


@pytest.fixture
def database(tmp_path: Path, database_kind: str, request: pytest.FixtureRequest):
    url = f"sqlite:///{tmp_path}/central.db"
    if database_kind == "postgresql":
        url = request.getfixturevalue("postgres").empty_database()
    made = Database(url)
    yield made
    made.close()


def tables_of(database: Database) -> set[str]:
    engine = create_engine(database.url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_up_down_and_up_again(database: Database) -> None:
    assert database.revision() is None
    with pytest.raises(ServiceError, match="migrate"):
        database.check()
    database.migrate()
    database.check()
    assert database.revision() == newest_revision()
    assert set(Base.metadata.tables) <= tables_of(database)
    database.migrate("base")
    assert tables_of(database) == {"alembic_version"}
    database.migrate()
    database.check()


def test_the_migrations_make_the_tables_the_program_uses(database: Database) -> None:
    database.migrate()
    assert app.create_app  # the application brings in every table
    engine = create_engine(database.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


@pytest.mark.parametrize("change", ["UPDATE events SET actor = 'nobody'", "DELETE FROM events"])
def test_the_audit_log_only_grows(database: Database, change: str) -> None:
    database.migrate()
    batch = BatchInfo(code="LOGGED", school="示范大学", title="")
    database.write(lambda session: batches.add(session, batch, utc_now()))
    with pytest.raises(DatabaseError, match="only grows"):
        database.write(lambda session: session.execute(text(change)))
    assert database.read(lambda s: s.scalar(text("SELECT actor FROM events"))) == "operator"


def test_a_transaction_is_whole_or_not_at_all(database: Database) -> None:
    database.migrate()
    batch = BatchInfo(code="HALF01", school="示范大学", title="")

    def work(session: Session) -> None:
        batches.add(session, batch, utc_now())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write(work)
    with pytest.raises(ServiceError, match="No batch"):
        database.read(lambda session: batches.find(session, "HALF01"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "z3k8f7"}, "batch_exists"),
        ({"standard": "moon"}, "batch_standard"),
        ({"min_bytes": 50_000, "max_bytes": 20_000}, "batch_standard"),
        ({"fee_fen": 100, "payment_methods": ()}, "batch_payment"),
    ],
)
def test_batches_that_cannot_be(database: Database, changes: dict[str, object], code: str) -> None:
    database.migrate()
    good = {"code": "Z3K8F7", "school": "示范大学", "title": ""}
    database.write(lambda s: batches.add(s, BatchInfo.model_validate(good), utc_now()))
    other = BatchInfo.model_validate(good | {"code": "OTHER1"} | changes)
    with pytest.raises(ServiceError) as refused:
        database.write(lambda session: batches.add(session, other, utc_now()))
    assert refused.value.code == code

"""The database: connections, transactions, migrations."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import alembic.command
import alembic.config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from kiosk.central.service.errors import ServiceError
from kiosk.central.service.settings import ServiceSettingsError

_log = logging.getLogger(__name__)
# A conflict means that another transaction has just won; the second try sees what it wrote.
_TRIES = 4
_BUSY_TIME_OUT_S = 15.0
_Result = TypeVar("_Result")


class Database:
    """One database by URL; SQLite gets what it needs to be safe and shared.

    Args:
        url: SQLAlchemy URL with absolute path.

    Raises:
        ServiceSettingsError: the URL is wrong or its driver not installed.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
            self._engine = _engine(url, is_sqlite=self.is_sqlite)
        except (ArgumentError, ImportError) as error:
            raise ServiceSettingsError(
                f"database_url cannot be used: {error}. Check it, and that the database's driver "
                "is installed."
            ) from error
        self._writing = self._engine.execution_options(writes=True)

    def read(self, work: Callable[[Session], _Result]) -> _Result:
        """Return `work`'s result of one consistent look at the database."""
        return self._run(self._engine, work)

    def write(self, work: Callable[[Session], _Result]) -> _Result:
        """Do `work` in one transaction, whole or not at all, and return its result.

        When another transaction wins a race `work` is done again, so it must have no effect
        outside of the database that may not be repeated.
        """
        for remaining in reversed(range(_TRIES)):
            try:
                return self._run(self._writing, work)
            except (IntegrityError, StaleDataError):
                if not remaining:
                    raise
        raise AssertionError  # the loop above returns or raises

    def check(self) -> None:
        """Raise `ServiceError` unless the database answers and is at the newest revision."""
        if self.revision() != newest_revision():
            raise ServiceError(
                503, "not_migrated", "The database is of another version.",
                "Run 'kiosk central migrate'.", retry_after_s=30,
            )  # fmt: skip

    def revision(self) -> str | None:
        """Return the migration the database is at, None for an empty one."""
        from alembic.runtime.migration import MigrationContext

        with _explained(), self._engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def migrate(self, revision: str = "head") -> None:
        """Bring the database up, or down, to a revision."""
        config = _alembic_config(self.url)
        with _explained(), self._writing.connect() as connection:
            config.attributes["connection"] = connection
            target = alembic.command.upgrade
            if revision == "base" or revision.startswith("-"):
                target = alembic.command.downgrade
            target(config, revision)
            connection.commit()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _run(self, engine: Engine, work: Callable[[Session], _Result]) -> _Result:
        with (
            _explained(),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            return work(session)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Raise a database that cannot work now as a refusal; a wrong statement stays what it is."""
    try:
        yield
    except DatabaseError as error:
        if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
            raise
        _log.error("The database failed: %s", error.orig)
        raise ServiceError(
            503, "database_unavailable", "The database does not answer now.",
            "Try again; if it stays so, look at the service's log and disk.",
            retry_after_s=5,
        ) from error  # fmt: skip


@functools.cache
def newest_revision() -> str | None:
    """Return the newest migration this program knows."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_alembic_config("")).get_current_head()


def _alembic_config(url: str) -> alembic.config.Config:
    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _engine(url: str, *, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_TIME_OUT_S})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, not where the module likes
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",  # a confirmed photo survives a power cut
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its lock at once: taking it later can fail without a wait.
        writes = connection.get_execution_options().get("writes")
        connection.execute(text("BEGIN IMMEDIATE" if writes else "BEGIN"))

    return engine

"""The database: connections, transactions, migrations."""

from __future__ import annotations

import contextlib
import functools
import logging
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import alembic.command
import alembic.config
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    TimeoutError,  # noqa: A004 - SQLAlchemy's own name
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

# Named here, so that whoever has a database knows all of its tables.
from kiosk.central.service import (  # noqa: F401
    delivery_tables,
    engines,
    money_tables,
    order_counts,
    report_tables,
    rollout_tables,
    roster_tables,
    student_tables,
)
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.settings import ServiceSettingsError

_log = logging.getLogger(__name__)
# A conflict means that another transaction has just won; the second try sees what it wrote.
_TRIES = 8
_PAUSE_S = 0.02
# SQLSTATE of serialization_failure and deadlock_detected.
_LOST_RACE = frozenset({"40001", "40P01"})
# Any number that no other program uses for its advisory locks in this database.
_MIGRATION_LOCK = 0x6B696F736B
_Result = TypeVar("_Result")


class Database:
    """One database by URL; SQLite gets what it needs to be safe and shared.

    Args:
        url: SQLAlchemy URL; a SQLite file by its absolute path. ``postgresql://`` means psycopg.
        connections: most connections at a time, PostgreSQL only.

    Raises:
        ServiceSettingsError: the URL is wrong or its driver not installed.
    """

    def __init__(self, url: str, connections: int = 20) -> None:
        try:
            address = make_url(url)
            self.is_sqlite = address.get_backend_name() == "sqlite"
            if address.drivername in ("postgresql", "postgres"):
                address = address.set(drivername="postgresql+psycopg")
            self.url = address.render_as_string(hide_password=False)
            self._engine = (
                engines.sqlite(self.url)
                if self.is_sqlite
                else engines.server(self.url, connections)
            )
        except (ArgumentError, ImportError) as error:
            raise ServiceSettingsError(
                f"database_url cannot be used: {error}. Check it, and that the database's driver "
                "is installed."
            ) from error
        self._writing = self._engine.execution_options(writes=True)
        # SQLite has one writer at a time anyway, and its transactions cost next to nothing.
        self._serialised = self._at_level(self._writing, "SERIALIZABLE")
        self._looking = self._at_level(self._engine, "AUTOCOMMIT")

    def read(self, work: Callable[[Session], _Result]) -> _Result:
        """Return `work`'s result of one consistent look at the database."""
        return self._run(self._engine, work)

    def look(self, work: Callable[[Session], _Result]) -> _Result:
        """Return the result of work that reads by one statement.

        That is consistent by itself: no transaction is begun and ended around it.
        """
        return self._run(self._looking, work)

    def write(self, work: Callable[[Session], _Result], *, serialised: bool = False) -> _Result:
        """Do `work` in one transaction, whole or not at all, and return its result.

        When another transaction wins a race `work` is done again, so it must have no effect
        outside of the database that may not be repeated.

        Args:
            work: what is done.
            serialised: as if no other serialised one ran beside it. For what is written because
                something is not there: a snapshot does not show what another is just adding.
        """
        engine = self._serialised if serialised else self._writing
        for remaining in reversed(range(_TRIES)):
            if remaining < _TRIES - 1:
                time.sleep(random.random() * _PAUSE_S)
            try:
                return self._run(engine, work)
            except (IntegrityError, StaleDataError):
                if not remaining:
                    raise
            except _LostRace as error:
                if not remaining:
                    raise _unavailable() from error
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
        """Bring the database up, or down, to a revision: a number, ``head``, ``base`` or ``-1``."""
        current = self.revision() or ""
        # Numbers of four digits, in their order.
        is_older = revision.isdecimal() and revision < current
        config = _alembic_config(self.url)
        # Each statement sees what was committed before it: also what the lock was waited for.
        engine = self._writing
        if not self.is_sqlite:
            engine = engine.execution_options(isolation_level="READ COMMITTED")
        with _explained(), engine.connect() as connection, _remade_tables(connection):
            if connection.dialect.name == "postgresql":
                # One at a time, however many are started at once; and large tables take their time.
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            config.attributes["connection"] = connection
            target = alembic.command.upgrade
            if is_older or revision == "base" or revision.startswith("-"):
                target = alembic.command.downgrade
            target(config, revision)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _at_level(self, engine: Engine, level: IsolationLevel) -> Engine:
        return engine if self.is_sqlite else engine.execution_options(isolation_level=level)

    def _run(self, engine: Engine, work: Callable[[Session], _Result]) -> _Result:
        try:
            return self._try(engine, work)
        except _ConnectionGone:
            # The pool has dropped its others, too: this one is new.
            return self._try(engine, work, is_last=True)

    def _try(
        self, engine: Engine, work: Callable[[Session], _Result], *, is_last: bool = False
    ) -> _Result:
        with (
            _explained(),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            try:
                result = work(session)
                session.flush()
            except DBAPIError as error:
                # Before the commit: nothing was done. Whether a commit was, nobody knows.
                if error.connection_invalidated and not is_last:
                    raise _ConnectionGone from error
                raise
            return result


@contextlib.contextmanager
def _remade_tables(connection: Connection) -> Iterator[None]:
    """Commit what is done within, with tables that others refer to made anew.

    SQLite changes many a column by a new table in the old one's place. Dropping the old one would
    take every reference to it for broken; so references are looked at once, at the end. The pragma
    does nothing within a transaction.
    """
    if connection.dialect.name != "sqlite":
        yield
        connection.commit()
        return
    own = connection.connection.cursor()
    own.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise ServiceError(
                500, "migration_broken", f"Rows would lose what they refer to: {broken[:3]}.",
                "Nothing was changed. Keep a copy of the database, and report this.",
            )  # fmt: skip
        connection.commit()
    finally:
        connection.rollback()  # what was committed stays
        own.execute("PRAGMA foreign_keys = ON")
        own.close()


class _ConnectionGone(Exception):  # noqa: N818 - never leaves this module
    """The server had closed the connection before anything was done on it."""


class _LostRace(Exception):  # noqa: N818 - never leaves this module, except as a refusal
    """The server broke a deadlock at our cost, or could not order two transactions."""


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Raise a database that cannot work now as a refusal; a wrong statement stays what it is."""
    try:
        yield
    except DataError as error:
        # Only values from outside can be so: a NUL, a number of more than 32 bits.
        raise ServiceError(
            422, "message_malformed", "The request holds a value that cannot be stored.",
            "See /openapi.json.",
        ) from error  # fmt: skip
    except DatabaseError as error:
        if getattr(error.orig, "sqlstate", None) in _LOST_RACE:
            raise _LostRace from error
        if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
            raise
        _log.error("The database failed: %s", error.orig)
        raise _unavailable() from error
    except TimeoutError as error:
        _log.error("All connections to the database are busy: %s", error)
        raise _unavailable() from error


def _unavailable() -> ServiceError:
    return ServiceError(
        503, "database_unavailable", "The database does not answer now.",
        "Try again; if it stays so, look at the service's log and disk.",
        retry_after_s=5,
    )  # fmt: skip


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

"""Connections to the database: how they are made, kept, and found to be dead."""

from __future__ import annotations

import math
import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

_BUSY_TIME_OUT_S = 15.0
IDLE_S = 5.0
"""A connection that lay idle for longer is asked whether it still works."""
# A statement or a lock that takes longer is given up: its client has gone or will come again.
_STATEMENT_MS, _LOCK_MS = 30_000, 10_000


def server(url: str, connections: int) -> Engine:
    """Return a pool of connections to a server such as PostgreSQL.

    Args:
        url: SQLAlchemy URL.
        connections: most at a time.
    """
    options: dict[str, Any] = {}
    if make_url(url).get_driver_name() == "psycopg":
        options["connect_args"] = {
            "connect_timeout": 10,
            "application_name": "kiosk-central",
            "options": f"-c statement_timeout={_STATEMENT_MS} -c lock_timeout={_LOCK_MS}",
        }
    engine = create_engine(
        url,
        # One snapshot for a whole transaction, as SQLite has it anyway: what was looked at first
        # still holds when something is written for it. Who loses a race is told so, and `write`
        # does it again.
        isolation_level="REPEATABLE READ",
        # Errors are logged: the values of a statement are students'.
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        # Used last, used next: its server process has plans and pages at hand.
        pool_use_lifo=True,
        # As long as a busy SQLite is waited for; then 503 and the booth comes again.
        pool_timeout=_BUSY_TIME_OUT_S,
        **options,
    )

    @event.listens_for(engine, "checkin")
    def _note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        # Only one that lay idle: asking each time would be one statement more for each page.
        idle_s = time.monotonic() - record.info.get("since", math.inf)
        if idle_s > IDLE_S and not _answers(engine, connection):
            raise InvalidatePoolError

    return engine


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(connection))
    except engine.dialect.loaded_dbapi.Error:
        return False


def sqlite(url: str) -> Engine:
    """Return connections to a SQLite file, safe against power cuts and shared by threads."""
    engine = create_engine(url, connect_args={"timeout": _BUSY_TIME_OUT_S}, hide_parameters=True)

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

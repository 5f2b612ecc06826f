"""Fixtures every kind of test may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer, binaries, running_server
from s3_server import S3Server, running_store

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real pictures beside the checkout; skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real pictures (../shared/data) are not beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Return a real PostgreSQL, started for this run."""
    programs = binaries()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing; install Debian's package 'postgresql'")
        pytest.skip("PostgreSQL is not installed (Debian's package 'postgresql')")
    with running_server(programs) as server:
        yield server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each test that asks for it, directly or not, runs on both databases."""
    return str(request.param)


@pytest.fixture(scope="session")
def new_database(database_kind: str, request: pytest.FixtureRequest) -> Callable[[], str | None]:
    """Return what makes a fresh database and returns its URL; None: the embedded default."""
    if database_kind == "sqlite":
        return lambda: None
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database


@pytest.fixture(scope="session")
def s3_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Return a real S3-compatible store, started for this run."""
    with running_store(tmp_path_factory.mktemp("s3")) as server:
        yield server

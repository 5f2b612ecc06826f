"""A real PostgreSQL of the tests' own: started once, a fresh migrated database for each asker."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from kiosk.central.service.database import Database

# Nothing of these tests has to survive a power cut, so none of them waits for the disk.
_OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
    "autovacuum=off",
)
_SUPERUSER = "central"


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest where there are several."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    return found[-1].parent if found else None


class PostgresServer:
    """A running server, reached by a socket in its folder; nobody else can connect."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._create("migrated")
        database = Database(self.url("migrated"))
        database.migrate()
        database.close()

    def url(self, name: str) -> str:
        return f"postgresql://{_SUPERUSER}@/{name}?host={self._folder}"

    def empty_database(self) -> str:
        """Make a database without tables and return its URL."""
        return self._create(f"empty_{next(self._numbers)}")

    def new_database(self) -> str:
        """Make a database at the newest revision and return its URL."""
        return self._create(f"test_{next(self._numbers)}", template="migrated")

    def _create(self, name: str, template: str = "template0") -> str:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
        return self.url(name)


@contextmanager
def running_server(programs: Path, options: Sequence[str] = _OPTIONS) -> Iterator[PostgresServer]:
    """Start a server with these settings, and stop it; nothing of it is left."""
    # Not pytest's own folder: its parents are closed to other users, and the path of a socket
    # may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="kiosk-pg-"))
    # The server refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user, user)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, *arguments],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            timeout=100,
        )

    try:
        run("initdb", "-D", str(data), "-U", _SUPERUSER, "-A", "trust", "-N", "-E", "UTF8",
            "--locale=C.UTF-8")  # fmt: skip
        settings = " ".join(f"-c {option}" for option in ("listen_addresses=", *options))
        run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"),
            "-o", f"{settings} -k {folder}", "start")  # fmt: skip
        try:
            yield PostgresServer(folder)
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)

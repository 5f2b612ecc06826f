"""The central backend under a season's orders, against 10,000 orders and the bare framework.

Run it as ``python tests/benchmarks/central.py [--orders 1000000]``. A million orders take about
seven minutes, 100,000 about two. It starts a PostgreSQL of its own, fills two databases
(`central_orders`), lets it wait for the disk from then on as a real one does, and serves each with
the default settings and one worker. The three take turns, so that what else the machine does falls
on all of them.

CPU is that of the service's process and of the database's processes that work for it. Pages are
those of 8 KB that the database looked at: a figure without noise, in which a scan cannot hide.
The originals of generated orders are not there; those uploaded here are, and are removed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests
from rich.console import Console

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

import central_orders  # noqa: E402
from central_copies import Lookups  # noqa: E402
from central_tables import (  # noqa: E402
    FEW,
    ROUNDS,
    cpu_table,
    lookups_table,
    sizes_table,
    statements_table,
    time_table,
    verdict,
)
from central_target import Ask, Spent, Target, start  # noqa: E402
from central_upload import upload  # noqa: E402
from postgres_server import PostgresServer, binaries, running_server  # noqa: E402

from kiosk.central.service.demo import WAIVED_BATCH, prepare_demo  # noqa: E402

UPLOADS, UPLOADS_AT_ONCE = 8, 4
DURABLE = (
    "shared_buffers=1GB", "maintenance_work_mem=512MB", "max_wal_size=8GB",
    "default_toast_compression=lz4", "autovacuum=off", "max_connections=100",
    "shared_preload_libraries=pg_stat_statements",
)  # fmt: skip


@dataclass
class Kind:
    """One kind of request.

    Attributes:
        name: for the table.
        asks: what is asked in a round of a centre.
        at_once: so many connections side by side.
        bare: what the bare framework took.
        spent: what a centre took, by its number of orders.
        pages: of the database a request, likewise.
    """

    name: str
    asks: Callable[[Centre], Sequence[Ask]]
    at_once: int = 1
    bare: Spent = field(default_factory=Spent)
    spent: dict[int, Spent] = field(default_factory=dict)
    pages: dict[int, list[float]] = field(default_factory=dict)


class Centre:
    """A service on a database with so many orders.

    Args:
        stack: ends what is started.
        folder: for its settings and files.
        server: the PostgreSQL.
        orders: how many.
    """

    def __init__(self, stack: ExitStack, folder: Path, server: PostgresServer, orders: int) -> None:
        from central_server import RunningCentral

        self.orders = orders
        self.database = server.new_database()
        self.demo = prepare_demo(folder, database_url=self.database)
        with self.demo.config_path.open("a") as settings:
            settings.write("jobs = false\n")
        central_orders.fill(self.database, orders)
        self.lookups = Lookups(self.database)
        stack.callback(self.lookups.close)
        running = RunningCentral(self.demo, is_fresh=True).start()
        stack.callback(running.stop)
        self.target = Target(running.address, running.pid, self.database)
        self.statistics = server.url("postgres")
        self._numbers = itertools.count()
        self._random = random.Random(3)
        self._sign_in()

    def _sign_in(self) -> None:
        from central_browser import Form

        session = requests.Session()
        fields = Form(session.get(f"{self.target.address}/login", timeout=30).text, "/login").fields
        fields |= {"name": self.demo.reviewer_name, "password": self.demo.reviewer_password}
        page = session.post(f"{self.target.address}/login", data=fields, timeout=60)
        page.raise_for_status()
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
        self.staff = {"Cookie": cookies}
        queue = session.get(f"{self.target.address}/review", timeout=60).text
        self._token = Form(queue, "/review/next").fields["token"]

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Return what the database says."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def pages(self) -> float:
        """Return how many pages the database has looked at for the service so far."""
        with psycopg.connect(self.statistics) as connection:
            row = connection.execute(
                "SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0) "
                "FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
                "WHERE d.datname = %s",
                [self.rows("SELECT current_database()")[0][0]],
            ).fetchone()
        return float(row[0]) if row else 0.0

    def review_pages(self) -> list[Ask]:
        """Ask for the pages of photos that wait."""
        rows = self.rows("SELECT id FROM orders WHERE state = 'pending' ORDER BY id LIMIT 30")
        return [Ask("GET", f"/review/{order}", self.staff) for (order,) in rows]

    def status_pages(self) -> list[Ask]:
        """Ask for students' pages from all over the season."""
        numbers = [self._random.randrange(self.orders) for _ in range(30)]
        return [Ask("GET", f"/r/{central_orders.receipt_token(n)}") for n in numbers]

    def uploads(self) -> list[Ask]:
        """Send photos that were never sent."""
        return [
            upload(next(self._numbers), WAIVED_BATCH, self.demo.booth_name, self.demo.booth_token)
            for _ in range(UPLOADS)
        ]

    def next_photos(self) -> list[Ask]:
        """Take the next photo of the queue."""
        headers = self.staff | {"Content-Type": "application/x-www-form-urlencoded"}
        body = f"token={self._token}".encode()
        return [Ask("POST", "/review/next", headers, body, status=303)] * 10

    def staff_pages(self, path: str) -> list[Ask]:
        """Ask for a page of staff."""
        return [Ask("GET", path, self.staff)] * 6

    def a_batch(self) -> list[Ask]:
        """Ask for the progress of the same batch of both."""
        code = self.rows("SELECT code FROM batches WHERE id = 1000")[0][0]
        return self.staff_pages(f"/batches/{code}")


def kinds() -> list[Kind]:
    """Return what is asked."""
    return [
        Kind("upload, 40 KB + 4 MB", Centre.uploads, UPLOADS_AT_ONCE),
        Kind("review page", Centre.review_pages),
        Kind("next photo", Centre.next_photos),
        Kind("review queue", lambda centre: centre.staff_pages("/review")),
        Kind("student's status", Centre.status_pages),
        Kind("batches", lambda centre: centre.staff_pages("/batches")),
        Kind("one batch", Centre.a_batch),
        Kind("figures, a week", lambda centre: centre.staff_pages("/review/figures")),
        Kind("metrics", lambda centre: [Ask("GET", "/metrics")] * 6),
    ]


def measure(kind: Kind, centres: Sequence[Centre], bare: Target, folder: Path, rounds: int) -> None:
    """Ask all of them in turns, the first round for warming up."""
    name = "".join(letter for letter in kind.name if letter.isalnum())
    for turn in range(rounds + 1):
        for centre in centres:
            asks, before = kind.asks(centre), centre.pages()
            spent = Spent() if turn == 0 else kind.spent.setdefault(centre.orders, Spent())
            answers = centre.target.ask(asks, spent, kind.at_once)
            if turn:
                pages = (centre.pages() - before) / len(asks)
                kind.pages.setdefault(centre.orders, []).append(pages)
        if turn == 0:
            (folder / name).write_bytes(answers[-1])
        else:
            plain = [Ask(ask.method, f"/{name}", ask.headers, ask.body) for ask in asks]
            bare.ask(plain, kind.bare, kind.at_once)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of each kind of request")
    parser.add_argument("--statements", action="store_true", help="list those that read most")
    options = parser.parse_args()
    programs = binaries()
    if programs is None:
        print("PostgreSQL is missing; install Debian's package 'postgresql'.")
        return 1
    console = Console(width=130)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-bench-")))
        server = stack.enter_context(running_server(programs, DURABLE))
        with psycopg.connect(server.url("postgres")) as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
        began = time.monotonic()
        with not_waiting(server):
            centres = [
                Centre(stack, folder / str(orders), server, orders)
                for orders in (FEW, options.orders)
            ]
        print(f"Filled in {time.monotonic() - began:.0f} s.", flush=True)
        (folder / "bare").mkdir()
        process, address = start(Path(__file__).with_name("central_bare.py"), str(folder / "bare"))
        stack.callback(process.terminate)
        measured = kinds()
        with psycopg.connect(server.url("postgres")) as connection:
            connection.execute("SELECT pg_stat_statements_reset()")
        for kind in measured:
            measure(kind, centres, Target(address, process.pid), folder / "bare", options.rounds)
        print(
            f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
            f"PostgreSQL {centres[0].rows('SHOW server_version')[0][0]}"
        )
        console.print(cpu_table(measured, options.orders))
        console.print(time_table(measured, options.orders))
        console.print(lookups_table(centres))
        console.print(sizes_table(centres))
        print(verdict(measured, centres))
        if options.statements:
            console.print(statements_table(server))
    return 0


@contextmanager
def not_waiting(server: PostgresServer) -> Iterator[None]:
    """Let the database not wait for the disk for a while; then all is written."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
        yield
        connection.execute("ALTER SYSTEM RESET ALL")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("CHECKPOINT")


if __name__ == "__main__":
    sys.exit(main())

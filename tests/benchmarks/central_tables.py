"""What was measured, as tables and a verdict."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

import psycopg
from central_target import percentile
from postgres_server import PostgresServer
from rich.table import Table

if TYPE_CHECKING:
    from central import Centre, Kind

FEW, ROUNDS = 10_000, 5
GROWTH_TARGET = 1.5


def verdict(measured: Sequence[Kind], centres: Sequence[Centre]) -> str:
    """Return the growth of each request's CPU, the greatest first, and which is too much."""
    few, many = centres
    growths = {
        kind.name: statistics.median(kind.spent[many.orders].cpu_s)
        / statistics.median(kind.spent[few.orders].cpu_s)
        for kind in measured
    }
    growths["looking for copies"] = many.lookups.figures()[0] / few.lookups.figures()[0]
    ordered = sorted(growths.items(), key=lambda one: -one[1])
    over = [name for name, growth in ordered if growth > GROWTH_TARGET]
    lines = [f"  {growth:5.2f}  {name}" for name, growth in ordered]
    said = f"More than {GROWTH_TARGET}: {', '.join(over)}." if over else "All are flat."
    return "\n".join([f"CPU, {many.orders:,} orders to {few.orders:,}:", *lines, said])


def cpu_table(measured: Sequence[Kind], orders: int) -> Table:
    """Return what requests cost: CPU, which a busy machine does not change much."""
    table = Table(title=f"CPU ms a request, and pages of the database: {FEW:,}, {orders:,} orders")
    for heading in (
        "request", "bare", f"{FEW:,}", f"{orders:,}", "growth", "× bare",
        f"p95 {FEW:,}", f"p95 {orders:,}", "growth", f"pages {FEW:,}", f"pages {orders:,}",
    ):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "request" else "right")
    for kind in measured:
        spent = (kind.bare, kind.spent[FEW], kind.spent[orders])
        bare, few, many = (1000 * statistics.median(one.cpu_s) for one in spent)
        _, p95_few, p95_many = (1000 * percentile(one.cpu_s, 0.95) for one in spent)
        pages = [statistics.median(kind.pages[number]) for number in (FEW, orders)]
        table.add_row(
            kind.name, f"{bare:.1f}", f"{few:.1f}", f"{many:.1f}", f"{many / few:.2f}",
            f"{many / bare:.1f}", f"{p95_few:.1f}", f"{p95_many:.1f}",
            f"{p95_many / p95_few:.2f}", *(f"{number:.0f}" for number in pages),
        )  # fmt: skip
    table.caption = f"target of both growths: ≤ {GROWTH_TARGET}"
    return table


def time_table(measured: Sequence[Kind], orders: int) -> Table:
    """Return how long requests take: what a busy machine does to it is in all columns."""
    table = Table(title=f"95 % are answered within, ms: {FEW:,}, {orders:,} orders")
    for heading in ("request", "bare", f"{FEW:,}", f"{orders:,}", "growth", "a second"):
        table.add_column(heading, justify="left" if heading == "request" else "right")
    for kind in measured:
        spent = (kind.bare, kind.spent[FEW], kind.spent[orders])
        bare, few, many = (1000 * percentile(one.wall_s, 0.95) for one in spent)
        rate = 1 / statistics.median(kind.spent[orders].rounds_s)
        table.add_row(
            kind.name, f"{bare:.0f}", f"{few:.0f}", f"{many:.0f}", f"{many / few:.2f}",
            f"{rate:.0f}",
        )  # fmt: skip
    return table


def lookups_table(centres: Sequence[Centre]) -> Table:
    """Return what looking for copies costs, against the same statements by the bare driver."""
    table = Table(title="Looking a photo up among those of its batch")
    for heading in ("orders", "prints", "found", "CPU ms", "p95 ms", "bare driver ms", "p95 ms"):
        table.add_column(heading, justify="right")
    for number in range(ROUNDS + 1):
        for centre in centres:
            centre.lookups.measure(is_warm_up=number == 0)
    for centre in centres:
        lookups = centre.lookups
        table.add_row(
            f"{centre.orders:,}",
            f"{centre.rows('SELECT count(*) FROM photo_prints')[0][0]:,}",
            f"{lookups.found} of {lookups.asked}",
            *(f"{1000 * value:.2f}" for value in lookups.figures()),
        )
    return table


def sizes_table(centres: Sequence[Centre]) -> Table:
    """Return what the database takes."""
    table = Table(title="Bytes an order in the database")
    table.add_column("table")
    for centre in centres:
        table.add_column(f"{centre.orders:,}", justify="right")
    statement = (
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND "
        "relnamespace = 'public'::regnamespace ORDER BY 2 DESC LIMIT 9"
    )
    sizes = [dict(centre.rows(statement)) for centre in centres]
    for name in sizes[-1]:
        table.add_row(
            str(name),
            *(
                f"{int(str(size.get(name, 0))) / centre.orders:.0f}"
                for size, centre in zip(sizes, centres, strict=True)
            ),
        )
    totals = [c.rows("SELECT pg_database_size(current_database())")[0][0] for c in centres]
    table.add_row("all, GB", *(f"{int(str(total)) / 1e9:.2f}" for total in totals))
    return table


def statements_table(server: PostgresServer) -> Table:
    """Return the statements that looked at most pages a call."""
    table = Table(title="Statements by pages a call")
    for heading in ("pages", "ms", "calls", "database", "statement"):
        table.add_column(heading, no_wrap=heading != "statement")
    with psycopg.connect(server.url("postgres")) as connection:
        for row in connection.execute(
            "SELECT round((shared_blks_hit + shared_blks_read) / calls), "
            "round(mean_exec_time::numeric, 2), calls, datname, left(query, 220) "
            "FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
            "WHERE datname LIKE 'test%' AND calls > 5 ORDER BY 1 DESC LIMIT 40"
        ):
            table.add_row(*(" ".join(str(value).split()) for value in row))
    return table

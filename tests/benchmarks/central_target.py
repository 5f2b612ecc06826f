"""What is measured: a server process and the database processes that work for it."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Ask:
    """A request, and the status it must be answered with."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    status: int = 200


@dataclass
class Spent:
    """What requests of one kind took.

    Attributes:
        wall_s: seconds of each.
        cpu_s: CPU seconds of each; where several are under way at once, the mean of a round.
        rounds_s: seconds of each round by its number of requests.
    """

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    rounds_s: list[float] = field(default_factory=list)


class Target:
    """A server at an address.

    Args:
        address: of it.
        pid: of its process.
        database: URL of its PostgreSQL, None when it has none.
    """

    def __init__(self, address: str, pid: int, database: str | None = None) -> None:
        self.address = address
        self._pid = pid
        self._database = database

    def processes(self) -> list[int]:
        """Return the server's process and those of the database at its service."""
        if self._database is None:
            return [self._pid]
        with psycopg.connect(self._database) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'kiosk-central' "
                "AND datname = current_database()"
            ).fetchall()
        return [self._pid, *(pid for (pid,) in rows)]

    def ask(self, asks: Sequence[Ask], spent: Spent, side_by_side: int = 1) -> list[bytes]:
        """Ask one after the other, on connections that stay open; return the answers' bodies."""
        answers: list[bytes] = []
        faults: list[BaseException] = []
        alone = self.processes() if side_by_side == 1 else []

        def some(part: Sequence[Ask]) -> None:
            try:
                answers.extend(self._ask(part, spent, alone))
            except BaseException as fault:  # noqa: BLE001 - raised again below
                faults.append(fault)

        cpu, began = sum(map(cpu_of, self.processes())), time.monotonic()
        threads = [
            threading.Thread(target=some, args=(asks[first::side_by_side],))
            for first in range(side_by_side)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]
        spent.rounds_s.append((time.monotonic() - began) / len(asks))
        if not alone:
            spent.cpu_s.append((sum(map(cpu_of, self.processes())) - cpu) / len(asks))
        return answers

    def _ask(self, asks: Sequence[Ask], spent: Spent, alone: Sequence[int]) -> list[bytes]:
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=PATIENCE_S
        )
        answers = []
        for ask in asks:
            cpu, began = sum(map(cpu_of, alone)), time.monotonic()
            connection.request(ask.method, ask.path, ask.body, ask.headers)
            answer = connection.getresponse()
            answers.append(answer.read())
            spent.wall_s.append(time.monotonic() - began)
            if alone:
                spent.cpu_s.append(sum(map(cpu_of, alone)) - cpu)
            if answer.status != ask.status:
                raise RuntimeError(f"{ask.method} {ask.path}: {answer.status} {answers[-1]!r:.600}")
        connection.close()
        return answers


def cpu_of(pid: int) -> float:
    """CPU time so far of a process and all of its threads, seconds: clock_getcpuclockid(3)."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:  # it has ended
        return 0.0


def start(script: Path, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    """Start a server that prints its address first; return both."""
    process = subprocess.Popen(
        [sys.executable, script, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    if not address:
        raise RuntimeError(f"{script} did not start")
    return process, address


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def timed(work: Callable[[], object], spent: Spent) -> None:
    """Do something in this process once, and note its seconds."""
    began = time.monotonic()
    work()
    spent.wall_s.append(time.monotonic() - began)

"""Processes that are forked to work on the central backend, and killed at any point of it."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from typing import NoReturn

# The writes of one piece of work take about so long, seconds: the kill falls anywhere in them.
_WITHIN_S = 0.02


def told_by_the_killed(work: Callable[[], str], rng: random.Random) -> list[str]:
    """Let a fork work and tell, kill it in the middle of it; return what it told.

    Args:
        work: done over and over; what it returns is told: a line without its end.
        rng: when it is killed: after one to three pieces of work, in the middle of the next.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _live(work, writer)
    os.close(writer)
    with os.fdopen(reader) as lines:
        heard = [lines.readline() for _ in range(rng.randrange(1, 4))]
        time.sleep(rng.random() * _WITHIN_S)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the service stopped by itself"
        return "".join(heard + lines.readlines()).splitlines()


def _live(work: Callable[[], str], writer: int) -> NoReturn:
    try:
        while True:
            os.write(writer, f"{work()}\n".encode())
    finally:
        os._exit(1)

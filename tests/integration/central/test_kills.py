"""The service is killed at any write, and keeps all that it confirmed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import killed_afterwards
import killed_intake
from central_server import environment

from kiosk.central.service.demo import prepare_demo

# `tests/benchmarks/central_kills.py` does it 200 times.
KILLS = 25

NewDatabase = Callable[[], str | None]


def killed(program: str, folder: Path, new_database: NewDatabase) -> dict[str, int]:
    """In a process of its own: it forks, and this one has threads."""
    demo = prepare_demo(folder, database_url=new_database())
    done = subprocess.run(
        [sys.executable, program, demo.config_path, str(KILLS)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result.pop("kills") == KILLS
    return result


def test_the_service_killed_at_any_write_keeps_all_it_confirmed(
    tmp_path: Path, new_database: NewDatabase
) -> None:
    result = killed(killed_intake.__file__, tmp_path, new_database)
    assert 0 < result["acknowledged"] <= result["photos"] == result["logged"]


def test_reviews_payments_and_deliveries_are_whole_or_not_at_all(
    tmp_path: Path, new_database: NewDatabase
) -> None:
    result = killed(killed_afterwards.__file__, tmp_path, new_database)
    assert result["decided"] > 0
    assert result["paid"] > 0
    assert result["packed"] > 0

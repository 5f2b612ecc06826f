"""The service is killed at any write, and keeps all that it confirmed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import killed_intake
from central_server import environment

from kiosk.central.service.demo import prepare_demo

# `tests/benchmarks/central_kills.py` does it 200 times.
KILLS = 25


def test_the_service_killed_at_any_write_keeps_all_it_confirmed(
    tmp_path: Path, new_database: Callable[[], str | None]
) -> None:
    demo = prepare_demo(tmp_path, database_url=new_database())
    # In a process of its own: it forks, and this one has threads.
    done = subprocess.run(
        [sys.executable, killed_intake.__file__, demo.config_path, str(KILLS)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["kills"] == KILLS
    assert 0 < result["acknowledged"] <= result["photos"] == result["logged"]

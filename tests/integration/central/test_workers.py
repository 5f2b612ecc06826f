"""Several processes serve one PostgreSQL, and what Prometheus reads of them."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from central_requests import parcel
from central_server import RunningCentral, workers_of
from postgres_server import PostgresServer

from kiosk.central.service.demo import prepare_demo


@pytest.fixture
def two_workers(tmp_path: Path, postgres: PostgresServer) -> Iterator[RunningCentral]:
    demo = prepare_demo(tmp_path, database_url=postgres.new_database())
    with demo.config_path.open("a") as file:
        file.write("workers = 2\n")
    running = RunningCentral(demo, is_fresh=True).start()
    yield running
    assert running.stop() == 0


def test_a_worker_that_dies_is_replaced_and_the_other_serves_on(
    two_workers: RunningCentral,
) -> None:
    deadline = time.monotonic() + 60
    while len(before := workers_of(two_workers)) < 2:
        assert time.monotonic() < deadline, two_workers.log
        time.sleep(0.1)
    os.kill(next(iter(before)), signal.SIGKILL)
    for _ in range(5):
        message, photo, original = parcel()
        assert two_workers.client().submit(message, photo, original).version == 1
    while len(after := workers_of(two_workers)) < 2 or after.keys() == before.keys():
        assert time.monotonic() < deadline, two_workers.log
        time.sleep(0.2)
    figures = two_workers.get("/metrics").text
    route = 'route="/api/v1/submissions/{photo_sha256}"'
    told = re.findall(
        rf'central_answers_total\{{method="PUT",{route},status="200"\}} (\S+)', figures
    )
    assert [float(value) for value in told] == [5.0], "all workers' answers are added up"
    assert "central_orders_pending 5.0" in figures


def test_metrics_are_for_those_who_may_read_them(central: RunningCentral) -> None:
    token = "A" * 32
    central.get(f"/r/{token}")
    figures = central.get("/metrics")
    assert figures.headers["Content-Type"].startswith("text/plain")
    assert "central_jobs_failed 0.0" in figures.text
    assert 'route="/r/{receipt_token}"' in figures.text
    assert token not in figures.text, "never a path: it may be a key"
    stranger = requests.get(
        central.address + "/metrics", headers={"X-Forwarded-For": "203.0.113.9"}, timeout=30
    )
    assert stranger.status_code == 403
    assert stranger.json()["code"] == "not_allowed"


def test_a_worker_killed_while_it_makes_its_figures_file_keeps_no_figures_back(
    two_workers: RunningCentral,
) -> None:
    """It leaves an empty file behind: made, and killed before it was given its size."""
    two_workers.get("/healthz")
    (folder,) = {
        Path(file.path).parent
        for process in workers_of(two_workers).values()
        for file in process.memory_maps()
        if "central-figures-" in file.path
    }
    (folder / "counter_999999.db").touch()
    answer = two_workers.get("/metrics")
    assert answer.status_code == 200
    assert "central_answers_total" in answer.text

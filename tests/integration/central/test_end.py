"""How the service ends."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from central_server import RunningCentral, workers_of
from postgres_server import PostgresServer

from kiosk.central.service.demo import prepare_demo

_LET_IN = 8
"""More than one for each worker."""


@pytest.mark.parametrize("workers", [1, 2])
def test_who_was_let_in_just_before_the_end_is_answered(
    tmp_path: Path, postgres: PostgresServer, workers: int
) -> None:
    demo = prepare_demo(tmp_path, database_url=postgres.new_database())
    with demo.config_path.open("a") as file:
        file.write(f"workers = {workers}\n")
    central = RunningCentral(demo, is_fresh=True).start()
    host, _, port = central.address.removeprefix("http://").partition(":")
    students = [socket.create_connection((host, int(port)), 10) for _ in range(_LET_IN)]
    time.sleep(0.2)  # let in
    ends = threading.Thread(target=central.stop)
    if workers == 1:
        ends.start()
    else:
        # What the supervisor does to each, twice a second at the earliest: nobody could tell when.
        for pid in workers_of(central):
            os.kill(pid, signal.SIGTERM)
    time.sleep(0.05)
    answers = []
    for student in students:
        with student:
            student.sendall(b"GET /healthz HTTP/1.1\r\nHost: booth\r\nConnection: close\r\n\r\n")
            answers.append(student.recv(100)[:12])
    if workers > 1:
        ends.start()
    ends.join(30)
    assert answers == [b"HTTP/1.1 200"] * _LET_IN

"""How the service ends."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

from central_server import start_central


def test_who_was_let_in_just_before_the_end_is_answered(tmp_path: Path) -> None:
    central = start_central(tmp_path)
    host, _, port = central.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), 10) as student:
        time.sleep(0.2)  # let in
        ends = threading.Thread(target=central.stop)
        ends.start()
        time.sleep(0.05)
        student.sendall(b"GET /healthz HTTP/1.1\r\nHost: booth\r\nConnection: close\r\n\r\n")
        answer = student.recv(100)
        ends.join(30)
    assert answer.startswith(b"HTTP/1.1 200 ")

"""The central backend on a socket that systemd holds."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from central_server import SERVE, environment

from kiosk.central.service import passed_socket
from kiosk.central.service.demo import prepare_demo

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-socket-activate") is None and not os.environ.get("CI"),
    reason="systemd is not installed",
)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def activated(program: str, *arguments: str, on: tuple[str, ...]) -> Iterator[subprocess.Popen]:
    """Run a program as systemd would, when the first connection comes."""
    listens = [part for address in on for part in ("--listen", address)]
    kept = [f"--setenv={name}" for name in environment()]
    command = ["systemd-socket-activate", *listens, *kept, sys.executable, "-c", program]
    process = subprocess.Popen(
        [*command, *arguments],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def connect(port: int) -> None:
    """Make systemd start it."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("nobody listens")


def test_it_serves_on_the_socket_it_is_given_whatever_its_settings_say(tmp_path: Path) -> None:
    config = prepare_demo(tmp_path).config_path
    port, other = free_port(), free_port()
    with activated(SERVE, str(config), str(other), on=(f"127.0.0.1:{port}",)) as process:
        connect(port)
        answer = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=60)
        assert answer.status_code == 200
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://127.0.0.1:{other}/healthz", timeout=5)
        process.terminate()
        assert process.wait(30) == 0


TAKE = """
from kiosk.central.service import passed_socket
from kiosk.central.service.settings import ServiceSettingsError
try:
    print(passed_socket.take())
except ServiceSettingsError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (lambda _: f"127.0.0.1:{free_port()}", "passed 2 sockets on"),
        (None, "none of TCP"),
    ],
    ids=["two sockets", "a socket of this machine alone"],
)
def test_what_it_cannot_serve_on_is_said(
    tmp_path: Path, more: Callable[[Path], str] | None, said: str
) -> None:
    port, unix = free_port(), str(tmp_path / "socket")
    on = (unix,) if more is None else (f"127.0.0.1:{port}", more(tmp_path))
    with activated(TAKE, on=on) as process:
        if more is None:
            while not Path(unix).exists():
                time.sleep(0.05)
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(unix)
        else:
            connect(port)
        output, _ = process.communicate(timeout=30)
    assert said in output
    assert "kiosk-central.socket" in output


def test_what_is_meant_for_another_process_is_left_alone() -> None:
    told = {"LISTEN_PID": str(os.getppid()), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "x", "HOME": "/"}
    assert passed_socket.take(told) is None
    assert told == {"HOME": "/"}, "and nobody we start is told"


def test_no_socket_where_one_should_be_is_said() -> None:
    with open(os.devnull) as nothing:  # noqa: PTH123 - its number is wanted
        program = (
            f"import os; os.dup2({nothing.fileno()}, 3); os.environ['LISTEN_PID'] = "
            "str(os.getpid()); os.environ['LISTEN_FDS'] = '1'\n" + TAKE
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env=environment(), pass_fds=[nothing.fileno()],
        )  # fmt: skip
    assert "is no socket" in done.stdout

"""The demo's other processes: started, waited for, ended; their words go to log files."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

START_DEADLINE_S = 60.0
"""A small board takes its time to import everything."""
STOP_DEADLINE_S = 10.0
POLL_S = 0.1
RESTART_AFTER_S = 1.0


class DemoError(Exception):
    """A part of the demo did not start or did not do its work; the message says where to look."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class KioskProcess:
    """`kiosk …` in a process of its own, started again when it dies, as systemd would.

    Args:
        arguments: what follows ``kiosk`` on the command line.
        log_path: where its output goes.
    """

    def __init__(self, arguments: Sequence[str], log_path: Path) -> None:
        self._command = [sys.executable, "-m", "kiosk", *arguments]
        self._log_path = log_path
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep_alive, daemon=True)
        self.restarts = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def _name(self) -> str:
        return " ".join(["kiosk", *self._command[3:5]])

    def start(self) -> None:
        """Start it, and keep it alive until `stop`; its log is appended to."""
        self._start_once()
        self._keeper.start()

    def _keep_alive(self) -> None:
        while not self._stopping.wait(RESTART_AFTER_S):
            if self._process is not None and self._process.poll() is not None:
                self.restarts += 1
                self._start_once()

    def _start_once(self) -> None:
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(),
            )

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait until `ready` says so.

        Raises:
            DemoError: it was not ready within a minute.
        """
        deadline = time.monotonic() + START_DEADLINE_S
        while not ready():
            if time.monotonic() > deadline:
                raise DemoError(
                    f"{self._name} was not ready within {START_DEADLINE_S:.0f} s. "
                    f"Its words are in {self._log_path}."
                )
            time.sleep(POLL_S)

    def stop(self) -> None:
        """Ask it to end, and see to it."""
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment() -> dict[str, str]:
    """Return ours, but with compiled modules kept: each start would compile all of them again."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def answers(url: str) -> bool:
    """Return whether a GET of `url` is answered with success."""
    with contextlib.suppress(requests.RequestException):
        return requests.get(url, timeout=2.0).ok
    return False

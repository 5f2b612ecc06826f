"""A real central backend in a process of its own, for tests to talk to and to kill."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import subprocess
import sys
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any, Self

import psutil
import requests

from kiosk.central.client import CentralClient
from kiosk.central.service.demo import DemoCentral, prepare_demo
from kiosk.central.service.server import serve
from kiosk.central.service.settings import load_service_settings
from kiosk.settings.central import CentralSettings

SERVE = """
import sys
from pathlib import Path
from kiosk.central.service.server import serve
from kiosk.central.service.settings import load_service_settings
settings = load_service_settings(Path(sys.argv[1]))
settings = settings.model_copy(update={"port": int(sys.argv[2])})
serve(settings, lambda address: print(address, flush=True))
"""


def environment() -> dict[str, str]:
    """The environment of a process of ours: it may keep compiled modules, for the next start."""
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return variables | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _serve(
    config: Path, port: int, variables: dict[str, str], address: Connection, log: Path
) -> None:
    """Serve, in a process that has just been forked."""
    os.environ.clear()
    os.environ.update(variables)
    with log.open("a") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    settings = load_service_settings(config).model_copy(update={"port": port})
    serve(settings, address.send)


@functools.cache
def _forks() -> ForkServerContext:
    """Processes that begin with the service's modules: importing them takes most of a start."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = environment()["PYTHONPATH"]  # it finds what this process finds
    try:
        forkserver.ensure_running()
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
    return context


class RunningCentral:
    """The service on a free port. Started again it keeps its port, as behind one address.

    Args:
        demo: which.
        is_fresh: begin as on a server, with an interpreter of its own, not forked from one that
            has the modules already.
    """

    def __init__(self, demo: DemoCentral, *, is_fresh: bool = False) -> None:
        self.demo = demo
        self.address = ""
        self._is_fresh = is_fresh
        self._process: subprocess.Popen[str] | ForkServerProcess | None = None

    def start(self) -> Self:
        port = self.address.rpartition(":")[2] or "0"
        self._process, self.address = (self._begin if self._is_fresh else self._fork)(port)
        assert self.address, f"the service did not start:\n{self.log}"
        return self

    def _begin(self, port: str) -> tuple[subprocess.Popen[str], str]:
        with self._log_path.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(self.demo.config_path), port],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment(),
            )
        assert process.stdout is not None
        with process.stdout as said:
            return process, said.readline().strip()

    def _fork(self, port: str) -> tuple[ForkServerProcess, str]:
        hears, tells = _forks().Pipe(duplex=False)
        process = _forks().Process(
            target=_serve,
            args=(self.demo.config_path, int(port), environment(), tells, self._log_path),
        )
        process.start()
        tells.close()
        with hears, contextlib.suppress(EOFError):
            return process, hears.recv()
        return process, ""

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    @property
    def _log_path(self) -> Path:
        return self.demo.config_path.parent / "service.log"

    @property
    def log(self) -> str:
        return self._log_path.read_text()

    def kill(self) -> None:
        """kill -9: it has no time for anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        assert process.pid is not None
        os.kill(process.pid, number)
        if isinstance(process, subprocess.Popen):
            return process.wait(30)
        process.join(30)
        assert process.exitcode is not None, f"it does not end:\n{self.log}"
        return process.exitcode

    def client(self, token: str | None = None, **settings: Any) -> CentralClient:
        values: dict[str, Any] = {"url": self.address, "retry_first_s": 0.05} | settings
        return CentralClient(CentralSettings(**values), token or self.demo.booth_token)

    def get(self, path: str, **arguments: Any) -> requests.Response:
        return requests.get(self.address + path, timeout=30, **arguments)


def workers_of(central: RunningCentral) -> dict[int, psutil.Process]:
    """Return the processes that serve, by number."""
    found = {}
    for child in psutil.Process(central.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # also one that died and is not yet reaped
            if "resource_tracker" not in " ".join(child.cmdline()):
                found[child.pid] = child
    return found


def start_central(folder: Path, database_url: str | None = None, **demo: Any) -> RunningCentral:
    return RunningCentral(prepare_demo(folder, database_url=database_url, **demo)).start()

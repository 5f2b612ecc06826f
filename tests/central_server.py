"""A real central backend in a process of its own, for tests to talk to and to kill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import requests

from kiosk.central.client import CentralClient
from kiosk.central.service.demo import DemoCentral, prepare_demo
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


class RunningCentral:
    """The service on a free port. Started again it keeps its port, as behind one address."""

    def __init__(self, demo: DemoCentral) -> None:
        self.demo = demo
        self.address = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        port = self.address.rpartition(":")[2] or "0"
        log = (self.demo.config_path.parent / "service.log").open("a")
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.demo.config_path), port],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment(),
        )
        log.close()
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        assert self.address, f"the service did not start:\n{self.log}"
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return (self.demo.config_path.parent / "service.log").read_text()

    def kill(self) -> None:
        """kill -9: it has no time for anything."""
        self._end(lambda process: process.kill())

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        return self._end(lambda process: process.terminate())

    def _end(self, how: Any) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        how(process)
        code = process.wait(30)
        if process.stdout is not None:
            process.stdout.close()
        return code

    def client(self, token: str | None = None, **settings: Any) -> CentralClient:
        values: dict[str, Any] = {"url": self.address, "retry_first_s": 0.05} | settings
        return CentralClient(CentralSettings(**values), token or self.demo.booth_token)

    def get(self, path: str, **arguments: Any) -> requests.Response:
        return requests.get(self.address + path, timeout=30, **arguments)


def start_central(folder: Path, database_url: str | None = None, **demo: Any) -> RunningCentral:
    return RunningCentral(prepare_demo(folder, database_url=database_url, **demo)).start()

"""A real Prometheus of the tests' own, that reads one central backend every second."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
import yaml

_SCRAPE_S = 1
_START_S = 30.0


class Prometheus:
    """A running server.

    Args:
        address: where it answers.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def get(self, path: str, **parameters: str) -> Any:
        """Ask its HTTP interface.

        Raises:
            AssertionError: it says that the question is wrong.
        """
        answer = requests.get(f"{self._address}/api/v1/{path}", params=parameters, timeout=10)
        said = answer.json()
        assert said["status"] == "success", said
        return said["data"]

    def query(self, expression: str) -> list[Any]:
        """Return the series of an expression; none of those that are no number."""
        series = self.get("query", query=expression)["result"]
        return [each for each in series if each["value"][1] != "NaN"]

    def wait_for(self, expression: str, seconds: float) -> list[Any]:
        """Return the series of an expression once there are some; empty when there never are."""
        until = time.monotonic() + seconds
        while not (found := self.query(expression)) and time.monotonic() < until:
            time.sleep(0.5)
        return found


@contextlib.contextmanager
def prometheus(folder: Path, given: Path, target: str) -> Iterator[Prometheus]:
    """Start it by a settings file that is given out, but for what it reads and how often.

    Args:
        folder: an empty one for what it keeps.
        given: the settings file; relative paths in it start from its own folder.
        target: host and port that it reads.
    """
    settings = yaml.safe_load(given.read_text(encoding="utf-8"))
    settings["global"] |= {
        "scrape_interval": f"{_SCRAPE_S}s", "evaluation_interval": f"{_SCRAPE_S}s",
    }  # fmt: skip
    settings["rule_files"] = [str(given.parent / name) for name in settings["rule_files"]]
    (scraped,) = settings["scrape_configs"]
    scraped["static_configs"] = [{"targets": [target]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listens = f"127.0.0.1:{probe.getsockname()[1]}"
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            ["prometheus", f"--config.file={folder / 'prometheus.yml'}",
             f"--storage.tsdb.path={folder / 'kept'}", f"--web.listen-address={listens}"],
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        until = time.monotonic() + _START_S
        while not _is_ready(listens):
            log_so_far = (folder / "log").read_text()
            assert running.poll() is None, log_so_far
            assert time.monotonic() < until, log_so_far
            time.sleep(0.2)
        yield Prometheus(f"http://{listens}")
    finally:
        running.terminate()
        running.wait(30)


def _is_ready(listens: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"http://{listens}/-/ready", timeout=2).status_code == requests.codes.ok
    return False

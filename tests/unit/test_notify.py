"""What systemd hears, on a real datagram socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk import notify

CALLS: list[tuple[Callable[[], bool], str]] = [
    (notify.ready, "READY=1"),
    (lambda: notify.ready("first frame drawn"), "READY=1\nSTATUS=first frame drawn"),
    (notify.watchdog, "WATCHDOG=1"),
    (lambda: notify.status("pose: 等待"), "STATUS=pose: 等待"),
    (notify.stopping, "STOPPING=1"),
    (lambda: notify.stopping("asked to"), "STOPPING=1\nSTATUS=asked to"),
]


@pytest.fixture(params=["path", "abstract"])
def systemd(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """Return the end systemd listens at, named in the environment as systemd does."""
    if request.param == "path":
        name = address = str(tmp_path / "notify")
    else:
        name = f"@kiosk-test-{os.getpid()}"
        address = "\0" + name[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(address)
        end.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield end


@pytest.mark.parametrize(("call", "heard"), CALLS)
def test_systemd_hears_it(systemd: socket.socket, call: Callable[[], bool], heard: str) -> None:
    assert call() is True
    assert systemd.recv(4096).decode() == heard


def test_a_status_of_several_lines_cannot_say_something_else(systemd: socket.socket) -> None:
    notify.status("broken\nSTOPPING=1\r\nMAINPID=1")
    assert systemd.recv(4096).decode() == "STATUS=broken STOPPING=1 MAINPID=1"


@pytest.mark.parametrize("value", [None, "", "relative", "vsock:2:1", "/nobody/listens/here",
                                   "@nobody-listens-here", "/" + "x" * 200])  # fmt: skip
def test_nobody_listening_is_no_trouble(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    else:
        monkeypatch.setenv("NOTIFY_SOCKET", value)
    for call, _ in CALLS:
        assert call() is False


def test_a_systemd_that_reads_nothing_does_not_stop_the_service(systemd: socket.socket) -> None:
    told = [notify.watchdog()]
    while told[-1]:
        told.append(notify.status("x" * 2000))
    assert told[-1] is False
    assert notify.ready() is False
    assert systemd.recv(4096) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("usec", "pid", "interval"),
    [("20000000", None, 10.0), ("20000000", "own", 10.0), ("20000000", "", 10.0),
     ("20000000", "1", None), (None, None, None), ("0", None, None), ("-1", None, None),
     ("soon", None, None), ("20000000", "me", None)],
)  # fmt: skip
def test_the_watchdog_is_fed_twice_as_often_as_it_must(
    monkeypatch: pytest.MonkeyPatch, usec: str | None, pid: str | None, interval: float | None
) -> None:
    for name, value in (("WATCHDOG_USEC", usec), ("WATCHDOG_PID", pid)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, str(os.getpid()) if value == "own" else value)
    assert notify.watchdog_interval_s() == interval

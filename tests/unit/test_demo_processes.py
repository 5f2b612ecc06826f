"""The demo's other processes: kept alive, waited for, ended, with their words in a file."""

from __future__ import annotations

import os
import signal
import socket

import pytest
from standin import wait_for

from kiosk.demo import processes
from kiosk.demo.processes import DemoError, KioskProcess, answers, free_port

SERVE = ["-c", "import time; print('here I am', flush=True); time.sleep(600)"]


@pytest.fixture
def process(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "RESTART_AFTER_S", 0.05)
    process = KioskProcess([], tmp_path / "log" / "words.log")
    # Any long-lived program stands in for `kiosk`: how it is kept is tried here, not what it does.
    process._command = [process._command[0], *SERVE]
    with process:
        yield process


def test_words_go_to_the_log(process, tmp_path):
    log = tmp_path / "log" / "words.log"
    wait_for(lambda: "here I am" in log.read_text())


def test_process_that_dies_is_started_again_until_it_is_stopped(process):
    first = process._process.pid
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: process.restarts == 1 and process._process.pid != first)
    process.stop()
    assert process._process.poll() is not None
    assert process.restarts == 1


def test_process_that_does_not_get_ready_names_its_log(process, monkeypatch):
    monkeypatch.setattr(processes, "START_DEADLINE_S", 0.2)
    with pytest.raises(DemoError, match=r"was not ready.*words\.log"):
        process.wait_until(lambda: False)
    process.wait_until(lambda: True)


def test_process_that_does_not_listen_is_killed(process, monkeypatch, tmp_path):
    process.stop()
    monkeypatch.setattr(processes, "STOP_DEADLINE_S", 0.2)
    deaf = KioskProcess([], tmp_path / "deaf.log")
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True)"
    deaf._command = [deaf._command[0], "-c", f"{code}; time.sleep(600)"]
    with deaf:
        wait_for(lambda: "deaf" in (tmp_path / "deaf.log").read_text())
    assert deaf._process.poll() == -signal.SIGKILL


def test_free_port_is_free_and_answers_nothing():
    port = free_port()
    assert not answers(f"http://127.0.0.1:{port}/healthz")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))

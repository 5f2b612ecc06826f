"""The whole product in its own processes, as `make demo` runs it, with accidents on the way."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PIL import Image

from kiosk.demo.summary import PhotoFacts
from kiosk.standards import load

DEMO_S = 270.0


class RunningDemo:
    """`kiosk demo --auto --headless` as a process."""

    def __init__(self, out: Path, *options: str) -> None:
        self.out = out
        self._log = out.with_suffix(".log")
        environment = {k: v for k, v in os.environ.items() if k != "DISPLAY"}
        with self._log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kiosk", "demo", "--auto", "--headless", "--no-gallery",
                 "--verbose", "--out", str(out), *options],
                stdout=log, stderr=subprocess.STDOUT, env=environment,
            )  # fmt: skip

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + DEMO_S
        while not holds():
            assert self.process.poll() is None, f"ended before {what}\n{self.words()}"
            assert time.monotonic() < deadline, f"no {what}\n{self.words()}"
            time.sleep(0.02)

    def wait(self) -> int:
        return self.process.wait(DEMO_S)

    def words(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def kill(self, *words: str) -> None:
        """Kill the one process below the demo whose command line holds all these words."""
        tree = psutil.Process(self.process.pid).children(recursive=True)
        found = [p for p in tree if all(any(w in part for part in p.cmdline()) for w in words)]
        assert len(found) == 1, [p.cmdline() for p in tree]
        found[0].send_signal(signal.SIGKILL)

    def summary(self) -> dict[str, object]:
        return json.loads((self.out / "summary.json").read_text(encoding="utf-8"))


@pytest.mark.timeout(320)
@pytest.mark.slow
def test_a_visit_survives_a_killed_camera_and_a_killed_service(tmp_path: Path) -> None:
    demo = RunningDemo(tmp_path / "demo", "--size", "960x540", "--language", "en")
    demo.wait_until(lambda: any(demo.out.glob("visit/*-pose.png")), "live view")
    demo.kill("hardware.isolation_child", "simulated_main_camera")
    sealed = demo.out / "booth" / "data" / "outbox" / "entries"
    demo.wait_until(lambda: any(sealed.glob("*.sealed")), "photo in the outbox")
    demo.kill("central", "serve")

    assert demo.wait() == 0, demo.words()
    assert "Traceback" not in demo.words()

    summary = demo.summary()
    assert summary["problems"] == []
    assert summary["camera_restarts"] == 1
    assert summary["service_restarts"] == 1
    assert_photo_is_as_the_standard_says(demo.out / "photo.jpg")
    assert_every_screen_was_seen(demo.out / "visit")
    assert_one_order_with_one_photo(demo.out / "central" / "central.db", summary["photo_id"])
    assert not any(sealed.glob("*.sealed")), "what was delivered is not kept at the booth"


def assert_photo_is_as_the_standard_says(path: Path) -> None:
    standard = load("chsi")
    assert PhotoFacts.of(path.read_bytes()).misses(standard) == []
    with Image.open(path) as image:
        corner = image.convert("RGB").getpixel((6, 6))
    blue = standard.background.blue
    assert max(abs(a - b) for a, b in zip(corner, blue, strict=True)) <= 3


def assert_every_screen_was_seen(folder: Path) -> None:
    seen = {path.stem.partition("-")[2] for path in folder.glob("*.png")}
    assert seen >= {
        "idle", "batch", "code", "last_four", "confirm", "consent", "pay", "pose", "shoot",
        "look", "receipt",
    }  # fmt: skip
    for path in folder.glob("*.png"):
        with Image.open(path) as image:
            colours = image.convert("RGB").getcolors(maxcolors=image.width * image.height)
        assert colours is not None
        assert len(colours) > 8, f"{path} is blank"


def assert_one_order_with_one_photo(database: Path, photo_id: object) -> None:
    with sqlite3.connect(database) as connection:
        orders = connection.execute("select state from orders").fetchall()
        photos = connection.execute("select photo_sha256 from photos").fetchall()
    assert orders == [("approved",)]
    assert photos == [(photo_id,)]

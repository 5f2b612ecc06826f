"""The whole booth while a student is coached: verdicts a second, latency, memory, processor time.

The window draws 1080x1920 on Xvfb with Mesa's software renderer, so a real graphics chip leaves
more of the processor to guidance than is seen here.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the booth does, before NumPy

import psutil

sys.path.insert(0, str(Path(__file__).parent))

from targets import at_least, at_most, plain, print_figures

from hardware import memory
from hardware.sim.director import Director
from hardware.sim.light import SimulatedLight
from kiosk.booth.assembly import Booth
from kiosk.demo.processes import KioskProcess, answers
from kiosk.demo.recording import WatchedScreen
from kiosk.demo.student import Papers, PlayedStudent, VisitFailed
from kiosk.screens.display import virtual_display
from kiosk.settings import load
from kiosk.visit.model import Event, State

MEASURED_S = 20.0
SIZE = (1080, 1920)
# Sits wrong and does not listen, so the visit stays at the coached screen.
DEAF = "sit off-centre left"


class CountingScreen(WatchedScreen):
    """Counts what it draws, and hands touches to a booth that is made after it."""

    frames = 0
    booth: Booth | None = None

    def __init__(self, folder: Path, ready: threading.Event) -> None:
        super().__init__(
            self._touched, width=SIZE[0], height=SIZE[1], data_directory=folder,
            on_ready=ready.set, on_frame_drawn=self._count,
        )  # fmt: skip

    def _touched(self, event: Event) -> None:
        if self.booth is not None:
            self.booth.post(event)

    def _count(self) -> None:
        self.frames += 1


def memory_mb(process: psutil.Process) -> float:
    """Proportional set size: what several processes share counts once."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.memory_full_info().pss / 1e6
    return 0.0


def name_of(process: psutil.Process) -> str:
    """What a process of the booth is for."""
    line = " ".join(process.cmdline())
    for word, name in (("main_camera", "main camera"), ("code_camera", "second camera"),
                       ("outbox", "outbox")):  # fmt: skip
        if word in line:
            return name
    return "window, guidance, portrait"


def prepare(folder: Path) -> dict:
    """Make a booth ready in another process; see `booth_stage`."""
    command = [sys.executable, Path(__file__).with_name("booth_stage.py"), folder, *map(str, SIZE)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


def measure(
    booth: Booth, screen: CountingScreen, director: Director, papers: Papers, folder: Path
) -> None:
    """Play a student up to the chair, then count."""
    student = PlayedStudent(
        screen, director, papers, language="zh", folder=folder / "visit",
        pause_s=0.2, sit=lambda: director.play(DEAF),
    )  # fmt: skip

    def play() -> None:
        with contextlib.suppress(VisitFailed):  # it never gets past the chair
            student.visit()

    threading.Thread(target=play, daemon=True).start()
    if screen.wait_for(lambda v: v.state is State.POSE, 120.0) is None:
        raise SystemExit("The visit did not get to the chair.")
    time.sleep(5.0)
    tree = [psutil.Process(), *psutil.Process().children(recursive=True)]
    tree = [p for p in tree if p.name() != "Xvfb" and "central" not in p.cmdline()]
    before, began = booth.guidance.statistics(), time.monotonic()
    spent = sum(sum(p.cpu_times()[:2]) for p in tree)
    screen.frames = 0
    time.sleep(MEASURED_S)
    after, seconds = booth.guidance.statistics(), time.monotonic() - began
    spent = sum(sum(p.cpu_times()[:2]) for p in tree) - spent
    used = {name_of(p): memory_mb(p) for p in tree}
    verdicts = (after.verdicts - before.verdicts) / seconds
    print_figures(
        f"the whole booth, {seconds:.0f} s at the coached screen of {SIZE[0]}×{SIZE[1]}",
        [
            at_least("verdicts a second", verdicts, 20),
            plain("frames drawn a second", screen.frames / seconds),
            plain("frame to verdict, p50", after.latency_p50_s * 1e3, "ms", 0),
            at_most("frame to verdict, p95", after.latency_p95_s * 1e3, 80, "ms", 0),
            plain(f"processor, of {os.cpu_count()} cores", spent / seconds, digits=2),
            at_most("memory, whole booth", sum(used.values()), 700, "MB", 0),
            *(plain(f"  {name}", size, "MB", 0) for name, size in used.items()),
        ],
    )


def main() -> None:
    """Run it."""
    memory.keep_small()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        here = Path(folder)
        stage = prepare(here / "demo")
        settings_file, scene = Path(stage["settings_file"]), Path(stage["scene"])
        director = stack.enter_context(Director(scene))
        arguments = {"folder": str(scene)}
        service = stack.enter_context(
            KioskProcess(
                ["central", "serve", "--config", stage["central_config"], "--port",
                 str(stage["central_port"])],
                here / "central.log",
            )
        )  # fmt: skip
        service.wait_until(lambda: answers(f"{stage['address']}/healthz"))
        stack.enter_context(
            KioskProcess(
                ["outbox", "send", "--forever", "--config", str(settings_file)],
                here / "outbox.log",
            )
        )
        stack.enter_context(virtual_display(*SIZE))
        ready = threading.Event()
        screen = CountingScreen(here / "kivy", ready)
        booth = Booth(
            load(settings_file), settings_file, screen,
            camera_arguments={"main": arguments, "codes": arguments},
            light=SimulatedLight(scene),
        )  # fmt: skip

        screen.booth = booth

        def behind() -> None:
            booth.start()
            ready.wait(60)
            try:
                measure(booth, screen, director, Papers(**stage["papers"]), here)
            finally:
                booth.stop()
                screen.stop()

        thread = threading.Thread(target=behind)
        thread.start()
        screen.run()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())

"""What isolation costs: a camera in a child process against the same one in this process.

Run it as ``python tests/benchmarks/isolation.py``. Takes about a minute. The two take turns, a
second each, so that what else the machine does falls on both.

The added latency is measured with a camera whose frames are ready and say when they left the
driver; the CPU with the simulated one, which draws each frame, and with that camera, whose own
cost is nothing: there the difference is what isolation costs, whatever the driver.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from prepared_camera import PreparedCamera  # noqa: E402 - beside this folder

from hardware.base import Camera  # noqa: E402
from hardware.discovery import driver_spec  # noqa: E402
from hardware.isolation import IsolatedCamera  # noqa: E402
from hardware.sim.cameras import simulated_main_camera  # noqa: E402
from hardware.sim.director import Director  # noqa: E402

TURNS = 8
TURN_S = 1.0
SIZE = {"width": 1920, "height": 1080}
PATIENT = {"frame_deadline_s": 10.0, "frozen_after_s": 10.0, "open_deadline_s": 30.0}
CPU_TARGET = 1.15
LATENCY_TARGET_MS = 5.0


def cpu_s(pid: int) -> float:
    """Time on a processor of all threads of a process, exact to the scheduler's nanoseconds."""
    total = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        total += int((thread / "schedstat").read_text(encoding="ascii").split()[0])
    return total / 1e9


@dataclass
class Cost:
    """What was measured of one camera."""

    camera: Camera
    cpu_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    def turn(self) -> None:
        """Read frames for a while, measuring."""
        pids = [os.getpid(), getattr(self.camera, "child_pid", None)]
        for _ in range(3):
            self.camera.read_frame(10.0)
        before, began, frames = sum(cpu_s(pid) for pid in pids if pid), time.monotonic(), 0
        while time.monotonic() < began + TURN_S:
            frame = self.camera.read_frame(10.0)
            self.late_ms.append(1000 * (time.monotonic() - frame.taken_at))
            frames += 1
        used = sum(cpu_s(pid) for pid in pids if pid) - before
        self.rates.append(frames / (time.monotonic() - began))
        self.cpu_ms.append(1000 * used / frames)


def compare(plain: Camera, isolated: Camera) -> tuple[Cost, Cost]:
    costs = Cost(plain), Cost(isolated)
    with plain, isolated:
        for _ in range(TURNS):
            for cost in costs:
                cost.camera.start_live_view()
                cost.turn()
                cost.camera.stop_live_view()
    return costs


def isolated(driver: str, **arguments) -> IsolatedCamera:
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    return IsolatedCamera("main", driver, arguments, environment={"PYTHONPATH": path}, **PATIENT)


def main() -> None:
    table = Table(title="25 frames a second of 1920×1080: isolated against in-process")
    for heading in ("camera", "figure", "in-process", "isolated", "ratio or difference", "target"):
        table.add_column(heading, justify="left" if heading in ("camera", "figure") else "right")

    def add(name: str, costs: tuple[Cost, Cost]) -> None:
        middle = statistics.median
        plain, child = costs
        for figure, of in (
            ("frames a second", lambda cost: middle(cost.rates)),
            ("CPU a frame, ms", lambda cost: middle(cost.cpu_ms)),
            ("median latency, ms", lambda cost: middle(cost.late_ms)),
        ):  # type: str, Callable[[Cost], float]
            before, after = of(plain), of(child)
            drawn = name == "simulated"
            against = f"{after / before:.2f}" if drawn else f"{after - before:+.2f}"
            target = ""
            if figure.startswith("CPU") and drawn:
                target = f"≤ {CPU_TARGET}"
            if "latency" in figure and not drawn:
                target = f"< {LATENCY_TARGET_MS:g} ms"
            table.add_row(name, figure, f"{before:.2f}", f"{after:.2f}", against, target)

    with tempfile.TemporaryDirectory() as folder:
        Director(folder).sit()
        drawn = {"folder": folder, **SIZE}
        add(
            "simulated",
            compare(simulated_main_camera(**drawn), isolated(driver_spec("simulated"), **drawn)),
        )
    add(
        "frames ready",
        compare(PreparedCamera(**SIZE), isolated("prepared_camera:PreparedCamera", **SIZE)),
    )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()

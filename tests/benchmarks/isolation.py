"""What isolation costs: a camera in a child process against the same one in this process.

Run it as ``python tests/benchmarks/isolation.py``. Takes about 20 s.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hardware.discovery import driver_spec
from hardware.isolation import IsolatedCamera
from hardware.sim.cameras import simulated_main_camera
from hardware.sim.director import Director

SECONDS = 4.0
SIZES = ((1280, 720), (1920, 1080))


def cpu_s(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(camera) -> dict[str, float]:
    camera.start_live_view()
    for _ in range(5):
        camera.read_frame(10.0)
    pids = [os.getpid(), getattr(camera, "child_pid", None)]
    before = sum(cpu_s(pid) for pid in pids if pid)
    late, began = [], time.monotonic()
    while time.monotonic() < began + SECONDS:
        frame = camera.read_frame(10.0)
        late.append(time.monotonic() - frame.taken_at)
    took = time.monotonic() - began
    used = sum(cpu_s(pid) for pid in pids if pid) - before
    return {
        "frames a second": len(late) / took,
        "CPU a frame, ms": 1000 * used / len(late),
        "exposure to caller, median ms": 1000 * statistics.median(late),
    }


def main() -> None:
    table = Table(title="Simulated camera at 25 frames a second: isolated against in-process")
    for heading in ("size", "figure", "in-process", "isolated", "ratio"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for width, height in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            Director(folder).sit()
            arguments = {"folder": folder, "width": width, "height": height}
            with simulated_main_camera(**arguments) as camera:
                plain = measure(camera)
            patient = {"frame_deadline_s": 10.0, "frozen_after_s": 10.0, "open_deadline_s": 30.0}
            with IsolatedCamera("main", driver_spec("simulated"), arguments, **patient) as camera:
                isolated = measure(camera)
        for figure, value in plain.items():
            table.add_row(
                f"{width}×{height}", figure, f"{value:.1f}", f"{isolated[figure]:.1f}",
                f"{isolated[figure] / value:.2f}",
            )  # fmt: skip
    Console(width=100).print(table)


if __name__ == "__main__":
    main()

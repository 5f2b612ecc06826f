"""Thousands of stills with the DSLR driver, isolated: none lost, memory and handles flat.

Run it as ``python tests/benchmarks/dslr_soak.py``. On libgphoto2's virtual camera 2,000 stills
take about five minutes, nearly all of it waiting. The camera is full after every 26 photos, and
in between it is unplugged, or its library crashed, so that all the ways back are walked too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))
os.environ["PYTHONPATH"] = os.pathsep.join([str(TESTS), str(TESTS.parent)])

import virtual_dslr  # noqa: E402 - its folder is made known above

from hardware.errors import HardwareError  # noqa: E402
from hardware.isolation import IsolatedCamera  # noqa: E402

FAULT_EVERY = 500
MEMORY_LIMIT_MB = 20.0
SETTLED_AFTER = 100


def look(pid: int) -> tuple[float, int]:
    """Return resident memory in megabytes, and open file descriptors, of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    handles = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20), handles


class Growth:
    """How much the memory and the handles of a process grow once it has settled."""

    def __init__(self) -> None:
        self._first: dict[int, tuple[float, int]] = {}
        self._stills: dict[int, int] = {}
        self.memory_mb = 0.0
        self.handles = 0

    def note(self, pid: int) -> None:
        self._stills[pid] = self._stills.get(pid, 0) + 1
        if self._stills[pid] < SETTLED_AFTER:
            return
        memory_mb, handles = look(pid)
        first = self._first.setdefault(pid, (memory_mb, handles))
        self.memory_mb = max(self.memory_mb, memory_mb - first[0])
        self.handles = max(self.handles, handles - first[1])


def bring_back(camera: IsolatedCamera, folder: Path, *, unplug: bool) -> float:
    """Break the camera while it is asked for a still; return the seconds until it gives one."""
    if unplug:
        virtual_dslr.unplug(folder)
    else:
        (folder / "crash").touch()
    began = time.monotonic()
    while True:
        try:
            camera.capture_still()
        except HardwareError:
            if unplug and (folder / "away.jpg").exists():
                time.sleep(1.0)
                virtual_dslr.plug_in(folder)
                began = time.monotonic()
        else:
            return time.monotonic() - began


def soak(stills: int, *, faults: bool) -> int:
    """Take stills and print what came of it; return the exit code."""
    growth, ours = Growth(), Growth()
    lost, lasted, back = 0, [], []
    with tempfile.TemporaryDirectory() as name:
        folder = virtual_dslr.install(Path(name))
        camera = IsolatedCamera(
            "main", "virtual_dslr:virtual_dslr", {"folder": name}, open_deadline_s=20.0
        )
        with camera:
            last = 0
            for taken in range(1, stills + 1):
                began = time.monotonic()
                still = camera.capture_still()
                lasted.append(time.monotonic() - began)
                number = virtual_dslr.photo_number(still)
                lost += number != last + 1
                last = number
                growth.note(camera.child_pid)
                ours.note(os.getpid())
                if faults and taken % FAULT_EVERY == 0 and taken < stills:
                    back.append(bring_back(camera, folder, unplug=len(back) % 2 == 0))
                    last = virtual_dslr.photo_number(camera.capture_still())
            restarts = camera.state().restarts
    table = Table(title=f"{stills} stills on the virtual DSLR, isolated")
    table.add_column("figure")
    table.add_column("found", justify="right")
    rows = {
        "lost, doubled or out of turn": lost,
        "median time of a still, ms": f"{1000 * statistics.median(lasted):.0f}",
        "longest, ms": f"{1000 * max(lasted):.0f}",
        "memory growth of the driver's process, MB": f"{growth.memory_mb:.1f}",
        "memory growth of the booth's process, MB": f"{ours.memory_mb:.1f}",
        "handles leaked, driver / booth": f"{growth.handles} / {ours.handles}",
        "faults made, restarts counted": f"{len(back)} / {restarts}",
        "longest until stills were back, s": f"{max(back, default=0.0):.1f}",
    }
    for figure, found in rows.items():
        table.add_row(figure, str(found))
    Console(width=100).print(table)
    flat = max(growth.memory_mb, ours.memory_mb) < MEMORY_LIMIT_MB
    return 0 if flat and not lost and not growth.handles and not ours.handles else 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stills", type=int, default=2000)
    parser.add_argument("--no-faults", action="store_true", help="one process from first to last")
    options = parser.parse_args()
    sys.exit(soak(options.stills, faults=not options.no_faults))


if __name__ == "__main__":
    main()

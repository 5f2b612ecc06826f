"""Code reading: time over the bare engine on the same frames, share read, memory.

Run ``python tests/benchmarks/codes.py``. Uses the frames beside the checkout
where they are, else frames made by tests/qr_frames.py.
"""

from __future__ import annotations

import csv
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

import qr_frames  # noqa: E402
from targets import at_least, at_most, plain, print_figures  # noqa: E402

from kiosk.codes.engines import zbar, zxing  # noqa: E402
from kiosk.codes.reader import CodeReader  # noqa: E402

ROUNDS = 3
MADE_EACH = 4


def frames() -> list[tuple[np.ndarray, str]]:
    folder = ROOT.parent / "shared" / "data" / "qr"
    if (folder / "truth.csv").is_file():
        with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return [(_rgb(folder / row["file"]), row["text"]) for row in rows]
    text = "https://capture.example.edu.cn/c/310265984?k=83HC5JPPGJ857CJB92E55H2C"
    return [
        (qr_frames.frame(text, kind, seed), text)
        for kind in qr_frames.KINDS
        for seed in range(MADE_EACH)
    ]


def measure(
    name: str, read: Callable[[np.ndarray], tuple[str, ...]], pictures: list[tuple[np.ndarray, str]]
) -> tuple[float, dict[str, object]]:
    """Return the mean of the best of `ROUNDS` times of each frame in ms, and the line to print."""
    best, right, wrong = [], 0, 0
    for picture, text in pictures:
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            texts = read(picture)
            times.append((time.perf_counter() - start) * 1e3)
        best.append(min(times))
        right += bool(text) and texts == (text,)
        wrong += any(found != text for found in texts)
    mean = float(np.mean(best))
    holding = sum(bool(text) for _, text in pictures)
    line = {
        "reading": name, "mean_ms": round(mean, 2),
        "p95_ms": round(float(np.quantile(best, 0.95)), 1),
        "worst_ms": round(max(best), 1), "read": right, "of": holding, "wrong": wrong,
    }  # fmt: skip
    return mean, line


def main() -> None:
    pictures = frames()
    before = _peak_mb()
    lines = []
    for name, engine in (("zxing", zxing()), ("pyzbar", zbar())):
        bare, line = measure(
            f"{name}, bare engine",
            lambda p, engine=engine: engine(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)),
            pictures,
        )
        lines.append(line)
        reader = CodeReader(name)
        for look in ("fast", "thorough"):
            mean, line = measure(
                f"{name}, {look}",
                lambda p, r=reader, look=look: r.read(p, thorough=look == "thorough"),
                pictures,
            )
            lines.append(line | {"ratio": round(mean / bare, 2)})
    table = Table(title="reading codes, milliseconds a frame")
    for heading in lines[-1]:
        table.add_column(heading, justify="left" if heading == "reading" else "right")
    for line in lines:
        table.add_row(*(str(line.get(heading, "")) for heading in lines[-1]))
    Console(width=110).print(table)
    chosen = next(line for line in lines if line["reading"] == "zxing, thorough")
    print_figures(
        "codes, by the engine of the settings",
        [
            at_least("frames read", 100 * chosen["read"] / chosen["of"], 87, "%"),
            at_most("frames read wrongly, or where there is no code", chosen["wrong"], 0, digits=0),
            plain("memory for reading", _peak_mb() - before, "MB", 0),
        ],
    )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _rgb(path: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


if __name__ == "__main__":
    main()

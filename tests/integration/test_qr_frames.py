"""The second camera's frames beside the checkout: how many are read, and that none is misread."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.codes.reader import CodeReader


def _read_all(
    folder: Path, engine: str, *, thorough: bool
) -> tuple[Counter[str], Counter[str], list[str]]:
    """Return frames read and frames by kind, and the frames in which something else was read."""
    reader = CodeReader(engine)
    read, total, wrong = Counter[str](), Counter[str](), []
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pixels = np.asarray(Image.open(folder / row["file"]).convert("RGB"))
            texts = reader.read(pixels, thorough=thorough)
            total[row["kind"]] += 1
            read[row["kind"]] += bool(row["text"]) and texts == (row["text"],)
            if any(text != row["text"] for text in texts):
                wrong.append(row["file"])
    return read, total, wrong


@pytest.mark.parametrize(
    ("engine", "look", "least"),
    [
        ("zxing", "fast", 0.87),
        ("zxing", "thorough", 0.95),
        ("pyzbar", "fast", 0.66),
        ("pyzbar", "thorough", 0.9),
    ],
)
def test_frames_with_a_code_are_read_and_nothing_else(
    shared_data: Path, engine: str, look: str, least: float
) -> None:
    read, total, wrong = _read_all(shared_data / "qr", engine, thorough=look == "thorough")
    holding = sum(count for kind, count in total.items() if kind != "none")
    assert wrong == []
    assert total["none"] > 0
    assert sum(read.values()) / holding >= least, read

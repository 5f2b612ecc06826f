"""Draw the training examples: degraded crops of finished canvases, and their labels.

`recipe.py` draws the parts it needs. Each example depends on the heads, the seed and its own
number only, so that parts drawn by several processes are the same as one drawn by one.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from augment import augmented_crop
from canvas import Head
from scenes import LABELS, UNSURE, make_example

from kiosk.guidance import face_points
from kiosk.guidance.attributes import crop as crops_of
from kiosk.guidance.attributes.crop import EYES, HEAD

OVER_BROWS = ("003",)
NEAR_BROWS = ("067", "081", "101", "103", "112", "128", "129", "136")
"""People of the London set whose own hair lies over their brows, or over a brow's end."""
SEED, TIMES = 0, 2
"""Of the recipe's examples; so many degraded crops each."""
PARTS = (range(5000), range(5000, 10000))
"""The recipe's examples by number, in parts that are drawn side by side."""
_NOT_DRAWING = ("network", "prepare", "recipe", "repeatable", "train")
"""Scripts of this folder that change no example; whatever else lies here may."""


def own_hair(person: str) -> float:
    """Return the label of a person's own hair."""
    return 1.0 if person in OVER_BROWS else UNSURE if person in NEAR_BROWS else 0.0


def draw_examples(
    heads: dict[str, np.ndarray], numbers: range, seed: int, times: int
) -> dict[str, np.ndarray]:
    """Draw examples, each from random numbers of its own.

    Args:
        heads: what `prepare.py` wrote.
        numbers: of the examples.
        seed: of the run.
        times: how many degraded crops each example gives.

    Returns:
        `eyes` and `head`, (times, n, height, width, 3) uint8 crops; `labels` (n, labels) float32;
        `people` (n,).
    """
    pictures, points, masks = heads["pictures"], heads["points"], heads["masks"]
    count, scale = len(numbers), np.float32(1 / 255)
    shapes = {"eyes": EYES, "head": HEAD}
    crops = {
        name: np.empty((times, count, g.height_px, g.width_px, 3), np.uint8)
        for name, g in shapes.items()
    }
    labels, people = np.empty((count, len(LABELS)), np.float32), []
    for row, number in enumerate(numbers):
        rng = np.random.default_rng((seed, number))
        i = int(rng.integers(len(pictures)))
        person = str(heads["people"][i])
        head = Head(pictures[i] * scale, points[i].astype(np.float32), masks[i] * scale)
        finished, told = make_example(rng, head, own_hair(person))
        for name, geometry in shapes.items():
            for k in range(times):
                crops[name][k, row] = augmented_crop(rng, finished.picture, geometry)
        labels[row] = [told[name] for name in LABELS]
        people.append(person)
        if row % 500 == 499:
            print(row + 1, "drawn", file=sys.stderr, flush=True)
    return {**crops, "labels": labels, "people": np.array(people)}


def _write_part(heads: Path, numbers: range, path: Path) -> None:
    cv2.setNumThreads(1)
    drawn = draw_examples(dict(np.load(heads)), numbers, SEED, TIMES)
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, **drawn)
    unfinished.replace(path)


def drawn_from(heads: Path) -> str:
    """Return a mark that changes with whatever examples depend on: heads, scripts, versions."""
    told = hashlib.sha256(f"{np.__version__} {cv2.__version__} {PARTS} {SEED} {TIMES}".encode())
    scripts = [p for p in Path(__file__).parent.glob("*.py") if p.stem not in _NOT_DRAWING]
    for path in (heads, *sorted(scripts), *(Path(m.__file__) for m in (crops_of, face_points))):
        told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()[:12]


def draw_parts(heads: Path, folder: Path, processes: int) -> list[Path]:
    """Draw those of `PARTS` that are not in the folder yet; return the paths of all.

    Their names bear the mark of what they were drawn from, so that none is taken for another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mark = drawn_from(heads)
    paths = [folder / f"crops-{mark}-{number}.npz" for number in range(len(PARTS))]
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        missing = [(part, p) for part, p in zip(PARTS, paths, strict=True) if not p.exists()]
        for work in [pool.submit(_write_part, heads, part, path) for part, path in missing]:
            work.result()
    return paths

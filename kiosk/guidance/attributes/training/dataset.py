"""Draw the training examples: degraded crops of finished canvases, and their labels.

    python dataset.py heads.npz --out crops-0.npz --first 0 --count 5000 --seed 0

Each example depends on the heads, the seed and its own number only, so that parts drawn by
several processes are the same as one drawn by one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from augment import augmented_crop
from canvas import Head
from scenes import LABELS, UNSURE, make_example

from kiosk.guidance.attributes.crop import EYES, HEAD

OVER_BROWS = ("003",)
NEAR_BROWS = ("067", "081", "101", "103", "112", "128", "129", "136")
"""People of the London set whose own hair lies over their brows, or over a brow's end."""


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


def main() -> None:
    """Draw examples from heads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("heads", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--times", type=int, default=2, help="degraded crops an example")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    numbers = range(options.first, options.first + options.count)
    heads = dict(np.load(options.heads))
    np.savez(options.out, **draw_examples(heads, numbers, options.seed, options.times))


if __name__ == "__main__":
    main()

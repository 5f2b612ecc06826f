"""Draw the training examples: finished canvases and their labels.

    python dataset.py heads.npz --out examples-0.npz --count 3000 --seed 0

The same heads, count and seed give the same examples.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from canvas import Head
from scenes import LABELS, UNSURE, make_example

OVER_BROWS = ("003",)
NEAR_BROWS = ("067", "081", "101", "103", "112", "128", "129", "136")
"""People of the London set whose own hair lies over their brows, or over a brow's end."""


def own_hair(person: str) -> float:
    """Return the label of a person's own hair."""
    return 1.0 if person in OVER_BROWS else UNSURE if person in NEAR_BROWS else 0.0


def main() -> None:
    """Draw examples from heads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("heads", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    heads = np.load(options.heads)
    pictures, points, masks = heads["pictures"], heads["points"], heads["masks"]
    people = heads["people"]
    drawn, labels, who = [], [], []
    for index in range(options.count):
        i = int(rng.integers(len(pictures)))
        scale = np.float32(1 / 255)
        head = Head(pictures[i] * scale, points[i].astype(np.float32), masks[i] * scale)
        finished, told = make_example(rng, head, own_hair(str(people[i])))
        drawn.append(np.round(finished.picture * 255).astype(np.uint8))
        labels.append([told[name] for name in LABELS])
        who.append(str(people[i]))
        if index % 500 == 499:
            print(index + 1, "drawn", file=sys.stderr, flush=True)
    np.savez(options.out, pictures=np.array(drawn), labels=np.array(labels, np.float32),
             people=np.array(who))  # fmt: skip


if __name__ == "__main__":
    main()

"""The matte on all real booth scenes: error by backdrop, the worst ones, fringe, and the time.

The five usual figures: mean absolute difference (MAD), its sum (SAD), mean squared error (MSE),
error of the gradient (Rhemann et al., CVPR 2009), and MSE near the edge only. Alpha is linear
light, 0 to 1; figures are in thousandths (SAD and gradient: thousands).
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from calibration.backdrop import PLATE_SIDE_PX, clean_plate
from calibration.stills import decode_stills
from kiosk.guidance.mediapipe_models import PersonSegmenter
from kiosk.portrait.backdrop import follow, prepare_plate
from kiosk.portrait.guess import guess
from kiosk.portrait.light import to_encoded, to_linear
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.matte import Matte
from kiosk.portrait.opacity import solve
from kiosk.standards import load as load_standard

SCENES = Path(__file__).resolve().parents[3] / "shared" / "data" / "scenes"
NAMES = ("MAD", "SAD", "MSE", "gradient", "edge MSE")
LIMITS = MatteLimits()


def slope(alpha: np.ndarray) -> np.ndarray:
    soft = cv2.GaussianBlur(alpha, (0, 0), 1.4)
    return np.hypot(cv2.Sobel(soft, cv2.CV_64F, 1, 0), cv2.Sobel(soft, cv2.CV_64F, 0, 1))


def figures(found: np.ndarray, truth: np.ndarray) -> list[float]:
    off = found - truth
    mixed = ((truth > 0.02) & (truth < 0.98)).astype(np.uint8)
    edge = cv2.dilate(mixed, np.ones((15, 15), np.uint8)) > 0
    return [
        np.abs(off).mean() * 1e3,
        np.abs(off).sum() / 1e3,
        np.square(off).mean() * 1e3,
        np.square(slope(found) - slope(truth)).sum() / 1e3,
        np.square(off[edge]).mean() * 1e3,
    ]


def fringe(matte: Matte, light: np.ndarray, truth: np.ndarray, wall: np.ndarray) -> float:
    """Return how far the edge is off once it stands on the official blue, mean code values.

    The true edge is the still less the wall's true part, plus the blue's.
    """
    blue = to_linear(np.array(load_standard("chsi").background.blue, np.uint8).reshape(1, 1, 3))
    edge = (truth > 0.05) & (truth < 0.95)
    true, found = truth[edge][:, None], matte.alpha[edge][:, None]
    right = light[edge] - (1 - true) * wall[edge] + (1 - true) * blue[0]
    made = matte.foreground[edge] * found + (1 - found) * blue[0]
    both = [to_encoded(x.astype(np.float32)).astype(int) for x in (right, made)]
    return float(np.abs(both[0] - both[1]).mean())


def main() -> int:
    if not SCENES.is_dir():
        print("the real scenes (../shared/data/scenes) are not beside this checkout")
        return 0
    segmenter, rows, seconds, fringes = PersonSegmenter(), [], [], []
    plates: dict[str, object] = {}
    with (SCENES / "scenes.csv").open(newline="") as file:
        scenes = list(csv.DictReader(file))
    for scene in scenes:
        name = scene["backdrop"]
        still = cv2.cvtColor(cv2.imread(str(SCENES / scene["still"])), cv2.COLOR_BGR2RGB)
        truth = cv2.imread(str(SCENES / scene["alpha"]), cv2.IMREAD_GRAYSCALE) / 255.0
        size = (still.shape[1], still.shape[0])
        if name not in plates:
            files = sorted((SCENES / name).glob("plate_*.jpg"))
            pixels, full = decode_stills([(f.name, f.read_bytes()) for f in files], PLATE_SIDE_PX)
            plates[name] = prepare_plate(clean_plate(pixels, full), size, size)
        start = time.perf_counter()
        person = segmenter.find(still)
        light = to_linear(still)
        behind = follow(light, plates[name], person, LIMITS)
        matte = solve(light, behind, person, LIMITS)
        seconds.append(time.perf_counter() - start)
        alone = figures(person, truth)[0]
        without = figures(guess(light, person, LIMITS).alpha, truth)[0]
        found = np.round(matte.alpha * 255) / 255
        rows.append((name, scene["still"], figures(found, truth), alone, without))
        fringes.append(fringe(matte, light, truth, behind.light))
    print(f"{'':16}" + "".join(f"{n:>10}" for n in NAMES) + f"{'no plate':>10}{'mask':>10}")
    for name in [*sorted(plates), "all"]:
        chosen = [r for r in rows if name in ("all", r[0])]
        mean = np.mean([[*r[2], r[4], r[3]] for r in chosen], axis=0)
        print(f"{name:16}" + "".join(f"{v:10.2f}" for v in mean))
    print("worst by MAD: " + ", ".join(
        f"{r[1].removesuffix('_03.jpg')} {r[2][0]:.1f}"
        for r in sorted(rows, key=lambda r: -r[2][0])[:10]
    ))  # fmt: skip
    print(f"edge on the official blue, off the true one: {np.mean(fringes):.1f} code values")
    print(f"segmenter and matte: {np.median(seconds):.3f} s at the median")
    return 0


if __name__ == "__main__":
    sys.exit(main())

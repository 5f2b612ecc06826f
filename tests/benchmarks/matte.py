"""The matte where alpha is known exactly: error by backdrop, the worst ones, fringe, and the time.

On all real booth scenes, whose scores the limits were chosen by, and on the shipped sitters
before five walls, with a shadow, a shift and a change of exposure.

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
from kiosk.portrait.picture import Picture
from kiosk.standards import load as load_standard

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from portrait_scenes import booth_scene  # beside the tests
from targets import at_most, plain, print_figures

SCENES = Path(__file__).resolve().parents[3] / "shared" / "data" / "scenes"
NAMES = ("MAD", "SAD", "MSE", "gradient", "edge MSE")
LIMITS = MatteLimits()
WALLS = {"blue": (90, 165, 225), "green": (70, 150, 75), "grey": (135, 135, 137),
         "teal": (55, 125, 135), "white": (220, 220, 218)}  # fmt: skip


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


def fringe(
    matte: Matte, light: np.ndarray, truth: np.ndarray, wall: np.ndarray
) -> tuple[float, float]:
    """Return how far the edge is off once it stands on the official blue.

    In mean code values, and in chroma alone, mean distance in a*b* of CIELAB.

    The true edge is the still less the wall's true part, plus the blue's.
    """
    blue = to_linear(np.array(load_standard("chsi").background.blue, np.uint8).reshape(1, 1, 3))
    edge = (truth > 0.05) & (truth < 0.95)
    true, found = truth[edge][:, None], matte.alpha[edge][:, None]
    right = light[edge] - (1 - true) * wall[edge] + (1 - true) * blue[0]
    made = matte.foreground[edge] * found + (1 - found) * blue[0]
    both = [to_encoded(x.astype(np.float32)) for x in (right, made)]
    codes = np.abs(both[0].astype(int) - both[1]).mean()
    lab = [cv2.cvtColor(x[None].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0] for x in both]
    return float(codes), float(np.hypot(*(lab[0] - lab[1])[:, 1:].T).mean())


def cut_out(still: np.ndarray, plate: object, segmenter: PersonSegmenter) -> tuple:
    """Return the matte, the picture, the backdrop as followed, and the seconds of CPU."""
    start = time.process_time()
    picture = Picture.of(to_linear(still), segmenter.find(still))
    behind = follow(picture, plate, LIMITS)
    matte = solve(picture, behind, LIMITS)
    return matte, picture, behind, time.process_time() - start


def print_table(rows: list[tuple], columns: tuple[str, ...]) -> None:
    print(f"{'':16}" + "".join(f"{n:>10}" for n in columns))
    for name in [*sorted({r[0] for r in rows}), "all"]:
        mean = np.mean([r[2] for r in rows if name in ("all", r[0])], axis=0)
        print(f"{name:16}" + "".join(f"{v:10.2f}" for v in mean))
    worst = sorted(rows, key=lambda r: -r[2][0])[:10]
    print("worst by MAD (MAD/edge MSE): "
          + ", ".join(f"{r[1]} {r[2][0]:.1f}/{r[2][4]:.1f}" for r in worst))  # fmt: skip


def sitters(segmenter: PersonSegmenter) -> None:
    """Measure the shipped sitters; their alpha is known to the pixel."""
    rows = []
    for number, (wall, colour) in enumerate(WALLS.items()):
        for person in ("mei", "kofi", "jun", "clara"):
            scene = booth_scene(
                colour, people=((person, 0.5),), size=(1080, 1080), scale=1.0,
                exposure=(0.96, 1.05)[number % 2], shadow=0.2, shift=(0.4, -0.3),
            )  # fmt: skip
            plate = prepare_plate(clean_plate(scene.plates), (1080, 1080), (1080, 1080))
            matte = cut_out(scene.still, plate, segmenter)[0]
            rows.append((wall, f"{wall}/{person}", figures(matte.alpha, scene.alpha)))
    print("\nshipped sitters")
    print_table(rows, NAMES)


def main() -> int:
    segmenter = PersonSegmenter()
    if SCENES.is_dir():
        scenes(segmenter)
    else:
        print("the real scenes (../shared/data/scenes) are not beside this checkout")
    sitters(segmenter)
    return 0


def scenes(segmenter: PersonSegmenter) -> None:
    """Measure the real scenes."""
    rows, seconds = [], []
    plates: dict[str, object] = {}
    with (SCENES / "scenes.csv").open(newline="") as file:
        listed = list(csv.DictReader(file))
    for scene in listed:
        name = scene["backdrop"]
        still = cv2.cvtColor(cv2.imread(str(SCENES / scene["still"])), cv2.COLOR_BGR2RGB)
        truth = cv2.imread(str(SCENES / scene["alpha"]), cv2.IMREAD_GRAYSCALE) / 255.0
        size = (still.shape[1], still.shape[0])
        if name not in plates:
            files = sorted((SCENES / name).glob("plate_*.jpg"))
            pixels, full = decode_stills([(f.name, f.read_bytes()) for f in files], PLATE_SIDE_PX)
            plates[name] = prepare_plate(clean_plate(pixels, full), size, size)
        matte, picture, behind, taken = cut_out(still, plates[name], segmenter)
        seconds.append(taken)
        others = [guess(picture, LIMITS).alpha, picture.person]
        found = [
            *figures(np.round(matte.alpha * 255) / 255, truth),
            *(figures(x, truth)[0] for x in others),
            *fringe(matte, picture.light, truth, behind.light),
        ]
        rows.append((name, scene["still"].removesuffix("_03.jpg"), found))
    print_table(rows, (*NAMES, "no plate", "mask", "fringe", "chroma"))
    print("fringe, chroma: edge on the official blue, off the true one, code values, and a*b*")
    found = np.array([row[2] for row in rows])
    mad, edge = found[:, NAMES.index("MAD")], found[:, NAMES.index("edge MSE")]
    print_figures(
        f"matte of {len(rows)} real scenes",
        [
            at_most("MAD, mean, thousandths", float(mad.mean()), 2.5, digits=2),
            at_most("MAD, the worst scene", float(mad.max()), 6, digits=2),
            at_most("edge MSE, mean, thousandths", float(edge.mean()), 2.5, digits=2),
            plain("segmenter and matte, processor time, median", float(np.median(seconds)), "s", 3),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())

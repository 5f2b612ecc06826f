"""Scripted sitters coached on drawn frames by the real models: hints, and how soon the shot comes.

Run ``python tests/benchmarks/coached.py [SITTERS]``. Time is simulated, 25 frames a second, so
the figures do not depend on the machine. Prints a line a sitter, then the table. The tests
do the same with figures in the place of pixels (``tests/unit/test_coached_sitters.py``).
"""

from __future__ import annotations

import itertools
import os
import statistics
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the booth does, before NumPy

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from scripted_sitter import CHSI, SETTINGS, started_with  # noqa: E402
from sitter_frames import SIZE, people  # noqa: E402
from targets import at_least, at_most, plain, print_figures  # noqa: E402

from hardware.sim.figure import Wardrobe  # noqa: E402
from hardware.sim.pose import Pose  # noqa: E402
from hardware.sim.scene import Exposure, Scene  # noqa: E402
from kiosk.guidance.assess import Assessor  # noqa: E402
from kiosk.guidance.model import Assessment  # noqa: E402

LIMIT_S = 60.0
MEDIAN_TARGET_S = 12.0


def main(count: int) -> None:
    scene = Scene(*SIZE, seed=4, noise_seed=5)
    names = itertools.cycle(people())
    shots: list[float] = []
    for seed, name in zip(range(count), names, strict=False):
        wardrobe = Wardrobe(name)
        with Assessor(CHSI, SETTINGS, live=True) as assessor:

            def look(pose: Pose) -> Assessment:
                pixels = scene.draw(wardrobe.dress(pose), pose, Exposure())  # noqa: B023
                return assessor.assess(pixels, kind="live")

            sitter = started_with(seed)
            for _ in sitter.coached(LIMIT_S, look):
                pass
        hints = [line.hint for line in sitter.log]
        print(f"{name:12} shot after {sitter.shot_s or float('nan'):5.1f} s: {', '.join(hints)}")
        shots.append(LIMIT_S if sitter.shot_s is None else sitter.shot_s)
    print_figures(
        f"{count} sitters coached from their mistakes to the shot",
        [
            at_least("shot", sum(shot < LIMIT_S for shot in shots), count, digits=0),
            at_most("shot after, median", statistics.median(shots), MEDIAN_TARGET_S, "s"),
            plain("shot after, the last", max(shots), "s"),
        ],
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)

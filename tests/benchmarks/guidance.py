"""Live guidance per 1280 x 720 frame: time over the bare model calls on the same frames, memory.

Run ``python tests/benchmarks/guidance.py [SECONDS]``. The bare calls are
the models' own, as often as guidance makes them: the face mesh on every frame, pose, person mask
and face count every n-th, each on the pixels guidance would hand it. They are made twice: with the
networks guidance runs, and with MediaPipe's own pose graph, of which guidance runs a part. The
frames show a portrait
from beside the checkout where there is one, else a drawn person, moving a little.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the booth does, before NumPy

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from targets import at_most, plain, print_figures  # noqa: E402

from kiosk.guidance import landmarks as finding  # noqa: E402
from kiosk.guidance import mediapipe_models as models  # noqa: E402
from kiosk.guidance.assess import Assessor  # noqa: E402
from kiosk.guidance.attributes.crop import normalised  # noqa: E402
from kiosk.guidance.pose_model import BodySquare, roi  # noqa: E402
from kiosk.settings.guidance import GuidanceSettings  # noqa: E402
from kiosk.standards import load  # noqa: E402

SIZE = (1280, 720)
FRAMES = 30
"""The rhythm of the slower models repeats after so many, so every round holds the same calls."""
SETTINGS = GuidanceSettings()


def frames() -> list[np.ndarray]:
    portraits = sorted((ROOT.parent / "shared" / "data" / "portraits" / "neutral").glob("*.jpg"))
    if portraits:
        portrait = cv2.imread(str(portraits[3]))[:, :, ::-1]
        portrait = cv2.resize(portrait, (720, 720), interpolation=cv2.INTER_AREA)
    else:
        drawn = models._drawn_face()
        portrait = cv2.resize(drawn[:, 16:144], (720, 720), interpolation=cv2.INTER_CUBIC)
    made = []
    for number in range(FRAMES):
        frame = np.full((SIZE[1], SIZE[0], 3), portrait[5, 5], np.uint8)
        left = 280 + round(4 * np.sin(number / 4))
        frame[:, left : left + 720] = portrait
        frame.flags.writeable = False
        made.append(frame)
    return made


class Bare:
    """The bare model calls, in guidance's rhythm.

    Args:
        whole_pose: with MediaPipe's own pose graph.
    """

    def __init__(self, *, whole_pose: bool) -> None:
        self.finder = finding.LandmarkFinder(SETTINGS, live=True)
        self.turn = 0
        self.square = np.zeros((256, 256, 3), np.uint8)
        self.whole_pose = None
        if whole_pose:
            from mediapipe.python.solutions.pose import Pose

            self.whole_pose = Pose(smooth_landmarks=False)
        self.roi = roi(1280, 720, BodySquare(640.0, 1300.0, 2400.0, 0.0))
        worn = self.finder._attributes
        self.networks = [
            (network._net, normalised(np.zeros((2, size.height_px, size.width_px, 3), np.uint8)))
            for network in (worn._eyes, worn._head)
            for size in (network.geometry,)
        ]

    def __call__(self, pixels: np.ndarray) -> None:
        turn, self.turn = self.turn, self.turn + 1
        self.finder._mesh._run(pixels)
        if turn % SETTINGS.faces_every == 0:
            self.finder._far._run(pixels)
        if turn % SETTINGS.shoulders_every == SETTINGS.shoulders_every // 3:
            if self.whole_pose is not None:
                self.whole_pose.process(pixels)
            else:
                self.finder._pose._run({"image": pixels, "roi": self.roi})
        if turn % SETTINGS.person_every == SETTINGS.person_every * 2 // 3:
            self.finder._segmenter._run(self.square)
        if turn % SETTINGS.worn_every == SETTINGS.worn_every // 2:
            for network, crop in self.networks:
                network.setInput(crop)
                network.forward()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    shown = frames()
    with Assessor(load("chsi"), SETTINGS, True) as assessor:
        for frame in shown:
            assessor.assess(frame, kind="live")
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        # Sets of models of their own: not part of what guidance takes.
        bare, whole = Bare(whole_pose=False), Bare(whole_pose=True)
        ways = {
            "bare": bare,
            "MediaPipe's": whole,
            "guidance": partial(assessor.assess, kind="live"),
        }
        wall: dict[str, list[float]] = {name: [] for name in ways}
        cpu: dict[str, list[float]] = {name: [] for name in ways}
        for frame in shown:
            bare(frame)
            whole(frame)
        # In turn, round by round, so that whatever else the machine does falls on both alike.
        until = time.monotonic() + seconds
        while time.monotonic() < until or len(cpu["bare"]) < 3:
            for name, way in ways.items():
                begun, worked = time.perf_counter(), time.process_time()
                for frame in shown:
                    way(frame)
                wall[name].append(1e3 * (time.perf_counter() - begun) / len(shown))
                cpu[name].append(1e3 * (time.process_time() - worked) / len(shown))
        found = assessor.assess(shown[0], kind="live")
    bare.finder.close()
    whole.finder.close()
    # Of processor time, which other programs stretch less than they do the wall clock; the median
    # of neighbouring rounds, because the processor's own speed changes from one to the next.
    ratio = {
        name: median(ours / theirs for ours, theirs in zip(cpu["guidance"], cpu[name], strict=True))
        for name in ("bare", "MediaPipe's")
    }
    print_figures(
        f"guidance, {len(shown) * len(cpu['bare'])} frames of 1280×720 with {found.faces} face",
        [
            at_most(
                "processor time over the bare calls of its networks", ratio["bare"], 1.2, digits=2
            ),
            at_most("… with MediaPipe's own pose graph", ratio["MediaPipe's"], 1.2, digits=2),
            *(
                plain(f"{name}, {what} a frame, median", median(rounds[name]), "ms", 2)
                for what, rounds in (("processor time", cpu), ("time", wall))
                for name in ways
            ),
            plain("peak memory, with MediaPipe's import and the frames", peak_mb, "MB", 0),
        ],
    )


if __name__ == "__main__":
    main()

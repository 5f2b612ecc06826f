"""Live guidance per 1280 x 720 frame: time over the bare model calls on the same frames, memory.

Run ``python tests/benchmarks/guidance.py [SECONDS]``. The bare calls are the models' own, as often
as guidance makes them: the face mesh on every frame, pose, person mask and face count every n-th,
each on the pixels guidance would hand it. They are made in three ways:

- the library's: MediaPipe's own solutions, as its documentation has them called, and of its pose
  graph the network that guidance runs, called likewise;
- the leanest: the same networks in guidance's own graphs, which start no threads and make no
  objects of what was found; nothing of it is read;
- the library's with the whole of its pose graph, which is its only way to shoulders.

The frames show a portrait from beside the checkout where there is one, else a drawn person, moving
a little.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
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
from kiosk.guidance.assess import Assessor  # noqa: E402
from kiosk.guidance.attributes.crop import normalised  # noqa: E402
from kiosk.guidance.mediapipe_graph import drawn_face, graph_config  # noqa: E402
from kiosk.guidance.pose_model import _NODES, BodySquare, pose_network, roi  # noqa: E402
from kiosk.guidance.shared_models import COUNT_CONFIDENCE, SharedModels  # noqa: E402
from kiosk.settings.guidance import GuidanceSettings  # noqa: E402
from kiosk.standards import load  # noqa: E402

SIZE = (1280, 720)
FRAMES = 30
"""The rhythm of the slower models repeats after so many, so every round holds the same calls."""
SETTINGS = GuidanceSettings()
Call = Callable[[np.ndarray], object]


def frames() -> list[np.ndarray]:
    portraits = sorted((ROOT.parent / "shared" / "data" / "portraits" / "neutral").glob("*.jpg"))
    if portraits:
        portrait = cv2.imread(str(portraits[3]))[:, :, ::-1]
        portrait = cv2.resize(portrait, (720, 720), interpolation=cv2.INTER_AREA)
    else:
        drawn = drawn_face()
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
    """The bare model calls, in guidance's rhythm, each a function of a picture.

    Args:
        finder: whose settings, square of the pose network and networks of its own are taken.
        mesh: the face mesh.
        far: the face detector.
        pose: the pose network.
        segmenter: the person mask.
    """

    def __init__(
        self, finder: finding.LandmarkFinder, mesh: Call, far: Call, pose: Call, segmenter: Call
    ) -> None:
        self.turn = 0
        self.square = np.zeros((256, 256, 3), np.uint8)
        self.mesh, self.far, self.pose, self.segmenter = mesh, far, pose, segmenter
        worn = finder._attributes
        self.networks = [
            (network._net, normalised(np.zeros((2, size.height_px, size.width_px, 3), np.uint8)))
            for network in (worn._eyes, worn._head)
            for size in (network.geometry,)
        ]

    def __call__(self, pixels: np.ndarray) -> None:
        turn, self.turn = self.turn, self.turn + 1
        self.mesh(pixels)
        if turn % SETTINGS.faces_every == 0:
            self.far(pixels)
        if turn % SETTINGS.shoulders_every == SETTINGS.shoulders_every // 3:
            self.pose(pixels)
        if turn % SETTINGS.person_every == SETTINGS.person_every * 2 // 3:
            self.segmenter(self.square)
        if turn % SETTINGS.worn_every == SETTINGS.worn_every // 2:
            for network, crop in self.networks:
                network.setInput(crop)
                network.forward()


def bare_ways(finder: finding.LandmarkFinder) -> dict[str, Bare]:
    """Return the three ways to make the bare calls, each with models of its own."""
    from mediapipe.python.solution_base import SolutionBase
    from mediapipe.python.solutions import face_detection, face_mesh, pose, selfie_segmentation

    where = {"roi": roi(*SIZE, BodySquare(640.0, 1300.0, 2400.0, 0.0))}
    mesh = face_mesh.FaceMesh(max_num_faces=1, refine_landmarks=True).process
    far = face_detection.FaceDetection(COUNT_CONFIDENCE, 1).process
    segmenter = selfie_segmentation.SelfieSegmentation(0).process
    whole_pose = pose.Pose(smooth_landmarks=False).process
    network = SolutionBase(
        graph_config=graph_config(_NODES, where.keys() | {"image"}, ("network",), ("body",)),
        side_inputs={"network": pose_network()},
    ).process
    lean = SharedModels(tracking=True)

    def only_network(pixels: np.ndarray) -> object:
        return network({"image": pixels, **where})

    def lean_network(pixels: np.ndarray) -> object:
        return lean.pose.graph.run(pixels, where)

    return {
        "the library's": Bare(finder, mesh, far, only_network, segmenter),
        "leanest": Bare(
            finder,
            lean.mesh.graph.run,
            lean.far_faces.graph.run,
            lean_network,
            lean.segmenter.graph.run,
        ),
        "the library's, whole pose": Bare(finder, mesh, far, whole_pose, segmenter),
    }


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    shown = frames()
    with Assessor(load("chsi"), SETTINGS, True) as assessor:
        for frame in shown:
            assessor.assess(frame, kind="live")
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        # Sets of models of their own: not part of what guidance takes.
        bare = bare_ways(assessor._finder)
        ways = {**bare, "guidance": partial(assessor.assess, kind="live")}
        wall: dict[str, list[float]] = {name: [] for name in ways}
        cpu: dict[str, list[float]] = {name: [] for name in ways}
        for frame in shown:
            for way in bare.values():
                way(frame)
        # In turn, round by round, so that whatever else the machine does falls on all alike.
        until = time.monotonic() + seconds
        while time.monotonic() < until or len(cpu["guidance"]) < 3:
            for name, way in ways.items():
                begun, worked = time.perf_counter(), time.process_time()
                for frame in shown:
                    way(frame)
                wall[name].append(1e3 * (time.perf_counter() - begun) / len(shown))
                cpu[name].append(1e3 * (time.process_time() - worked) / len(shown))
        found = assessor.assess(shown[0], kind="live")
    # Of processor time, which other programs stretch less than they do the wall clock; the median
    # of neighbouring rounds, because the processor's own speed changes from one to the next.
    ratio = {
        name: median(ours / theirs for ours, theirs in zip(cpu["guidance"], cpu[name], strict=True))
        for name in bare
    }
    print_figures(
        f"guidance, {len(shown) * len(cpu['guidance'])} frames of 1280×720, {found.faces} face",
        [
            *(
                at_most(f"processor time over the bare calls, {name}", figure, 1.2, digits=2)
                for name, figure in ratio.items()
            ),
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

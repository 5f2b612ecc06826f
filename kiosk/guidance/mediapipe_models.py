"""MediaPipe's bundled models behind small calls; its pose model is in `kiosk.guidance.pose_model`.

Nothing else touches MediaPipe. Everything runs on this machine from the models inside the wheel;
nothing is downloaded or sent. MediaPipe takes seconds to import, so it is imported with the first
model.

A model is used by one thread at a time. Pictures are (H, W, 3) uint8 RGB; a read-only picture is
handed to MediaPipe without a copy.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import sys
import tempfile
import threading
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from hardware.base import Pixels

Floats = npt.NDArray[np.float32]

SHORT_RANGE, FULL_RANGE = 0, 1
"""Face detectors: for faces within about 2 m (they fill the picture), and within about 5 m."""

_NOISE = re.compile(
    rb"absl::InitializeLog|XNNPACK|inference_feedback_manager|gl_context|landmark_projection"
    rb"|face_landmarker_graph|fontconfig|matplotlib"
)
_loading = threading.Lock()


@contextlib.contextmanager
def _without_start_up_noise() -> Iterator[None]:
    """Drop the lines MediaPipe's C++ side writes to stderr while a graph starts.

    They are written below Python and cannot be switched off there. Whatever else was written
    in the meantime is passed on.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            written.seek(0)
            for line in written:
                if not _NOISE.search(line):
                    os.write(2, line)


@contextlib.contextmanager
def _without_plotting() -> Iterator[None]:
    """Give MediaPipe empty modules for matplotlib while it is imported.

    Its drawing helpers, which nobody here calls, import the whole of matplotlib: some 30 MB and
    a second. Somebody who imports matplotlib afterwards gets the real one.
    """
    names = ("matplotlib", "matplotlib.pyplot")
    if any(name in sys.modules for name in names):
        yield
        return
    package, pyplot = (types.ModuleType(name) for name in names)
    package.__dict__["pyplot"] = pyplot
    sys.modules.update(zip(names, (package, pyplot), strict=True))
    try:
        yield
    finally:
        for name in names:
            sys.modules.pop(name, None)


def _drawn_face() -> Pixels:
    """Return a simple drawing, (128, 128, 3), on which every model finds a face."""
    import cv2

    picture = np.full((128, 128, 3), 200, np.uint8)
    cv2.ellipse(picture, (64, 66), (26, 34), 0, 0, 360, (200, 150, 125), -1)
    cv2.ellipse(picture, (64, 40), (28, 20), 0, 180, 360, (50, 35, 30), -1)
    for x in (54, 74):
        cv2.ellipse(picture, (x, 60), (5, 3), 0, 0, 360, (245, 245, 245), -1)
        cv2.circle(picture, (x, 60), 2, (40, 25, 20), -1)
        cv2.ellipse(picture, (x, 54), (6, 2), 0, 180, 360, (60, 40, 30), 1)
    cv2.line(picture, (64, 62), (61, 74), (160, 110, 90), 1)
    cv2.line(picture, (61, 74), (67, 74), (150, 100, 85), 1)
    cv2.ellipse(picture, (64, 84), (9, 3), 0, 0, 360, (170, 80, 80), -1)
    return picture


_EMPTY = np.full((128, 128, 3), 200, np.uint8)


class Model:
    """One MediaPipe graph: started quietly, closed once.

    Args:
        make: starts the graph; MediaPipe can be imported inside.
        first: what it is shown at once, one after the other.
    """

    def __init__(self, make: Callable[[], Any], first: Iterable[Any]) -> None:
        with _loading, _without_start_up_noise(), warnings.catch_warnings():
            # Protobuf and MediaPipe call their own deprecated functions; not ours to mend.
            warnings.simplefilter("ignore")
            os.environ.setdefault("GLOG_minloglevel", "2")
            with _without_plotting():
                self._graph: Any = make()
            self._lock = threading.Lock()  # guidance and portrait may share a model
            # The first input starts the interpreters, which also have something to say.
            for shown in first:
                self._run(shown)

    def _run(self, shown: Any) -> Any:
        with self._lock:
            return self._graph.process(shown)

    def close(self) -> None:
        """Free the graph. Does nothing when already closed."""
        if self._graph is not None:
            self._graph.close()
            self._graph = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Solution(Model):
    """One of MediaPipe's ready-made graphs."""

    def __init__(self, solution: str, cls: str, **options: Any) -> None:
        def make() -> Any:
            module = importlib.import_module(f"mediapipe.python.solutions.{solution}")
            return getattr(module, cls)(**options)

        # The face starts all interpreters; on the empty picture it is not tracked any further.
        super().__init__(make, (_drawn_face(), _EMPTY))


class _FollowingModel(_Solution):
    """A model that may follow what it found from picture to picture.

    Several may use one: each says whose pictures follow each other, and with another series the
    search begins afresh.
    """

    def __init__(self, solution: str, cls: str, *, tracking: bool, **options: Any) -> None:
        self._tracking = tracking
        self._followed: object = None
        super().__init__(solution, cls, static_image_mode=not tracking, **options)

    def _run_in(self, series: object, pixels: Pixels) -> Any:
        with self._lock:
            if self._tracking and (series is None or series is not self._followed):
                # What is followed is lost on an empty picture. Starting the graph anew would do
                # it too, and load the networks again.
                self._graph.process(_EMPTY)
            self._followed = series
            return self._graph.process(pixels)


_WIRE_BYTES = 17
"""A landmark with x, y and z as protobuf writes it: a head of two bytes, then three times a tag and
the four bytes of a number."""
_WIRE_MARKS = np.array([0, 1, 2, 7, 12])
_WIRE_MARKED = np.array([0x0A, 0x0F, 0x0D, 0x15, 0x1D], np.uint8)
_WIRE_NUMBERS = np.array([3, 4, 5, 6, 8, 9, 10, 11, 13, 14, 15, 16])


def _coordinates(landmarks: Any) -> Floats:
    """Return a landmark list's x, y and z, (n, 3).

    Read from the message's bytes, which is ten times faster than reading 478 objects. Should
    MediaPipe ever fill more fields, the bytes look otherwise and the objects are read.
    """
    wire = landmarks.SerializeToString()
    if len(wire) % _WIRE_BYTES == 0:
        points = np.frombuffer(wire, np.uint8).reshape(-1, _WIRE_BYTES)
        if (points.take(_WIRE_MARKS, axis=1) == _WIRE_MARKED).all():
            return points.take(_WIRE_NUMBERS, axis=1).view("<f4")
    return np.array([(p.x, p.y, p.z) for p in landmarks.landmark], np.float32)


class FaceMesh(_FollowingModel):
    """478 points of one face, lids, lips and irises refined.

    Args:
        tracking: follow the face from frame to frame instead of searching each picture anew.
        confidence: of detection and tracking, 0 to 1.
    """

    def __init__(self, *, tracking: bool, confidence: float = 0.5) -> None:
        super().__init__(
            "face_mesh",
            "FaceMesh",
            tracking=tracking,
            max_num_faces=1,
            refine_landmarks=True,
            min_detection_confidence=confidence,
            min_tracking_confidence=confidence,
        )

    def find(self, pixels: Pixels, *, series: object = None) -> Floats | None:
        """Return (478, 3): x, y and relative depth in pixels of the picture; None: no face.

        Args:
            pixels: (H, W, 3) uint8 RGB.
            series: pictures of one series follow each other; None for a picture by itself. Only
                of interest while tracking.
        """
        faces = self._run_in(series, pixels).multi_face_landmarks
        if not faces:
            return None
        height, width = pixels.shape[:2]
        points = _coordinates(faces[0])
        # MediaPipe gives depth at about the scale of x, nearer is smaller.
        return points * np.array([width, height, width], np.float32)


class FaceDetector(_Solution):
    """Boxes of all faces.

    Args:
        reach: `SHORT_RANGE` or `FULL_RANGE`.
        confidence: 0 to 1.
    """

    def __init__(self, reach: int, *, confidence: float) -> None:
        super().__init__(
            "face_detection",
            "FaceDetection",
            model_selection=reach,
            min_detection_confidence=confidence,
        )

    def find(self, pixels: Pixels) -> Floats:
        """Return (n, 4): left, top, width, height of each face, pixels of the picture."""
        found = self._run(pixels).detections or ()
        height, width = pixels.shape[:2]
        boxes = [d.location_data.relative_bounding_box for d in found]
        fractions = [(b.xmin, b.ymin, b.width, b.height) for b in boxes]
        scale = np.array([width, height, width, height], np.float32)
        return np.array(fractions, np.float32).reshape(-1, 4) * scale


class PersonSegmenter(_Solution):
    """Which part of a picture is the person. Works on 256 x 256 inside."""

    SIDE_PX = 256

    def __init__(self) -> None:
        super().__init__("selfie_segmentation", "SelfieSegmentation", model_selection=0)

    def find(self, pixels: Pixels) -> Floats:
        """Return (H, W) float32, 0 (backdrop) to 1 (person)."""
        mask = self._run(pixels).segmentation_mask
        return np.asarray(mask, np.float32)

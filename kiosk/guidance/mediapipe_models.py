"""MediaPipe's bundled models behind small calls; its pose model is in `kiosk.guidance.pose_model`.

Everything runs on this machine from the models inside the wheel; nothing is downloaded or sent.
MediaPipe takes seconds to import, so it is imported with the first model.

Pictures are (H, W, 3) uint8 RGB; a read-only picture is handed to MediaPipe without a copy.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt

from hardware.base import Pixels
from kiosk.guidance.mediapipe_graph import EMPTY, MediaPipeGraph

Floats = npt.NDArray[np.float32]

SHORT_RANGE, FULL_RANGE = "ShortRange", "FullRange"
"""Face detectors: for faces within about 2 m (they fill the picture), and within about 5 m."""


class Model:
    """One graph, closed once.

    Args:
        graph: started.
    """

    def __init__(self, graph: MediaPipeGraph) -> None:
        self.graph = graph

    def close(self) -> None:
        """Free the graph. Does nothing when already closed."""
        self.graph.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_WIRE_BYTES, _WIRE_FIRST, _WIRE_STEP = 17, 3, 5
_WIRE_MARKS = ((0, b"\x0a"), (1, b"\x0f"), (2, b"\x0d"), (7, b"\x15"), (12, b"\x1d"))
"""A landmark as protobuf writes it when it has nothing but x, y and z: a head of two bytes, then
three times a tag and the four bytes of a number."""


Scale = tuple[float, float, float]


def _coordinates(landmarks: Any, scale: Scale) -> Floats:
    """Return a packet's first landmark list, (n, 3) x, y and z, each times its scale."""
    from mediapipe.python import packet_getter

    wire: bytes = packet_getter._packet_getter._get_serialized_proto_list(landmarks)[0]  # noqa: SLF001 - the public getter makes objects of it
    points = coordinates_on_the_wire(wire, scale)
    if points is None:
        listed = packet_getter.get_proto_list(landmarks)[0].landmark
        points = np.array([(p.x, p.y, p.z) for p in listed], np.float32)
        points *= np.array(scale, np.float32)
    return points


def coordinates_on_the_wire(wire: bytes, scale: Scale) -> Floats | None:
    """Return a serialized NormalizedLandmarkList, (n, 3) x, y and z, each times its scale.

    Ten times faster than reading 478 objects. None where landmarks have more or fewer fields than
    MediaPipe fills today.
    """
    count, rest = divmod(len(wire), _WIRE_BYTES)
    if rest or any(wire[at::_WIRE_BYTES] != mark * count for at, mark in _WIRE_MARKS):
        return None
    steps = _WIRE_BYTES, _WIRE_STEP
    fractions: Floats = np.ndarray((count, 3), "<f4", wire, _WIRE_FIRST, steps)
    return np.multiply(fractions, scale, dtype=np.float32)


class FaceMesh(Model):
    """478 points of one face, lids, lips and irises refined.

    Several may use one that tracks: each says whose pictures follow each other, and with another
    series the search begins afresh.

    Args:
        tracking: follow the face from frame to frame instead of searching each picture anew.
    """

    _NODES = """
        node {
          calculator: "FaceLandmarkFrontCpu"
          input_stream: "IMAGE:image"
          input_side_packet: "NUM_FACES:num_faces"
          input_side_packet: "USE_PREV_LANDMARKS:use_prev_landmarks"
          input_side_packet: "WITH_ATTENTION:with_attention"
          output_stream: "LANDMARKS:faces"
        }
    """

    def __init__(self, *, tracking: bool) -> None:
        self._tracking = tracking
        self._followed: object = None
        sides = {"num_faces": 1, "use_prev_landmarks": tracking, "with_attention": True}
        super().__init__(MediaPipeGraph(self._NODES, ("faces",), sides))

    def find(self, pixels: Pixels, *, series: object = None) -> Floats | None:
        """Return (478, 3): x, y and relative depth in pixels of the picture; None: no face.

        Args:
            pixels: (H, W, 3) uint8 RGB.
            series: pictures of one series follow each other; None for a picture by itself. Only
                of interest while tracking.
        """
        with self.graph.lock:
            if self._tracking and (series is None or series is not self._followed):
                # What is followed is lost on an empty picture. Starting the graph anew would do
                # it too, and load the networks again.
                self.graph.run(EMPTY)
            self._followed = series
            packet = self.graph.run(pixels).get("faces")
        if packet is None:
            return None
        height, width = pixels.shape[:2]
        # MediaPipe gives depth at about the scale of x, nearer is smaller.
        return _coordinates(packet, (width, height, width))


class FaceDetector(Model):
    """Boxes of all faces.

    Args:
        reach: `SHORT_RANGE` or `FULL_RANGE`.
        confidence: 0 to 1.
    """

    _NODES = """
        node {
          calculator: "FaceDetection%sCpu"
          input_stream: "IMAGE:image"
          output_stream: "DETECTIONS:detections"
          node_options: {
            [type.googleapis.com/mediapipe.FaceDetectionOptions] { min_score_thresh: %f }
          }
        }
    """

    def __init__(self, reach: str, *, confidence: float) -> None:
        super().__init__(MediaPipeGraph(self._NODES % (reach, confidence), ("detections",)))

    def find(self, pixels: Pixels) -> Floats:
        """Return (n, 4): left, top, width, height of each face, pixels of the picture."""
        from mediapipe.python.packet_getter import get_proto_list

        packet = self.graph.run(pixels).get("detections")
        found = () if packet is None else get_proto_list(packet)
        height, width = pixels.shape[:2]
        boxes = [d.location_data.relative_bounding_box for d in found]
        fractions = [(b.xmin, b.ymin, b.width, b.height) for b in boxes]
        scale = np.array([width, height, width, height], np.float32)
        return np.array(fractions, np.float32).reshape(-1, 4) * scale


class PersonSegmenter(Model):
    """Which part of a picture is the person. Works on 256 x 256 inside."""

    SIDE_PX = 256
    _NODES = """
        node {
          calculator: "SelfieSegmentationCpu"
          input_stream: "IMAGE:image"
          input_side_packet: "MODEL_SELECTION:model_selection"
          output_stream: "SEGMENTATION_MASK:mask"
        }
    """

    def __init__(self) -> None:
        general = 0
        super().__init__(MediaPipeGraph(self._NODES, ("mask",), {"model_selection": general}))

    def find(self, pixels: Pixels) -> Floats:
        """Return (H, W) float32, 0 (backdrop) to 1 (person)."""
        from mediapipe.python.packet_getter import get_image_frame

        return np.asarray(get_image_frame(self.graph.run(pixels)["mask"]).numpy_view(), np.float32)

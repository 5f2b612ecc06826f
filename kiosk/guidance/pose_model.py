"""The body's points, from MediaPipe's pose landmark network alone.

MediaPipe's own graph first looks for a body with a second network, then computes a person mask
that nobody here reads: together two thirds of its memory and two fifths of its time. Where the
body is, the face says; the mask is cut out of the network (`kiosk.guidance.tflite_outputs`). The
rest is what MediaPipe does with the network's output (mediapipe/modules/pose_landmark).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hardware.base import Pixels
from kiosk.guidance.face_points import LEFT_CHEEK, RIGHT_CHEEK, eye_centres
from kiosk.guidance.mediapipe_graph import MediaPipeGraph, bundled
from kiosk.guidance.mediapipe_models import Floats, Model
from kiosk.guidance.tflite_outputs import keep_outputs

_NETWORK = "modules/pose_landmark/pose_landmark_full.tflite"
_POINTS, _PRESENCE, _HEATMAP = 0, 1, 3
"""Of the network's outputs; the others are the person mask (2) and points in metres (4)."""
_SIDE_FACES, _BELOW_FACES, _TURN = 11.6, 4.0, 0.5
"""The body's square: so many face widths wide, its centre so many below the eyes, turned by this
part of the head's roll. The network was trained on whole bodies, so the square is one of somebody
standing, most of it below the picture. Where MediaPipe's own search puts it on 240 rendered sitters
and 124 portraits: 12.2 and 12.8, 4.4 and 4.5; of the 18 squares tried between 10.5 and 12.2, the
one whose shoulder lines follow the sitters' truth best and are as visible as with MediaPipe's.
"""
# MediaPipe refines within 7 cells of the heatmap, not 9; 9 is what the square above and the
# constants of `kiosk.guidance.face_geometry` were found with.
_NODES = """
node {
  calculator: "TfLiteModelCalculator"
  input_side_packet: "MODEL_BLOB:network"
  output_side_packet: "MODEL:model"
}
node {
  calculator: "ImageToTensorCalculator"
  input_stream: "IMAGE:image"
  input_stream: "NORM_RECT:roi"
  output_stream: "TENSORS:square"
  output_stream: "MATRIX:square_to_image"
  options { [mediapipe.ImageToTensorCalculatorOptions.ext] {
    output_tensor_width: 256
    output_tensor_height: 256
    keep_aspect_ratio: true
    output_tensor_float_range { min: 0.0 max: 1.0 }
  } }
}
node {
  calculator: "InferenceCalculator"
  input_side_packet: "MODEL:model"
  input_stream: "TENSORS:square"
  output_stream: "TENSORS:outputs"
  options { [mediapipe.InferenceCalculatorOptions.ext] {
    delegate { xnnpack { num_threads: 1 } }
  } }
}
node {
  calculator: "SplitTensorVectorCalculator"
  input_stream: "outputs"
  output_stream: "point_tensor"
  output_stream: "presence_tensor"
  output_stream: "heatmap_tensor"
  options { [mediapipe.SplitVectorCalculatorOptions.ext] {
    ranges { begin: 0 end: 1 }
    ranges { begin: 1 end: 2 }
    ranges { begin: 2 end: 3 }
  } }
}
node {
  calculator: "TensorsToFloatsCalculator"
  input_stream: "TENSORS:presence_tensor"
  output_stream: "FLOAT:presence"
}
node {
  calculator: "ThresholdingCalculator"
  input_stream: "FLOAT:presence"
  output_stream: "FLAG:present"
  options { [mediapipe.ThresholdingCalculatorOptions.ext] { threshold: 0.5 } }
}
node {
  calculator: "GateCalculator"
  input_stream: "point_tensor"
  input_stream: "heatmap_tensor"
  input_stream: "ALLOW:present"
  output_stream: "points"
  output_stream: "heatmap"
}
node {
  calculator: "TensorsToLandmarksCalculator"
  input_stream: "TENSORS:points"
  output_stream: "NORM_LANDMARKS:rough"
  options { [mediapipe.TensorsToLandmarksCalculatorOptions.ext] {
    num_landmarks: 39
    input_image_width: 256
    input_image_height: 256
    visibility_activation: SIGMOID
    presence_activation: SIGMOID
  } }
}
node {
  calculator: "RefineLandmarksFromHeatmapCalculator"
  input_stream: "NORM_LANDMARKS:rough"
  input_stream: "TENSORS:heatmap"
  output_stream: "NORM_LANDMARKS:refined"
  options { [mediapipe.RefineLandmarksFromHeatmapCalculatorOptions.ext] { kernel_size: 9 } }
}
node {
  calculator: "LandmarkProjectionCalculator"
  input_stream: "NORM_LANDMARKS:refined"
  input_stream: "PROJECTION_MATRIX:square_to_image"
  output_stream: "NORM_LANDMARKS:body"
}
"""


@dataclass(frozen=True, slots=True)
class BodySquare:
    """Where in a picture a body is looked for.

    Attributes:
        x_px: its centre, pixels from the picture's left edge.
        y_px: from the upper edge; mostly below the picture.
        side_px: of the square.
        turn_rad: clockwise in the picture, radians.
    """

    x_px: float
    y_px: float
    side_px: float
    turn_rad: float


def body_below(face: Floats) -> BodySquare:
    """Return where the body of a face is.

    Args:
        face: (478, 3) face points in pixels.
    """
    left, right = eye_centres(face)
    x_px, y_px = (left + right) / 2
    width = float(np.hypot(*(face[LEFT_CHEEK, :2] - face[RIGHT_CHEEK, :2])))
    roll_rad = float(np.arctan2(left[1] - right[1], left[0] - right[0]))
    return BodySquare(
        float(x_px), float(y_px) + _BELOW_FACES * width, _SIDE_FACES * width, _TURN * roll_rad
    )


def roi(width_px: int, height_px: int, square: BodySquare) -> Any:
    """Return a square as MediaPipe's NormalizedRect, in fractions of a picture of that size."""
    from mediapipe.framework.formats.rect_pb2 import NormalizedRect

    return NormalizedRect(
        x_center=square.x_px / width_px,
        y_center=square.y_px / height_px,
        width=square.side_px / width_px,
        height=square.side_px / height_px,
        rotation=square.turn_rad,
    )


def pose_network() -> bytes:
    """Return the network without what its person mask needs, a TensorFlow Lite model."""
    return keep_outputs(bundled(_NETWORK), (_POINTS, _PRESENCE, _HEATMAP))


class PoseModel(Model):
    """The body's 33 points, of which guidance uses shoulders and hands. Each picture by itself."""

    LEFT_SHOULDER, RIGHT_SHOULDER = 11, 12
    LEFT_FOREFINGER, RIGHT_FOREFINGER = 19, 20
    POINTS = 33

    def __init__(self) -> None:
        anywhere = BodySquare(64.0, 64.0, 128.0, 0.0)
        super().__init__(
            MediaPipeGraph(
                _NODES,
                ("body",),
                {"network": pose_network()},
                lambda: {"roi": roi(128, 128, anywhere)},
            )
        )

    def find(self, pixels: Pixels, square: BodySquare) -> Floats | None:
        """Return (33, 3): x and y in pixels, visibility 0 to 1; None when nobody is seen.

        Args:
            pixels: (H, W, 3) uint8 RGB.
            square: where to look.
        """
        from mediapipe.python.packet_getter import get_proto

        height, width = pixels.shape[:2]
        packet = self.graph.run(pixels, {"roi": roi(width, height, square)}).get("body")
        if packet is None:
            return None
        points = [(p.x, p.y, p.visibility) for p in get_proto(packet).landmark[: self.POINTS]]
        return np.array(points, np.float32) * np.array([width, height, 1.0], np.float32)

"""Loads every face model and shows it an empty picture: ``python -m kiosk.doctor.models_probe``.

Run by `kiosk.doctor.libraries` in a process of its own. Prints one line of JSON.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time

import numpy as np

from kiosk.guidance.mediapipe_models import (
    SHORT_RANGE,
    FaceDetector,
    FaceMesh,
    PersonSegmenter,
)
from kiosk.guidance.pose_model import BodySquare, PoseModel


def probe() -> dict[str, object]:
    """Return what was seen and how long loading took, seconds."""
    begun = time.monotonic()
    empty = np.full((360, 640, 3), 128, np.uint8)
    with FaceMesh(tracking=False) as mesh, FaceDetector(SHORT_RANGE, confidence=0.5) as detector:
        faces = len(detector.find(empty)) + (mesh.find(empty) is not None)
    with PoseModel() as pose, PersonSegmenter() as segmenter:
        pose.find(empty, BodySquare(320.0, 180.0, 360.0, 0.0))
        segmenter.find(empty)
    return {
        "faces_in_empty_picture": faces,
        "seconds": time.monotonic() - begun,
        "version": importlib.metadata.version("mediapipe"),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(probe()) + "\n")

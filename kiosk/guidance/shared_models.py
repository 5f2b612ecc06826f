"""The models that live guidance and the portrait can share, loaded once.

Each is locked during a call, so the two may use them from their own threads. The face mesh follows
what it found from frame to frame: who uses it names the series a picture belongs to, and a photo
in between costs the live view one search.
"""

from __future__ import annotations

from typing import Self

from kiosk.guidance.mediapipe_models import (
    FULL_RANGE,
    FaceDetector,
    FaceMesh,
    PersonSegmenter,
)
from kiosk.guidance.pose_model import PoseModel

COUNT_CONFIDENCE = 0.6
"""Of the detectors that count faces."""


class SharedModels:
    """Face mesh, pose, person mask, and the detector of far faces.

    Args:
        tracking: whether a live view is among those who use them.
    """

    def __init__(self, *, tracking: bool) -> None:
        self.mesh = FaceMesh(tracking=tracking)
        self.pose = PoseModel()
        self.segmenter = PersonSegmenter()
        self.far_faces = FaceDetector(FULL_RANGE, confidence=COUNT_CONFIDENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the models."""
        for model in (self.mesh, self.pose, self.segmenter, self.far_faces):
            model.close()

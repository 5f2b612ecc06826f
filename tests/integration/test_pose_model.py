"""Shoulders by the pose network alone, against MediaPipe's own graph and against the truth."""

import subprocess
import sys

import numpy as np
import pytest

from hardware.sim.figure import Wardrobe
from hardware.sim.pose import Pose
from hardware.sim.scene import Exposure, Scene
from kiosk.guidance.face_geometry import measure_shoulder_tilt_deg
from kiosk.guidance.landmarks import LandmarkFinder
from kiosk.guidance.mediapipe_models import FaceMesh
from kiosk.guidance.pose_model import BodySquare, PoseModel, body_below
from kiosk.settings.guidance import GuidanceSettings

SIZE = (1280, 720)


def drawn(pose: Pose) -> np.ndarray:
    return Scene(*SIZE, seed=4, noise_seed=5).draw(Wardrobe("mei").dress(pose), pose, Exposure())


def test_the_shoulders_are_where_mediapipe_sees_them() -> None:
    from mediapipe.python.solutions.pose import Pose as WholeGraph

    frame = drawn(Pose())
    with FaceMesh(tracking=False) as mesh, PoseModel() as model:
        face = mesh.find(frame)
        body = model.find(frame, body_below(face))
    with WholeGraph(static_image_mode=True) as graph:
        points = graph.process(frame).pose_landmarks.landmark
    width = float(np.ptp(face[:, 0]))
    for joint in (PoseModel.LEFT_SHOULDER, PoseModel.RIGHT_SHOULDER):
        theirs = points[joint].x * SIZE[0], points[joint].y * SIZE[1]
        assert np.hypot(*(body[joint, :2] - theirs)) < 0.1 * width
        assert body[joint, 2] > 0.5


@pytest.mark.parametrize("tilt_deg", [-8.0, 0.0, 8.0])
def test_a_tilt_is_measured(tilt_deg: float) -> None:
    with LandmarkFinder(GuidanceSettings(), live=False) as finder:
        shoulders = finder.find(drawn(Pose(shoulder_tilt_deg=tilt_deg))).shoulders
    assert measure_shoulder_tilt_deg(shoulders, 0.0) == pytest.approx(-tilt_deg, abs=1.5)


def test_nobody_is_seen_where_nobody_is() -> None:
    empty = np.full((SIZE[1], SIZE[0], 3), 200, np.uint8)
    with PoseModel() as model:
        assert model.find(empty, BodySquare(640.0, 700.0, 2000.0, 0.0)) is None


def test_the_models_are_quiet() -> None:
    """A booth's log is read by people: MediaPipe's own remarks are kept out of it."""
    code = """
import subprocess
import sys

import numpy as np
from kiosk.guidance.landmarks import LandmarkFinder
from kiosk.guidance.shared_models import SharedModels
from kiosk.settings.guidance import GuidanceSettings
frame = np.full((360, 640, 3), 128, np.uint8)
with SharedModels(tracking=True) as models:
    for live in (True, False, True):
        LandmarkFinder(GuidanceSettings(), live=live, shared=models).find(frame)
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stderr == ""

"""Guidance's own graphs say what MediaPipe's solutions say, and refuse what they cannot look at."""

from __future__ import annotations

import numpy as np
import pytest

from hardware.sim.figure import Wardrobe
from hardware.sim.pose import Pose
from hardware.sim.scene import Exposure, Scene
from kiosk.guidance.mediapipe_models import (
    FULL_RANGE,
    SHORT_RANGE,
    FaceDetector,
    FaceMesh,
    PersonSegmenter,
    coordinates_on_the_wire,
)

SIZE = (640, 480)


def drawn(pose: Pose) -> np.ndarray:
    return Scene(*SIZE, seed=4, noise_seed=5).draw(Wardrobe("mei").dress(pose), pose, Exposure())


def test_the_mesh_follows_a_face_as_the_library_does() -> None:
    from mediapipe.python.solutions.face_mesh import FaceMesh as Library

    frames = [drawn(Pose(x=0.01 * step)) for step in range(4)]
    with (
        FaceMesh(tracking=True) as mesh,
        Library(max_num_faces=1, refine_landmarks=True) as library,
    ):
        for frame in frames:
            theirs = library.process(frame).multi_face_landmarks[0].landmark
            expected = np.array([(p.x, p.y, p.z) for p in theirs]) * (SIZE[0], SIZE[1], SIZE[0])
            found = mesh.find(frame, series="one")
            assert found is not None
            np.testing.assert_allclose(found, expected, atol=0.01)


@pytest.mark.parametrize(("reach", "library_s"), [(SHORT_RANGE, 0), (FULL_RANGE, 1)])
def test_faces_are_where_the_library_sees_them(reach: str, library_s: int) -> None:
    from mediapipe.python.solutions.face_detection import FaceDetection

    frame = drawn(Pose())
    with FaceDetection(0.6, library_s) as library:
        box = library.process(frame).detections[0].location_data.relative_bounding_box
    expected = np.array([box.xmin, box.ymin, box.width, box.height]) * (*SIZE, *SIZE)
    with FaceDetector(reach, confidence=0.6) as detector:
        np.testing.assert_allclose(detector.find(frame), [expected], atol=0.01)
    with FaceDetector(reach, confidence=0.999) as strict:
        assert strict.find(frame).shape == (0, 4)


def test_the_person_is_where_the_library_sees_them() -> None:
    from mediapipe.python.solutions.selfie_segmentation import SelfieSegmentation

    square = np.ascontiguousarray(drawn(Pose())[:256, 192:448])
    with PersonSegmenter() as segmenter, SelfieSegmentation(0) as library:
        mask = segmenter.find(square)
        np.testing.assert_allclose(mask, library.process(square).segmentation_mask, atol=1e-4)
    assert mask.dtype == np.float32
    assert mask.min() < 0.1
    assert mask.max() > 0.9


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((40, 40), np.uint8),
        np.zeros((40, 40, 4), np.uint8),
        np.zeros((40, 40, 3), np.float32),
    ],
)
def test_what_is_no_rgb_picture_is_refused_and_the_model_goes_on(pixels: np.ndarray) -> None:
    with FaceMesh(tracking=False) as mesh:
        with pytest.raises(ValueError, match=r"not \(H, W, 3\) uint8"):
            mesh.find(pixels)
        assert mesh.find(drawn(Pose())) is not None


def test_a_cut_out_is_looked_at_like_a_copy_of_it() -> None:
    frame = drawn(Pose())
    frame.flags.writeable = False
    with FaceMesh(tracking=False) as mesh:
        part = mesh.find(frame[:, 100:540])
        copy = mesh.find(frame[:, 100:540].copy())
    assert part is not None
    np.testing.assert_array_equal(part, copy)


def test_a_closed_model_says_so() -> None:
    mesh = FaceMesh(tracking=False)
    mesh.close()
    mesh.close()
    with pytest.raises(RuntimeError, match="closed"):
        mesh.find(np.zeros((64, 64, 3), np.uint8))


def test_landmarks_of_other_fields_are_not_read_as_numbers() -> None:
    from mediapipe.framework.formats.landmark_pb2 import NormalizedLandmarkList

    plain = NormalizedLandmarkList()
    plain.landmark.add(x=0.25, y=0.5, z=-0.125)
    plain.landmark.add(x=0.5, y=1.0, z=0.0)
    scale = (640.0, 480.0, 640.0)
    np.testing.assert_allclose(
        coordinates_on_the_wire(plain.SerializeToString(), scale),
        [[160.0, 240.0, -80.0], [320.0, 480.0, 0.0]],
    )
    plain.landmark[0].visibility = 0.5
    assert coordinates_on_the_wire(plain.SerializeToString(), scale) is None

"""The face tracker with a mesh and a detector that are told what they see."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.guidance.face_tracker import FaceTracker

FRAME = np.zeros((720, 1280, 3), np.uint8)
SMALL_FRAME = np.zeros((480, 640, 3), np.uint8)


class Booth:
    """A scene with one face; the mesh sees it only where it is large in what it is shown."""

    def __init__(self, x: float, y: float, width: float) -> None:
        self.x, self.y, self.width = x, y, width
        self.present = True
        self.offset = (0, 0)
        self.searches = 0
        self.looks: list[tuple[int, int]] = []

    # the mesh
    def find(self, pixels: np.ndarray, *, series: object) -> np.ndarray | None:
        self.looks.append(pixels.shape[:2])
        if not self.present or self.width / pixels.shape[1] < 0.1:
            return None
        inside = pixels.shape not in (FRAME.shape, SMALL_FRAME.shape)
        x = self.x - (self._left() if inside else 0)
        y = self.y - (self._top() if inside else 0)
        face = np.zeros((478, 3), np.float32)
        face[:, 0] = np.linspace(x - self.width / 2, x + self.width / 2, 478)
        face[:, 1] = np.linspace(y - self.width / 2, y + self.width / 2, 478)
        return face

    def _left(self) -> int:
        return max(0, int(self.x0 - 1.5 * self.width0))

    def _top(self) -> int:
        return max(0, int(self.y0 - 1.5 * self.width0))


class Detector:
    def __init__(self, booth: Booth) -> None:
        self.booth = booth

    def find(self, pixels: np.ndarray) -> np.ndarray:
        self.booth.searches += 1
        if not self.booth.present:
            return np.zeros((0, 4), np.float32)
        b = self.booth
        b.x0, b.y0, b.width0 = b.x, b.y, b.width  # where the window is put
        box = (b.x - b.width / 2, b.y - b.width / 2, b.width, b.width)
        return np.array([box], np.float32)


def tracker(booth: Booth) -> FaceTracker:
    return FaceTracker(booth, Detector(booth))  # type: ignore[arg-type]


def middle(face: np.ndarray | None) -> tuple[float, float]:
    assert face is not None
    return float(face[:, 0].mean()), float(face[:, 1].mean())


def test_a_large_face_needs_no_search() -> None:
    booth = Booth(640, 300, 240)
    assert middle(tracker(booth).find(FRAME, count=False)) == pytest.approx((640, 300))
    assert booth.searches == 0


@pytest.mark.parametrize(("x", "y"), [(640, 300), (60, 50), (1200, 680)])
def test_a_small_face_is_found_in_a_window_and_told_in_pixels_of_the_frame(
    x: float, y: float
) -> None:
    booth = Booth(x, y, 80)
    track = tracker(booth)
    for _ in range(3):
        assert middle(track.find(FRAME, count=False)) == pytest.approx((x, y), abs=0.5)
    assert booth.searches == 1, "the window is kept"
    assert booth.looks[-1] != FRAME.shape[:2]


def test_a_face_that_comes_nearer_outgrows_the_window() -> None:
    booth = Booth(640, 300, 80)
    track = tracker(booth)
    track.find(FRAME, count=False)
    booth.width = 200
    track.find(FRAME, count=False)
    assert middle(track.find(FRAME, count=False)) == pytest.approx((640, 300))
    assert booth.looks[-1] == FRAME.shape[:2]


def test_a_face_that_leaves_the_window_is_found_again_at_once() -> None:
    booth = Booth(640, 300, 80)
    track = tracker(booth)
    track.find(FRAME, count=False)
    booth.x = 740
    for _ in range(3):
        assert middle(track.find(FRAME, count=False)) == pytest.approx((740, 300), abs=0.5)


def test_an_empty_chair_is_searched_on_every_third_frame_only() -> None:
    booth = Booth(640, 300, 80)
    booth.present = False
    track = tracker(booth)
    assert [track.find(FRAME, count=False) for _ in range(9)] == [None] * 9
    assert booth.searches == 3


def test_counting_is_asked_for() -> None:
    booth = Booth(640, 300, 240)
    track = tracker(booth)
    track.find(FRAME, count=True)
    assert (track.faces, booth.searches) == (1, 1)


def test_another_frame_size_starts_afresh() -> None:
    booth = Booth(640, 300, 80)
    track = tracker(booth)
    track.find(FRAME, count=False)
    booth.x, booth.y = 200, 200
    assert middle(track.find(SMALL_FRAME, count=False)) == pytest.approx((200, 200), abs=0.5)

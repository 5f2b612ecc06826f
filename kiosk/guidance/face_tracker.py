"""Follow one face from frame to frame, also a small one.

The face mesh follows a face by itself, but its detector looks at a whole frame shrunk to 128
pixels and misses a face that is small in it: somebody who sits too far away, above all with dark
skin or in poor light. So a frame without a face is also given to the full-range detector; what
it finds is looked at in a window of its own, which is kept as long as the face stays inside.
"""

from __future__ import annotations

import numpy as np

from hardware.base import Pixels
from kiosk.guidance.mediapipe_models import FaceDetector, FaceMesh, Floats

_WINDOW = 3.0
"""The window's side, in widths of the detected face."""
_LARGEST = 0.6
"""A face wider than this part of the window has come nearer: the whole frame shows it better."""
_SEARCH_EVERY = 3
"""Frames from one search to the next while nobody is seen: an empty chair costs little."""

Window = tuple[int, int, int, int]


class FaceTracker:
    """Finds the face in each frame.

    Args:
        mesh: a tracking face mesh.
        far: a full-range detector.
    """

    def __init__(self, mesh: FaceMesh, far: FaceDetector) -> None:
        self._mesh = mesh
        self._far = far
        self._window: Window | None = None
        self._shape: tuple[int, ...] = ()
        self._missed = 0
        self._stale = False
        self.faces = 0
        """How many faces the last count found."""

    def forget(self) -> None:
        """Count again before anything is said: whoever was counted may have left the picture."""
        self._stale = True

    def find(self, pixels: Pixels, *, count: bool) -> Floats | None:
        """Return the face's points, (478, 3) pixels of the frame; None when there is no face.

        Args:
            pixels: (H, W, 3) uint8 RGB.
            count: whether to count all faces too.
        """
        count, self._stale = count or self._stale, False
        if pixels.shape != self._shape:
            self._window, self._shape = None, pixels.shape
        face = self._in_window(pixels) if self._window is not None else None
        if face is None:
            face = self._mesh.find(pixels, series=self)
        search = face is None and self._missed % _SEARCH_EVERY == 0
        self._missed = self._missed + 1 if face is None else 0
        if count or search:
            boxes = self._far.find(pixels)
            self.faces = len(boxes)
            if face is None and len(boxes):
                self._window = _around(boxes[int(np.argmax(boxes[:, 2]))], pixels)
                face = self._in_window(pixels)
        return face

    def _in_window(self, pixels: Pixels) -> Floats | None:
        """Look in the window; close it when there is no face in it, or one that outgrew it."""
        if self._window is None:
            return None
        x0, y0, x1, y1 = self._window
        face = self._mesh.find(pixels[y0:y1, x0:x1], series=self)
        if face is None:
            self._window = None
            return None
        left, top = face[:, :2].min(axis=0)
        right, bottom = face[:, :2].max(axis=0)
        cut = (left < 0 < x0) or (top < 0 < y0)
        cut = cut or (right > x1 - x0 and x1 < pixels.shape[1])
        cut = cut or (bottom > y1 - y0 and y1 < pixels.shape[0])
        if cut or right - left > _LARGEST * (x1 - x0):
            self._window = None
        return face + np.array([x0, y0, 0], np.float32)


def _around(box: Floats, pixels: Pixels) -> Window | None:
    """Return a square window around a detected face; None when nothing of it is inside."""
    left, top, width, height = (float(v) for v in box)
    half = _WINDOW * width / 2
    x, y = left + width / 2, top + height / 2
    x0, y0 = max(0, int(x - half)), max(0, int(y - half))
    x1, y1 = min(pixels.shape[1], int(x + half)), min(pixels.shape[0], int(y + half))
    return (x0, y0, x1, y1) if x1 - x0 > 1 and y1 - y0 > 1 else None

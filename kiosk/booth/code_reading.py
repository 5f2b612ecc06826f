"""The second camera's thread, and a USB scanner's where there is one: texts that were shown.

The second camera runs only while the visit wants codes. A code counts after several frames
agree (`kiosk.codes.voting`), and is told once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from hardware.base import Camera, Frame
from kiosk.booth.camera_thread import FRAME_WAIT_S, CameraThread
from kiosk.booth.patience import Patience
from kiosk.codes.reader import CodeReader
from kiosk.codes.voting import FrameVote


class CodeReading(CameraThread):
    """Reads codes from a camera while switched on.

    Args:
        camera: the second camera; opened, used and closed on this thread only.
        reader: finds the texts in a frame.
        vote: decides when a text counts.
        thorough_every: each so manieth frame is read with more patience.
        on_text: called with a text that counts.
        on_frame: called with each frame, for the small live picture on the code screen.
        patience: told how each call went.
        check_every_s: as `CameraThread`.
    """

    def __init__(
        self,
        camera: Camera,
        reader: CodeReader,
        vote: FrameVote,
        *,
        thorough_every: int,
        on_text: Callable[[str], None],
        on_frame: Callable[[Frame], None],
        patience: Patience,
        check_every_s: float = 3.0,
    ) -> None:
        super().__init__(camera, patience, "codes", check_every_s=check_every_s)
        self._reader = reader
        self._vote = vote
        self._thorough_every = thorough_every
        self._on_text = on_text
        self._on_frame = on_frame
        self._afresh = threading.Event()
        self._seen = 0

    def show(self, *, on: bool) -> None:
        """Switch reading on or off; returns at once. Switching on forgets earlier texts."""
        if on:
            self._afresh.set()  # the vote belongs to the camera's thread
        super().show(on=on)

    def _work(self) -> bool:
        if not self._wanted.is_set():
            return False
        self._camera.start_live_view()
        frame = self._camera.read_frame(FRAME_WAIT_S)
        self._patience.succeeded()  # whatever becomes of the reading, the camera works
        if self._wanted.is_set():
            self._look_at(frame)
        return True

    def _look_at(self, frame: Frame) -> None:
        if self._afresh.is_set():
            self._afresh.clear()
            self._vote.clear()
        self._on_frame(frame)
        self._seen += 1
        thorough = self._seen % self._thorough_every == 0
        texts = self._reader.read(frame.pixels, thorough=thorough)
        for text in self._vote.add(texts, frame.taken_at):
            if self._wanted.is_set():
                self._on_text(text)

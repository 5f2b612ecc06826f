"""The second camera's thread, and a USB scanner's where there is one: texts that were shown.

The second camera runs only while the visit wants codes. A code counts after several frames
agree (`kiosk.codes.voting`), and is told once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from hardware.base import Camera, CameraState, Frame
from kiosk.booth.live_view import FRAME_WAIT_S, PAUSE_S
from kiosk.booth.patience import Patience
from kiosk.codes.reader import CodeReader
from kiosk.codes.voting import FrameVote


class CodeReading:
    """Reads codes from a camera while switched on.

    Args:
        camera: the second camera; opened, used and closed on this thread only.
        reader: finds the texts in a frame.
        vote: decides when a text counts.
        thorough_every: each so manieth frame is read with more patience.
        on_text: called with a text that counts.
        on_frame: called with each frame, for the small live picture on the code screen.
        patience: told how each call went.
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
    ) -> None:
        self._camera = camera
        self._reader = reader
        self._vote = vote
        self._thorough_every = thorough_every
        self._on_text = on_text
        self._on_frame = on_frame
        self._patience = patience
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._afresh = threading.Event()
        self._seen = 0
        self._thread = threading.Thread(target=self._run, name=f"codes-{camera.name}")

    def start(self) -> None:
        """Start the thread; the camera is opened on it."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and close the camera."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():  # it is not when the booth could not start
            self._thread.join()

    def show(self, *, on: bool) -> None:
        """Switch reading on or off; returns at once. Switching on forgets earlier texts."""
        if on:
            self._afresh.set()  # the vote belongs to the camera's thread
            self._wanted.set()
        else:
            self._wanted.clear()
        self._wake.set()

    def state(self) -> CameraState:
        """Describe the camera."""
        return self._camera.state()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._step()
        finally:
            self._camera.close()

    def _step(self) -> None:
        self._wake.clear()  # before looking at what is wanted, so that no change is missed
        try:
            if not self._camera.is_open:
                self._camera.open()
            if not self._wanted.is_set():
                self._camera.stop_live_view()
                self._wake.wait(FRAME_WAIT_S)
                return
            self._camera.start_live_view()
            frame = self._camera.read_frame(FRAME_WAIT_S)
            self._patience.succeeded()
            if self._wanted.is_set():
                self._look_at(frame)
        except Exception as error:  # noqa: BLE001 - told and logged; this thread never gives up
            self._patience.failed(error)
            self._stopping.wait(PAUSE_S)

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

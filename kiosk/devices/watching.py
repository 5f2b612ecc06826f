"""Watches cameras side by side: frames a second, age of the newest, faults, restarts."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from hardware.base import Camera, CameraState, Condition, Frame
from hardware.errors import HardwareError, Unsupported
from kiosk.mistakes import Mistakes

log = logging.getLogger(__name__)
_mistakes = Mistakes(log)

_FRAME_WAIT_S = 1.0
_PAUSE_S = 0.2
_OVER_S = 2.0
"""Frames a second are counted over so long."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A camera at one moment.

    Attributes:
        name: of its part in the booth.
        state: as it describes itself.
        frame: the newest one, None before the first.
        frames_per_second: over the last two seconds.
        frame_age_s: of the newest, seconds; None before the first.
        faults: how often it began to fail.
        message: why it gives no frames now; empty when it does.
    """

    name: str
    state: CameraState
    frame: Frame | None
    frames_per_second: float
    frame_age_s: float | None
    faults: int
    message: str

    @property
    def works(self) -> bool:
        """Whether frames come."""
        return not self.message


class WatchedCamera:
    """Runs one camera's live view on a thread of its own.

    Args:
        name: of its part in the booth.
        camera: opened, used and closed on that thread only.
        clock: seconds, monotonic.
    """

    def __init__(
        self, name: str, camera: Camera, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.name = name
        self._camera = camera
        self._clock = clock
        self._came_at: deque[float] = deque(maxlen=1000)
        self._frame: Frame | None = None
        self._faults = 0
        self._message = "It has not given a picture yet."
        self._failing = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{name}")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and close the camera."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def seen(self) -> Seen:
        """Return how the camera is."""
        now = self._clock()
        frame = self._frame
        recent = sum(1 for at in tuple(self._came_at) if now - at < _OVER_S)
        return Seen(
            name=self.name,
            state=self._camera.state(),
            frame=frame,
            frames_per_second=recent / _OVER_S,
            frame_age_s=None if frame is None else max(0.0, time.monotonic() - frame.taken_at),
            faults=self._faults,
            message=self._message,
        )

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._step()
        finally:
            self._camera.close()

    def _step(self) -> None:
        try:
            self._camera.open()
            self._camera.start_live_view()
            self._frame = self._camera.read_frame(_FRAME_WAIT_S)
        except Unsupported as error:  # a camera without live view is well all the same
            ready = self._camera.state().condition is Condition.READY
            self._message = "" if ready else str(error)
            self._stopping.wait(_FRAME_WAIT_S)
        except HardwareError as error:
            self._fails(str(error))
        except Exception as error:  # noqa: BLE001 - shown and logged; the driver may do better
            _mistakes.made(f"the driver of {self.name} failed in a way nobody thought of", error)
            self._fails(f"Its driver failed: {type(error).__name__}: {error}")
        else:
            self._came_at.append(self._clock())
            self._failing, self._message = False, ""

    def _fails(self, message: str) -> None:
        self._faults += not self._failing
        self._failing, self._message = True, message
        self._stopping.wait(_PAUSE_S)

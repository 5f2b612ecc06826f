"""Tries a camera as a booth uses it: live view for a while, a still, and what it says of itself."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image

from hardware.base import Camera, CameraState, Frame, Still
from hardware.errors import HardwareError, Unsupported

_FIRST_FRAME_S = 5.0
_NEXT_FRAME_S = 1.0


class DamagedStill(HardwareError):  # noqa: N818 - a state, named as people say it
    """A still is no whole picture."""


@dataclass(slots=True)
class Trial:
    """What came of trying a camera.

    Attributes:
        name: ``main``, ``stand_in`` or ``codes``.
        opened_s: how long opening took, seconds; None when it did not open.
        frames: how many came.
        frames_per_second: of the live view; None without one.
        frame_size: (width, height) of the live view, pixels.
        frame: the last one.
        still_s: from the order to the still, seconds.
        still_size: (width, height) of the still, pixels.
        still: the photo.
        state: as the camera describes itself.
        faults: what went wrong, each a sentence.
        remarks: what is not as usual, but no fault.
    """

    name: str
    opened_s: float | None = None
    frames: int = 0
    frames_per_second: float | None = None
    frame_size: tuple[int, int] | None = None
    frame: Frame | None = None
    still_s: float | None = None
    still_size: tuple[int, int] | None = None
    still: Still | None = None
    state: CameraState | None = None
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether nothing went wrong."""
        return not self.faults


def try_camera(
    name: str, build: Callable[[], Camera], *, seconds: float, still: bool, still_deadline_s: float
) -> Trial:
    """Open a camera, watch its live view, take a still, and close it.

    Args:
        name: of its part in the booth.
        build: builds it.
        seconds: how long the live view is watched.
        still: whether a still is taken.
        still_deadline_s: to the still, seconds.
    """
    trial = Trial(name)
    try:
        camera = build()
        began = time.monotonic()
        with camera:
            trial.opened_s = time.monotonic() - began
            try:
                _watch(camera, trial, seconds)
                if still:
                    _shoot(camera, trial, still_deadline_s)
            finally:
                trial.state = camera.state()
    except HardwareError as error:
        trial.faults.append(str(error))
    return trial


def _watch(camera: Camera, trial: Trial, seconds: float) -> None:
    try:
        camera.start_live_view()
    except Unsupported as error:
        trial.remarks.append(str(error))
        return
    trial.frame = camera.read_frame(_FIRST_FRAME_S)
    began = time.monotonic()
    while (now := time.monotonic()) - began < seconds:
        trial.frame = camera.read_frame(_NEXT_FRAME_S)
        trial.frames += 1
    trial.frame_size = trial.frame.size
    trial.frames_per_second = trial.frames / (now - began) if now > began else None


def _shoot(camera: Camera, trial: Trial, deadline_s: float) -> None:
    began = time.monotonic()
    trial.still = camera.capture_still(deadline_s)
    trial.still_s = time.monotonic() - began
    trial.still_size = whole_size(trial.still)


def whole_size(still: Still) -> tuple[int, int]:
    """Return (width, height) of a still that is decoded to its last byte, pixels.

    Raises:
        DamagedStill: it is no whole picture.
    """
    try:
        with Image.open(io.BytesIO(still.data)) as picture:
            size = picture.size
            picture.draft("RGB", (size[0] // 8, size[1] // 8))  # reads all bytes, but quickly
            picture.load()
            return size
    except (OSError, SyntaxError, ValueError) as error:
        raise DamagedStill(
            f"The still is no whole picture ({error}). Look at the cable and the memory card."
        ) from error

"""Which live view the sitter is guided by: told to guidance and screen when it changes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from calibration.profile import Profile
from hardware.base import Frame
from hardware.failover import STAND_IN
from kiosk.booth.framing_guide import face_guide
from kiosk.guidance.calibrated_view import CalibratedView
from kiosk.screens.model import FaceGuide
from kiosk.standards import Standard


class ViewRelay:
    """Looks at every frame, and tells what calibration knows of the camera it came from.

    Args:
        standard: the photo's.
        own: the profile of the main camera.
        stand_in: the profile of its stand-in.
        look_by: guidance's.
        show_guide: the screen's.
    """

    def __init__(
        self,
        standard: Standard,
        own: Profile | None,
        stand_in: Profile | None,
        *,
        look_by: Callable[[CalibratedView], None],
        show_guide: Callable[[FaceGuide], None],
    ) -> None:
        self._standard = standard
        self._views = {False: CalibratedView.of(own), True: CalibratedView.of(stand_in)}
        self._look_by = look_by
        self._show_guide = show_guide
        self._lock = threading.Lock()
        self._told: tuple[bool, tuple[int, ...]] | None = None

    def use(self, profile: Profile) -> None:
        """The main camera was calibrated anew."""
        view = CalibratedView.of(profile)
        with self._lock:
            self._views[False] = view
            self._told = None

    def frame_shown(self, frame: Frame) -> None:
        """Look at a frame of the live view."""
        seen = STAND_IN in frame.metadata, frame.pixels.shape[:2]
        with self._lock:
            if seen == self._told:
                return
            self._told = seen
            view = self._views[seen[0]]
        height, width = seen[1]
        self._look_by(view)
        self._show_guide(face_guide(self._standard, width, height, view.still))

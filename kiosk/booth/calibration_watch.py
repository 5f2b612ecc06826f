"""Whether the booth may shoot: by its profile, and by how it looks before every visit."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from calibration.drift import Verdict, measure_drift
from calibration.limits import DriftLimits
from calibration.validity import Known, Problem, other_camera
from hardware.base import CameraState, Frame
from hardware.failover import STAND_IN
from kiosk.screens.model import DeviceState
from kiosk.visit.model import State, Visit

log = logging.getLogger(__name__)

_SETTLE_FRAMES: Final = 8
"""Let pass after the lamp was switched on."""
_EVERY_FRAMES: Final = 4
_EVERY_FRAMES_STOPPED: Final = 25
_STOPS_IN_A_ROW: Final = 3
"""A hand before a lamp is no drift."""
_LONGEST_LOOK: Final = 40
"""Looks at a booth in which somebody stands in the way, until it is left at that."""
_BETWEEN: Final = (State.IDLE, State.ENDED)


class CalibrationWatch:
    """Looks at the live view when a visit begins, and tells whether photos may be taken.

    Args:
        known: the booth's profile and whether it counts.
        limits: how far the booth may be from it.
        exempt: whether photos may be taken without a valid profile: the simulated booth's.
        look: switches picture and lamp on for a look, and off.
        tell: told True when no photo may be taken any more, False when it may again.
        follow: told how the light changed, factors of red, green and blue.
    """

    def __init__(
        self,
        known: Known,
        limits: DriftLimits,
        *,
        exempt: bool,
        look: Callable[[bool], None],
        tell: Callable[[bool], None],
        follow: Callable[[tuple[float, float, float]], None],
    ) -> None:
        self._limits = limits
        self._exempt = exempt
        self._look = look
        self._tell = tell
        self._follow = follow
        self._lock = threading.RLock()
        self._known = known
        self._camera: Problem | None = None
        self._drift: Problem | None = None
        self._told = False
        self._between = True
        self._looking = False
        self._frames = self._looks = self._stops = 0

    @property
    def problem(self) -> Problem | None:
        """Why no photo may be taken; None when it may."""
        found = self._known.problem or self._camera
        return self._drift if found is None or self._exempt else found

    def devices(self) -> tuple[DeviceState, ...]:
        """Describe it for the staff screen."""
        problem = self.problem
        if problem is not None:
            return (DeviceState("calibration", works=False, fault=problem.key),)
        profile = self._known.profile
        if profile is None:
            return ()
        return (DeviceState("calibration", True, f"{profile.created_at:%Y-%m-%d}"),)

    def start(self) -> None:
        """Tell for the first time whether photos may be taken."""
        with self._lock:
            if self._known.problem is not None:
                log.warning("calibration: %s", self._known.problem.message)
            self._tell_change()

    def use(self, known: Known) -> None:
        """The booth was calibrated anew."""
        with self._lock:
            self._known, self._camera = known, None
            self._end_look(None)

    def camera_opened(self, state: CameraState) -> None:
        """Notice another camera than was calibrated."""
        with self._lock:
            profile = self._known.profile
            self._camera = None if profile is None else other_camera(profile, state)
            self._tell_change()

    def visit_shown(self, visit: Visit) -> None:
        """Begin a look when a visit begins."""
        with self._lock:
            between = visit.state in _BETWEEN
            begins, self._between = self._between and not between, between
            if not begins or self._looking or self._known.profile is None:
                return
            if self._known.profile.live is not None and visit.state is not State.CALIBRATE:
                self._looking = True
                self._frames = self._looks = self._stops = 0
                self._look(True)

    def frame_shown(self, frame: Frame) -> None:
        """Look at a frame of the live view, while a look is on."""
        if not self._looking:
            return
        with self._lock:
            profile = self._known.profile
            if not self._looking or profile is None or profile.live is None:
                return
            if STAND_IN in frame.metadata:
                self._end_look(None)  # the profile is the other camera's
                return
            self._frames += 1
            every = _EVERY_FRAMES if self._drift is None else _EVERY_FRAMES_STOPPED
            if self._frames < _SETTLE_FRAMES or self._frames % every:
                return
            self._looks += 1
            detail = float(profile.sections.get("backdrop", {}).get("live_detail", 0.0))
            drift = measure_drift(frame.pixels, profile.live, self._limits, detail)
            if drift.verdict is Verdict.UNKNOWN:
                if self._looks >= _LONGEST_LOOK and self._drift is None:
                    log.info("calibration: somebody stands in the way, drift cannot be told")
                    self._end_look(None)
                return
            if drift.verdict is not Verdict.STOP:
                self._follow(drift.gains)
                self._end_look(None)
                return
            self._stops += 1
            if self._stops >= _STOPS_IN_A_ROW and self._drift is None:
                finding = drift.findings[0]
                log.warning("calibration: %s", finding.message)
                self._drift = Problem(finding.key, finding.message)
                self._tell_change()

    def _end_look(self, drift: Problem | None) -> None:
        self._drift = drift
        if self._looking:
            self._looking = False
            self._look(False)
        self._tell_change()

    def _tell_change(self) -> None:
        fails = self.problem is not None
        if fails != self._told:
            self._told = fails
            self._tell(fails)

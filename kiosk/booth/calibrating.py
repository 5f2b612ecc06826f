"""Calibration in the running booth: the profile it has, whether it still holds, making it anew."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from calibration.errors import CalibrationError
from calibration.profile import Profile, load
from calibration.validity import Known
from calibration.validity import read as read_profile
from calibration.wizard import Placing
from hardware.base import Frame
from kiosk.booth.calibration_desk import BoothCameras, CalibrationDesk
from kiosk.booth.calibration_setup import conditions, drift_limits, keep
from kiosk.booth.calibration_watch import CalibrationWatch
from kiosk.booth.code_reading import CodeReading
from kiosk.booth.errors import BoothError
from kiosk.booth.live_view import LiveView
from kiosk.booth.paths import BoothPaths
from kiosk.booth.portraits import Darkroom
from kiosk.booth.ports import Screen
from kiosk.booth.view_relay import ViewRelay
from kiosk.guidance.calibrated_view import CalibratedView
from kiosk.screens.model import FaceGuide
from kiosk.settings import Settings
from kiosk.standards import Standard
from kiosk.visit.model import Event

log = logging.getLogger(__name__)

_DESK_WAIT_S = 15.0
"""Beyond a still's own deadline: a camera may have to come back first."""


class Calibrating:
    """Holds the booth's profile, watches over it, and makes it anew at the screen.

    The simulated booth may take photos without one.

    Args:
        settings: of the booth.
        paths: where its profile is.
        standard: the photo's.
        look: switches picture and lamp on and off.
        tell: told True when no photo may be taken any more, False when it may again.
        stand_in: the profile of the main camera's stand-in.
        look_by: told what calibration knows of the live view.
        show_guide: told where the face should be in it.

    Attributes:
        profile: the booth's, None without one.
        watch: looks at every visit's beginning.

    Raises:
        BoothError: the simulated booth's profile cannot be read.
    """

    def __init__(
        self,
        settings: Settings,
        paths: BoothPaths,
        standard: Standard,
        *,
        look: Callable[[bool], None],
        tell: Callable[[bool], None],
        stand_in: Profile | None,
        look_by: Callable[[CalibratedView], None],
        show_guide: Callable[[FaceGuide], None],
    ) -> None:
        self._settings = settings
        self._paths = paths
        self._standard = standard
        self._look = look
        self._darkroom: Darkroom | None = None
        self._cameras: BoothCameras | None = None
        simulated = settings.main_camera.driver == "simulated"
        known = self._known()
        # A real booth starts without a profile too: staff calibrates it at its own screen.
        self.profile = known.profile
        if simulated and self.profile is None:
            self.profile = read_or_refuse(paths.profile)
        self.watch = CalibrationWatch(
            known,
            drift_limits(settings.calibration),
            exempt=simulated,
            look=look,
            tell=tell,
            follow=self._follow,
        )
        self._view = ViewRelay(
            standard, self.profile, stand_in, look_by=look_by, show_guide=show_guide
        )

    def desk(
        self,
        live_view: LiveView,
        code_reading: CodeReading,
        darkroom: Darkroom,
        post: Callable[[Event], None],
        screen: Screen,
        on_placing: Callable[[Placing | None], None],
    ) -> CalibrationDesk:
        """Return the desk at which staff calibrates."""
        self._darkroom = darkroom
        wait_s = self._settings.main_camera.still_deadline_s + _DESK_WAIT_S
        self._cameras = BoothCameras(live_view, code_reading, wait_s)
        return CalibrationDesk(
            self._cameras,
            lambda: conditions(self._settings, self._standard),
            lambda: self._known().profile,
            post,
            screen,
            look=self._look,
            keep=self._keep,
            on_placing=on_placing,
            booth=self._settings.booth.name,
        )

    def frame_shown(self, frame: Frame) -> None:
        """Take in a live view frame of the main camera."""
        self.watch.frame_shown(frame)
        self._view.frame_shown(frame)
        if self._cameras is not None:
            self._cameras.frame_shown(frame)

    def code_frame_shown(self, frame: Frame) -> None:
        """Take in a frame of the second camera."""
        if self._cameras is not None:
            self._cameras.code_frame_shown(frame)

    def _follow(self, gains: tuple[float, float, float]) -> None:
        if self._darkroom is not None:
            self._darkroom.follow(gains)

    def _known(self) -> Known:
        return read_profile(
            self._paths.profile,
            max_age_days=self._settings.booth.profile_max_age_days,
            required=self._settings.calibration.required_steps,
        )

    def _keep(self, profile: Profile) -> None:
        """Write a new profile and make photos by it from now on."""
        log.info("calibration: %s", keep(profile, self._paths))
        known = self._known()
        if known.profile is not None and self._darkroom is not None:
            self.profile = known.profile
            self._darkroom.use(known.profile)
            self._view.use(known.profile)
        self.watch.use(known)


def read_or_refuse(path: Path | None, *, needed: bool = False) -> Profile | None:
    """Return the profile at `path`; None where there is none.

    Args:
        path: the profile, or the folder that holds them.
        needed: whether it must be there.

    Raises:
        BoothError: it cannot be read.
    """
    if path is None or not (needed or path.exists()):
        log.warning("there is no calibration profile: photos are cut out without a clean plate")
        return None
    try:
        return load(path)
    except CalibrationError as error:
        raise BoothError(str(error)) from error


def stand_in_profile(settings: Settings, paths: BoothPaths) -> Profile | None:
    """Return the profile of the main camera's stand-in; None where it has none.

    Raises:
        BoothError: it is named, and cannot be read.
    """
    section = settings.stand_in_camera
    if not section.used or section.profile_file is None:
        return None
    return read_or_refuse(paths.data / section.profile_file, needed=True)

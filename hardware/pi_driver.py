"""A camera module of the Raspberry Pi, as main camera or as second camera for codes.

The driver of the name ``pi``, through picamera2. Run it isolated under the Python that has
picamera2, which on Raspberry Pi OS is the system's own (`hardware.pi_python`); so neither this
file nor what it imports uses more than NumPy and Pillow.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from hardware import pi_controls, pi_devices, pi_pictures
from hardware.base import Camera, CameraSettings, CameraState, Condition, Frame, Still
from hardware.errors import DeviceLost, DeviceTimeout, FaultKind, HardwareError, Misconfigured
from hardware.exposure_turns import exposure_in_turn
from hardware.pi_focus import Focusing
from hardware.pi_sensor import Picture, Sensor, Size

_log = logging.getLogger(__name__)

# A sensor needs up to a second to its first picture, with automatic exposure finding its way.
_START_S: Final = 2.8
# A photo waits so long for autofocus. The contrast search of Camera Module 3 takes up to 1.2 s.
_FOCUS_S: Final = 1.5
# Controls show at the latest in the fourth picture after they were set.
_SETTLING_FRAMES: Final = 10
_SETTLING_S: Final = 1.5
# Automatic exposure and white balance have found their way after so many pictures from a start.
_AUTOMATIC_FRAMES: Final = 20
# While short exposures are taken in turn automatic gain would level them out again.
_GAIN_IN_TURNS: Final = 2.0

Open = Callable[[], tuple[Any, pi_devices.PiDevice]]
_Result = TypeVar("_Result")


class PiCamera(Camera):
    """One camera module.

    Args:
        open_device: opens it; returns the instance of picamera2's class, and what it is.
        size: (width, height) of the live view, pixels; fitted to the still's aspect ratio.
        frames_per_second: of the live view.
        still_size: (width, height) of stills, pixels; None for all the sensor has.
        autofocus: focus when it is asked for, and before the first still.
        near: focus all the time, also on what is held up to the camera.
        exposures_s: exposure times to take in turn, seconds; empty for one that stays.
        frames_each: frames each of them lasts.
        power_line_hz: 50 or 60, for automatic exposure.
    """

    def __init__(
        self,
        open_device: Open,
        *,
        size: Size = (1280, 720),
        frames_per_second: float = 25.0,
        still_size: Size | None = None,
        autofocus: bool = True,
        near: bool = False,
        exposures_s: Sequence[float] = (),
        frames_each: int = 6,
        power_line_hz: int = 50,
    ) -> None:
        super().__init__("Pi camera")
        if not frames_per_second > 0.0:
            raise ValueError("frames_per_second must be above 0")
        self._open_device = open_device
        self._size = size
        self._frames_per_second = frames_per_second
        self._still_size = still_size
        self._focus = Focusing(on_request=autofocus and not near, always=near)
        self._turns = tuple(exposures_s)
        self._frames_each = frames_each
        self._power_line_hz = power_line_hz

        self._sensor: Sensor | None = None
        self._device: pi_devices.PiDevice | None = None  # also while closed: the one seen last
        self._settings = CameraSettings()
        self._stuck = False  # in a still that did not come
        self._fault: str | None = None
        self._frames = 0
        self._turn_set: float | None = None

    def state(self) -> CameraState:
        """Describe the camera as it was last seen."""
        condition = Condition.CLOSED
        if self.is_open:
            condition = Condition.TEMPORARY_FAULT if self._fault else Condition.READY
        return CameraState(
            driver="pi",
            model=self._device.model if self._device else "",
            condition=condition,
            live_view=self._live_view,
            fault=self._fault,
        )

    # --- opening and closing --------------------------------------------------------------

    def _do_open(self) -> None:
        self._fault = None
        self._stuck = False
        self._settings = CameraSettings()
        self._focus.forget()
        picamera, self._device = self._open_device()
        self.name = self._device.model
        try:
            self._sensor = Sensor(
                picamera, self.name, self._size, self._frames_per_second, self._still_size
            )
        except BaseException:
            with contextlib.suppress(Exception):  # whatever it says, we let go of it
                picamera.close()
            raise

    def _do_close(self) -> None:
        sensor, self._sensor = self._sensor, None
        if sensor is not None:
            sensor.close()

    def _held(self) -> Sensor:
        assert self._sensor is not None  # noqa: S101 - the contract checks that it is open
        return self._sensor

    # --- live view ------------------------------------------------------------------------

    def _do_start_live_view(self) -> None:
        self._frames = 0
        self._run_live()

    def _do_stop_live_view(self) -> None:
        self._held().stop()

    def _do_read_frame(self, timeout_s: float) -> Frame:
        if self._stuck:
            raise DeviceLost(
                f"{self.name} is stuck in a photo. Close it and open it again.", FaultKind.NO_ANSWER
            )
        self._take_turn()
        picture = self._picture(timeout_s)
        self._frames += 1
        picture.pixels.flags.writeable = False
        return Frame(picture.pixels, self._frames, picture.taken_at, picture.metadata)

    def _run_live(self) -> None:
        self._turn_set = None
        self._remembering(lambda: self._held().run_live(self._live_controls(), _START_S))

    def _live_controls(self) -> dict[str, Any]:
        longest = max((*self._turns, self._settings.exposure_s or 0.0))
        return {
            **self._focus.controls(),
            **pi_controls.against_flicker(self._power_line_hz),
            **pi_controls.pace(self._frames_per_second, longest or None),
            **self._manual(),
        }

    def _manual(self) -> dict[str, Any]:
        return pi_controls.manual_controls(self._settings)

    def _take_turn(self) -> None:
        """Set the exposure time whose turn it is."""
        if not self._turns:
            return
        wanted = exposure_in_turn(self._frames, self._turns, self._frames_each)
        if wanted == self._turn_set:
            return
        if "ExposureTime" not in self._held().limits:
            _log.warning("%s has no control for exposure time; it stays automatic.", self.name)
            self._turns = ()
            return
        iso = self._settings.iso or round(100 * _GAIN_IN_TURNS)
        turn = CameraSettings(exposure_s=wanted, iso=iso)
        self._held().set(pi_controls.manual_controls(turn))
        self._turn_set = wanted

    # --- stills ---------------------------------------------------------------------------

    def _do_capture_still(self, timeout_s: float) -> Still:
        asked_at = time.monotonic()
        until = asked_at + timeout_s
        try:
            if self._can_focus() and not self._focus.held:
                self._find_focus(min(_FOCUS_S, timeout_s))
            flicker = pi_controls.against_flicker(self._power_line_hz)
            controls = {**self._focus.controls(), **flicker, **self._manual()}
            picture = self._remembering(
                lambda: self._held().still(controls, max(0.0, until - time.monotonic()))
            )
        except DeviceTimeout as error:
            self._stuck = True  # it would not go back to live view either
            raise DeviceTimeout(
                f"{self.name} took no photo within {timeout_s:.1f} s. Check its ribbon cable and "
                "the Raspberry Pi's power supply."
            ) from error
        except HardwareError:
            self._back_to_live()
            raise
        self._back_to_live()
        return Still(
            pi_pictures.jpeg(picture.pixels),
            "image/jpeg",
            picture.taken_at,
            max(0.0, picture.taken_at - asked_at),
            picture.metadata,
        )

    def _back_to_live(self) -> None:
        """Run as before the still. The photo must not be lost for that; the next frame tells."""
        try:
            if self._live_view:
                self._run_live()
            else:
                self._held().stop()
        except HardwareError as error:
            _log.warning("after the photo: %s", error)

    # --- focus ----------------------------------------------------------------------------

    def _do_autofocus(self, timeout_s: float) -> bool:
        if not self._can_focus():
            return False
        self._find_focus(timeout_s)
        return True

    def _can_focus(self) -> bool:
        fixed = self._settings.focus_dioptre is not None
        return not fixed and self._focus.can_search(self._held().limits)

    def _find_focus(self, timeout_s: float) -> None:
        with self._running():
            self._focus.search(
                self._held().set, lambda: self._picture(_START_S), timeout_s, self.name
            )

    # --- settings -------------------------------------------------------------------------

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        pi_controls.need_supported(settings, self._held().limits, self.name)
        if not pi_controls.given(settings):
            return pi_controls.merged(self._found_by_itself(), self._settings)
        before = self._settings, self._turns
        self._settings = self._with_both_gains(pi_controls.merged(self._settings, settings))
        if settings.exposure_s is not None:
            self._turns = ()  # whoever sets a time wants that one
        try:
            self._set_and_read_back(settings)
        except HardwareError:
            self._settings, self._turns = before
            raise
        return self._settings

    def _found_by_itself(self) -> CameraSettings:
        with self._running():
            if not self._live_view:
                for _ in range(_AUTOMATIC_FRAMES):
                    self._picture(_START_S)
            said = self._picture(_START_S).metadata
        return pi_controls.found_by_itself(said, self._held().limits)

    def _with_both_gains(self, settings: CameraSettings) -> CameraSettings:
        """Complete the white balance: libcamera takes both gains, so the other stays as it is."""
        if (settings.red_gain is None) == (settings.blue_gain is None):
            return settings
        with self._running():
            now = self._picture(_START_S).metadata
        return pi_controls.merged(
            CameraSettings(red_gain=now.get("red_gain"), blue_gain=now.get("blue_gain")), settings
        )

    @contextlib.contextmanager
    def _running(self) -> Iterator[None]:
        """Have the sensor run; without live view only for so long."""
        if not self._live_view:
            self._run_live()
        try:
            yield
        finally:
            if not self._live_view:
                self._held().stop()

    def _set_and_read_back(self, settings: CameraSettings) -> None:
        """Set the values and wait for a picture that was taken with them."""
        with self._running():
            pace = pi_controls.pace(self._frames_per_second, self._settings.exposure_s)
            self._held().set({**pace, **self._manual()})
            self._wait_for(settings)

    def _wait_for(self, settings: CameraSettings) -> None:
        until = time.monotonic() + _SETTLING_S
        wrong: dict[str, float] = {}
        for _ in range(_SETTLING_FRAMES):
            wrong = pi_controls.deviations(settings, self._picture(_START_S).metadata)
            if not wrong or time.monotonic() > until:
                break
        for name, has in wrong.items():
            raise Misconfigured(
                f"{self.name} reads back {has:g} as its {pi_controls.words_for(name)}, not "
                f"{getattr(settings, name):g} ({name}). Choose a value it takes."
            )

    # --- faults ---------------------------------------------------------------------------

    def _picture(self, timeout_s: float) -> Picture:
        picture = self._remembering(lambda: self._held().picture(timeout_s))
        self._fault = None
        return picture

    def _remembering(self, call: Callable[[], _Result]) -> _Result:
        """Keep a fault for `state`; a frame that has not come yet is none."""
        try:
            return call()
        except DeviceLost as error:
            self._fault = str(error)
            raise

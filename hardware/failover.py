"""A preferred camera and its stand-in, as one camera.

Both bring themselves back (`hardware.isolation`). When the preferred one has been away for too
long, or its stills fail one after the other, the stand-in takes over; it gives back only when it
is told that nobody is before the camera, because two cameras do not see a person alike.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import time
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from hardware.base import Camera, CameraSettings, CameraState, Condition, Frame, Still
from hardware.errors import FaultKind, HardwareError, Misconfigured, Unsupported

_log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

_NO_SETTINGS: Final = CameraSettings()

STAND_IN: Final = "stand_in"
"""In the metadata of frames and stills that the stand-in took, with the value 1."""


class FailoverCamera(Camera):
    """Two cameras as one. Used by one thread; `may_give_back` and `state` by any.

    Args:
        name: the camera's name.
        preferred: used whenever it works.
        stand_in: opened only when it is needed.
        take_over_after_s: so long the preferred camera is away until the stand-in takes over,
            seconds.
        take_over_after_stills: so many stills in a row have failed.
        stand_in_settings: manual values of the stand-in, set when it takes over.
        try_every_s: the pause between two attempts to open a camera that was refused, seconds.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        name: str,
        preferred: Camera,
        stand_in: Camera,
        *,
        take_over_after_s: float = 6.0,
        take_over_after_stills: int = 2,
        stand_in_settings: CameraSettings = _NO_SETTINGS,
        try_every_s: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(name)
        self._preferred = preferred
        self._stand_in = stand_in
        self._take_over_after_s = take_over_after_s
        self._take_over_after_stills = take_over_after_stills
        self._stand_in_settings = stand_in_settings
        self._try_every_s = try_every_s
        self._clock = clock

        self._active = preferred
        self._may_give_back = True
        self._settings: CameraSettings | None = None
        self._away_since: float | None = None
        self._stills_failed = 0
        self._tried_at: float | None = None
        self._why = ""
        self._why_kind: FaultKind | None = None
        self._last_number = self._offset = 0

    @property
    def on_stand_in(self) -> bool:
        """Whether the stand-in is in use."""
        return self._active is self._stand_in

    def may_give_back(self, *, may: bool) -> None:
        """Tell whether the preferred camera may be taken again: between visits, never inside one.

        Returns at once; the next call of the camera acts on it.
        """
        self._may_give_back = may

    def state(self) -> CameraState:
        """Describe the camera in use; while that is the stand-in, `fault` says why."""
        state = self._active.state()
        if not self.on_stand_in:
            return state
        fault = f"The stand-in has taken over: {self._why}"
        return dataclasses.replace(
            state,
            stand_in=True,
            fault=f"{fault} It fails too: {state.fault}" if state.fault else fault,
            fault_kind=state.fault_kind if state.fault else self._why_kind,
            restarts=state.restarts + self._preferred.state().restarts,
        )

    # --- the camera's calls -----------------------------------------------------------------

    def _do_open(self) -> None:
        try:
            self._open_preferred()
        except HardwareError as error:
            self._failed(error)
            if not self.on_stand_in:
                raise

    def _do_close(self) -> None:
        self._preferred.close()
        self._stand_in.close()
        self._active = self._preferred

    def _do_start_live_view(self) -> None:
        self._last_number = self._offset = 0
        self._call(lambda camera: camera.start_live_view())

    def _do_stop_live_view(self) -> None:
        self._active.stop_live_view()

    def _do_read_frame(self, timeout_s: float) -> Frame:
        frame = self._call(lambda camera: camera.read_frame(timeout_s))
        self._last_number = frame.number + self._offset
        metadata = self._marked(frame.metadata)
        return dataclasses.replace(frame, number=self._last_number, metadata=metadata)

    def _do_capture_still(self, timeout_s: float) -> Still:
        active = self._active
        try:
            still = self._call(lambda camera: camera.capture_still(timeout_s))
        except HardwareError as error:
            if self._active is active:
                self._stills_failed += 1
                if self._stills_failed >= self._take_over_after_stills:
                    self._change_over(error)
            raise
        self._stills_failed = 0
        return dataclasses.replace(still, metadata=self._marked(still.metadata))

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        """Set the preferred camera, now or when it is back; the stand-in has values of its own."""
        self._settings = (self._settings or _NO_SETTINGS).updated(settings)
        if self.on_stand_in:
            return self._stand_in.apply(CameraSettings())
        try:
            return self._call(lambda camera: camera.apply(settings))
        except Misconfigured as error:  # its mode dial was turned, or its lens changed
            self._failed(error)
            if self._active is self._preferred:
                raise
            return self._stand_in.apply(CameraSettings())

    def _do_autofocus(self, timeout_s: float) -> bool:
        return self._call(lambda camera: camera.autofocus(timeout_s))

    def _do_check(self) -> None:
        self._call(lambda camera: camera.check())

    def _call(self, call: Callable[[Camera], _Result]) -> _Result:
        self._give_back()
        try:
            if self._live_view:
                self._active.start_live_view()
            result = call(self._active)
        except (Unsupported, Misconfigured):
            raise  # the call was wrong, or the settings; another camera mends neither
        except HardwareError as error:
            self._failed(error)
            raise
        self._away_since = None
        return result

    def _marked(self, metadata: Mapping[str, float]) -> Mapping[str, float]:
        return {**metadata, STAND_IN: 1.0} if self.on_stand_in else metadata

    # --- taking over, and giving back -------------------------------------------------------

    def _failed(self, error: HardwareError) -> None:
        now = self._clock()
        self._away_since = now if self._away_since is None else self._away_since
        if now - self._away_since >= self._take_over_after_s:
            self._change_over(error)

    def _change_over(self, error: HardwareError) -> None:
        """Take the other camera, if it can be had."""
        if self._too_soon():
            return
        if self.on_stand_in:
            # It fails as well. Better the preferred camera inside a visit than none.
            if self._preferred.state().condition is Condition.READY:
                self._take(self._preferred)
            return
        try:
            self._stand_in.open()
            if self._stand_in_settings != _NO_SETTINGS:
                self._stand_in.apply(self._stand_in_settings)
        except HardwareError as refused:
            _log.warning("the stand-in for %s cannot be opened: %s", self.name, refused)
            return
        self._why, self._why_kind = str(error), error.kind
        _log.warning("the stand-in takes over from %s: %s", self.name, error)
        self._take(self._stand_in)

    def _give_back(self) -> None:
        if not self.on_stand_in or not self._may_give_back:
            return
        if not self._preferred.is_open:
            if self._too_soon():
                return
            try:
                self._open_preferred()
            except HardwareError as error:
                _log.info("%s is still away: %s", self.name, error)
                return
        if self._preferred.state().condition is Condition.READY:
            _log.warning("%s is back, and the stand-in rests", self.name)
            self._take(self._preferred)

    def _take(self, camera: Camera) -> None:
        with contextlib.suppress(HardwareError):  # it may be gone
            self._active.stop_live_view()
        if camera is self._preferred:
            self._stand_in.close()
        self._active = camera
        self._away_since = self._tried_at = None
        self._stills_failed = 0
        self._offset = self._last_number
        if self._live_view:
            with contextlib.suppress(HardwareError):  # the next call tells
                camera.start_live_view()

    def _open_preferred(self) -> None:
        self._preferred.open()
        if self._settings is not None:
            self._preferred.apply(self._settings)

    def _too_soon(self) -> bool:
        now = self._clock()
        if self._tried_at is not None and now - self._tried_at < self._try_every_s:
            return True
        self._tried_at = now
        return False

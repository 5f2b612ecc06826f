"""What the two simulated cameras have in common: pace, shutter lag, settings and faults."""

from __future__ import annotations

import dataclasses
import time
from abc import ABC, abstractmethod
from typing import Final

from hardware.base import Camera, CameraSettings, CameraState, Condition, Frame, Pixels, Still
from hardware.errors import DeviceTimeout, Unsupported
from hardware.sim.clockwork import FrameClock
from hardware.sim.faults import DARK_GAIN, SLOW_FRAME_S, SLOW_STILL_S, Fault, Faults
from hardware.sim.jpeg import encode_still
from hardware.sim.run_folder import RunFolder

RIGHT_EXPOSURE: Final = CameraSettings(
    exposure_s=1 / 125, iso=200, aperture=5.6, red_gain=1.9, blue_gain=1.6
)
"""What exposes and balances this booth right; a camera left alone finds it."""

_SHUTTER_LAG_S: Final = 0.08
_SUPPORTED: Final = ("exposure_s", "iso", "aperture", "red_gain", "blue_gain")


class View(ABC):
    """What a simulated camera looks at."""

    @abstractmethod
    def prepare(self) -> None:
        """Make ready for the live view: whatever takes long."""

    @abstractmethod
    def draw(
        self, now: float, settings: CameraSettings, gain: float, *, still: bool
    ) -> tuple[Pixels, dict[str, float]]:
        """Draw one picture.

        Args:
            now: the time it shows, seconds of `time.monotonic`.
            settings: of the camera, none of them None but the focus.
            gain: on the light, factor: what a fault leaves of it.
            still: at the size of a still.

        Returns:
            (H, W, 3) uint8 RGB, and what is known exactly of it.
        """


class PacedCamera(Camera):
    """A simulated camera.

    Args:
        name: for people.
        role: ``main`` or ``code``: whose faults it has.
        folder: where the director says so.
        view: what it looks at.
        frames_per_second: of live view.
        serial: its serial number.
    """

    def __init__(
        self,
        name: str,
        role: str,
        folder: RunFolder,
        view: View,
        frames_per_second: float,
        serial: str,
    ) -> None:
        super().__init__(name)
        self._view = view
        self._frames_per_second = frames_per_second
        self._serial = serial
        self._faults = Faults(folder, role)
        self._settings = RIGHT_EXPOSURE
        self._clock = FrameClock(frames_per_second)
        self._frozen: tuple[Pixels, dict[str, float]] | None = None

    def state(self) -> CameraState:
        """Describe the camera."""
        unplugged = self._faults.now is Fault.UNPLUG
        condition = Condition.READY if self.is_open else Condition.CLOSED
        return CameraState(
            driver="simulated",
            model=self.name.capitalize(),
            serial=self._serial,
            condition=Condition.TEMPORARY_FAULT if unplugged else condition,
            live_view=self._live_view,
            fault="unplugged" if unplugged else None,
        )

    def _do_open(self) -> None:
        self._faults.restarted()
        self._faults.strike(refusing=True)

    def _do_close(self) -> None:
        self._frozen = None

    def _do_start_live_view(self) -> None:
        self._faults.strike(refusing=True)
        self._view.prepare()
        self._frozen = None
        self._clock = FrameClock(self._frames_per_second)

    def _do_stop_live_view(self) -> None:
        self._faults.strike(refusing=False)

    def _do_read_frame(self, timeout_s: float) -> Frame:
        fault = self._faults.strike(refusing=False)
        number, taken_at = self._clock.next_frame(
            timeout_s, SLOW_FRAME_S if fault is Fault.SLOW else 0.0
        )
        fault = self._faults.strike(refusing=False)
        if fault is not Fault.FROZEN:
            self._frozen = None
        if self._frozen is not None:
            pixels, known = self._frozen
        else:
            gain = DARK_GAIN if fault is Fault.DARK else 1.0
            pixels, known = self._view.draw(taken_at, self._settings, gain, still=False)
            pixels.flags.writeable = False
        if fault is Fault.FROZEN:
            self._frozen = pixels, known
        return Frame(pixels, number, taken_at, {**self._metadata(), **known})

    def _do_capture_still(self, timeout_s: float) -> Still:
        asked_at = time.monotonic()
        fault = self._faults.strike(refusing=True, still=True)
        lag_s = _SHUTTER_LAG_S + (SLOW_STILL_S if fault is Fault.SLOW else 0.0)
        if lag_s > timeout_s:
            time.sleep(max(0.0, timeout_s))
            raise DeviceTimeout(f"The {self.name} took no photo within {timeout_s:.1f} s.")
        time.sleep(lag_s)
        self._faults.strike(refusing=False)  # it may be pulled out just now
        taken_at = time.monotonic()
        gain = DARK_GAIN if fault is Fault.DARK else 1.0
        pixels, known = self._view.draw(taken_at, self._settings, gain, still=True)
        data = encode_still(pixels, self._settings, "Simulated", self.name)
        # The live view was interrupted, and goes on.
        self._clock = FrameClock(self._frames_per_second, self._clock.given)
        return Still(
            data, "image/jpeg", taken_at, taken_at - asked_at, {**self._metadata(), **known}
        )

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        self._faults.strike(refusing=False)
        wanted = {k: v for k, v in dataclasses.asdict(settings).items() if v is not None}
        for name in wanted:
            if name not in _SUPPORTED:
                raise Unsupported(f"The {self.name} has no control for {name}.")
        self._settings = dataclasses.replace(self._settings, **wanted)
        return self._settings

    def _do_check(self) -> None:
        self._faults.strike(refusing=False)

    def _metadata(self) -> dict[str, float]:
        return {
            "exposure_s": self._settings.exposure_s or 0.0,
            "gain": (self._settings.iso or 100) / 100.0,
        }

"""The simulated main camera: sees the sitter before the wall, at the pace of a real one.

`simulated_main_camera` is what `hardware.discovery` names; it takes what JSON can say, so that
it can be built in a child process.
"""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Final

import cv2

from hardware.base import Camera, CameraSettings, CameraState, Condition, Frame, Pixels, Still
from hardware.errors import DeviceTimeout, Unsupported
from hardware.sim.clockwork import FrameClock
from hardware.sim.faults import DARK_GAIN, SLOW_FRAME_S, SLOW_STILL_S, Fault, Faults
from hardware.sim.figure import Figure, Wardrobe
from hardware.sim.jpeg import encode_still
from hardware.sim.pose import Motion, alive
from hardware.sim.run_folder import RunFolder
from hardware.sim.scene import Exposure, Scene, truth

# The values at which this booth is exposed and balanced right; a camera left alone finds them.
RIGHT_EXPOSURE: Final = CameraSettings(
    exposure_s=1 / 125, iso=200, aperture=5.6, red_gain=1.9, blue_gain=1.6
)
AMBIENT: Final = 0.25
"""Share of the light that stays when the lamp is off."""

_SHUTTER_LAG_S: Final = 0.08
_NOISE_AT_ISO_100: Final = 0.9
_SUPPORTED: Final = ("exposure_s", "iso", "aperture", "red_gain", "blue_gain")


class SimulatedCamera(Camera):
    """The main camera of the simulated booth.

    Args:
        folder: where the director says what is to be seen.
        wardrobe: the sitter's pictures.
        size: (width, height) of live view, pixels.
        still_size: (width, height) of a still, pixels.
        frames_per_second: of live view.
        seed: of wall and noise.
    """

    def __init__(
        self,
        folder: RunFolder,
        wardrobe: Wardrobe,
        size: tuple[int, int],
        still_size: tuple[int, int],
        frames_per_second: float,
        seed: int,
    ) -> None:
        super().__init__("simulated main camera")
        self._folder = folder
        self._wardrobe = wardrobe
        self._size = size
        self._still_size = still_size
        self._frames_per_second = frames_per_second
        self._seed = seed
        self._faults = Faults(folder, "main")
        self._settings = RIGHT_EXPOSURE
        self._clock: FrameClock | None = None
        self._scene: Scene | None = None
        self._frozen: Pixels | None = None

    def state(self) -> CameraState:
        """Describe the camera."""
        unplugged = self._faults.now is Fault.UNPLUG
        condition = Condition.READY if self.is_open else Condition.CLOSED
        return CameraState(
            driver="simulated",
            model="Simulated booth camera",
            serial=f"SIM-{self._seed:04d}",
            condition=Condition.TEMPORARY_FAULT if unplugged else condition,
            live_view=self._live_view,
            fault="unplugged" if unplugged else None,
        )

    def _do_open(self) -> None:
        self._faults.restarted()
        self._faults.strike(refusing=True)

    def _do_close(self) -> None:
        self._clock = None

    def _do_start_live_view(self) -> None:
        self._faults.strike(refusing=True)
        if self._scene is None:
            self._scene = Scene(*self._size, self._seed)
        self._frozen = None
        self._clock = FrameClock(self._frames_per_second)

    def _do_stop_live_view(self) -> None:
        self._faults.strike(refusing=False)
        self._clock = None

    def _do_read_frame(self, timeout_s: float) -> Frame:
        assert self._clock is not None  # noqa: S101 - the base class has checked live view
        assert self._scene is not None  # noqa: S101
        fault = self._faults.strike(refusing=False)
        number, taken_at = self._clock.next_frame(
            timeout_s, SLOW_FRAME_S if fault is Fault.SLOW else 0.0
        )
        fault = self._faults.strike(refusing=False)
        pixels, known = self._draw(self._scene, taken_at, fault)
        if fault is not Fault.FROZEN:
            self._frozen = None
        elif self._frozen is None:
            self._frozen = pixels
        else:
            pixels = self._frozen
        pixels.flags.writeable = False
        return Frame(pixels, number, taken_at, {**self._exposure_metadata(), **known})

    def _do_capture_still(self, timeout_s: float) -> Still:
        asked_at = time.monotonic()
        fault = self._faults.strike(refusing=True)
        lag_s = _SHUTTER_LAG_S + (SLOW_STILL_S if fault is Fault.SLOW else 0.0)
        if lag_s > timeout_s:
            time.sleep(max(0.0, timeout_s))
            raise DeviceTimeout(f"The simulated camera took no photo within {timeout_s:.1f} s.")
        time.sleep(lag_s)
        taken_at = time.monotonic()
        # A still's scene is kept by nobody: it is large, and stills are seldom.
        scene = Scene(*self._still_size, self._seed)
        pixels, known = self._draw(scene, taken_at, fault)
        data = encode_still(pixels, self._settings, "Simulated", "booth camera")
        metadata = {**self._exposure_metadata(), **known}
        if self._clock is not None:
            self._clock = FrameClock(self._frames_per_second, self._clock.given)
        return Still(data, "image/jpeg", taken_at, taken_at - asked_at, metadata)

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        self._faults.strike(refusing=False)
        wanted = {k: v for k, v in dataclasses.asdict(settings).items() if v is not None}
        for name in wanted:
            if name not in _SUPPORTED:
                raise Unsupported(f"The simulated camera has no control for {name}.")
        self._settings = dataclasses.replace(self._settings, **wanted)
        return self._settings

    def _draw(
        self, scene: Scene, now: float, fault: Fault | None
    ) -> tuple[Pixels, dict[str, float]]:
        pose = alive(Motion.from_json(self._folder.read("sitter")).at(now), now)
        figure: Figure | None = self._wardrobe.dress(pose) if pose.present else None
        exposure = self._exposure(DARK_GAIN if fault is Fault.DARK else 1.0)
        pixels = scene.draw(figure, pose, exposure)
        return pixels, truth(figure, pose, scene.width, scene.height)

    def _exposure(self, gain: float) -> Exposure:
        has, right = self._settings, RIGHT_EXPOSURE
        level = float(self._folder.read("light").get("level", 1.0))
        gain *= AMBIENT + (1.0 - AMBIENT) * level
        gain *= _light(has) / _light(right)
        iso = has.iso or 100
        return Exposure(
            (
                gain * (has.red_gain or 1.0) / (right.red_gain or 1.0),
                gain,
                gain * (has.blue_gain or 1.0) / (right.blue_gain or 1.0),
            ),
            _NOISE_AT_ISO_100 * (iso / 100) ** 0.5,
        )

    def _exposure_metadata(self) -> dict[str, float]:
        return {
            "exposure_s": self._settings.exposure_s or 0.0,
            "gain": (self._settings.iso or 100) / 100.0,
        }


def _light(settings: CameraSettings) -> float:
    aperture = settings.aperture or 1.0
    return (settings.exposure_s or 1.0) * (settings.iso or 100) / aperture**2


def simulated_main_camera(
    folder: str,
    person: str | None = None,
    width: int = 1280,
    height: int = 720,
    still_width: int = 2400,
    still_height: int = 1350,
    frames_per_second: float = 25.0,
    portrait: str | None = None,
    seed: int = 1,
) -> Camera:
    """Build the simulated main camera.

    Args:
        folder: the run folder shared with the `Director`.
        person: which sitter; None for the first.
        width: of live view, pixels.
        height: of live view, pixels.
        still_width: pixels.
        still_height: pixels.
        frames_per_second: of live view.
        portrait: a picture to put in the sitter's place.
        seed: of wall and noise.

    Raises:
        Misconfigured: there is no such person or picture.
    """
    cv2.setNumThreads(1)  # a camera of the booth must not take the cores from the guidance
    return SimulatedCamera(
        RunFolder(folder),
        Wardrobe(person, None if portrait is None else Path(portrait)),
        (width, height),
        (still_width, still_height),
        frames_per_second,
        seed,
    )

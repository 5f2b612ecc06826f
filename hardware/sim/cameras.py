"""The simulated main camera: sees the sitter before the wall.

`simulated_main_camera` is what `hardware.discovery` names; it takes what JSON can say, so that
it can be built in a child process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2

from hardware.base import Camera, CameraSettings, Pixels
from hardware.sim.figure import Wardrobe
from hardware.sim.paced_camera import RIGHT_EXPOSURE, PacedCamera, View
from hardware.sim.pose import Motion, alive
from hardware.sim.run_folder import RunFolder
from hardware.sim.scene import Exposure, Scene, truth

AMBIENT: Final = 0.25
"""Share of the light that stays when the lamp is off."""

_NOISE_AT_ISO_100: Final = 0.9


class SitterView(View):
    """The sitter's chair, as the main camera sees it.

    Args:
        folder: where the director says what is to be seen.
        wardrobe: the sitter's pictures.
        size: (width, height) of live view, pixels.
        still_size: (width, height) of a still, pixels.
        seed: of wall and noise.
    """

    def __init__(
        self,
        folder: RunFolder,
        wardrobe: Wardrobe,
        size: tuple[int, int],
        still_size: tuple[int, int],
        seed: int,
    ) -> None:
        self._folder = folder
        self._wardrobe = wardrobe
        self._size = size
        self._still_size = still_size
        self._seed = seed
        self._scene: Scene | None = None

    def prepare(self) -> None:
        """Render the wall."""
        if self._scene is None:
            self._scene = Scene(*self._size, self._seed)

    def draw(
        self, now: float, settings: CameraSettings, gain: float, *, still: bool
    ) -> tuple[Pixels, dict[str, float]]:
        """Draw the sitter, or the empty chair."""
        if still or self._scene is None:
            # A still's scene is large and stills are seldom: it is not kept.
            scene = Scene(*self._still_size, self._seed, noise_seed=int(now * 1000))
        else:
            scene = self._scene
        pose = alive(Motion.from_json(self._folder.read("sitter")).at(now), now)
        figure = self._wardrobe.dress(pose) if pose.present else None
        pixels = scene.draw(figure, pose, self._exposure(settings, gain))
        return pixels, truth(figure, pose, scene.width, scene.height)

    def _exposure(self, has: CameraSettings, gain: float) -> Exposure:
        level = float(self._folder.read("light").get("level", 1.0))
        gain *= AMBIENT + (1.0 - AMBIENT) * level
        return exposure_of(has, gain)


def exposure_of(has: CameraSettings, gain: float) -> Exposure:
    """What a camera's settings make of the light.

    Args:
        has: the settings.
        gain: on the light, factor.
    """
    right = RIGHT_EXPOSURE
    gain *= _light(has) / _light(right)
    return Exposure(
        (
            gain * (has.red_gain or 1.0) / (right.red_gain or 1.0),
            gain,
            gain * (has.blue_gain or 1.0) / (right.blue_gain or 1.0),
        ),
        _NOISE_AT_ISO_100 * ((has.iso or 100) / 100) ** 0.5,
    )


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
    run_folder = RunFolder(folder)
    wardrobe = Wardrobe(person, None if portrait is None else Path(portrait))
    view = SitterView(run_folder, wardrobe, (width, height), (still_width, still_height), seed)
    return PacedCamera(
        "simulated main camera", "main", run_folder, view, frames_per_second, f"SIM-{seed:04d}"
    )

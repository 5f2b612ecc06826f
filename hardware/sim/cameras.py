"""The simulated main camera: sees the sitter before the wall.

`simulated_main_camera` is what `hardware.discovery` names; it takes what JSON can say, so that
it can be built in a child process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from hardware.base import Camera, CameraSettings, Pixels
from hardware.sim.figure import Wardrobe
from hardware.sim.misadjustment import RIGHT, Misadjustment
from hardware.sim.paced_camera import RIGHT_EXPOSURE, PacedCamera, View
from hardware.sim.pinhole import HeldCard
from hardware.sim.pose import Motion, alive
from hardware.sim.run_folder import RunFolder, common_folder
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
        flaws = self._flaws()
        if self._scene is None or self._scene.flaws != flaws:
            self._scene = Scene(*self._size, self._seed, flaws=flaws)

    def draw(
        self, now: float, settings: CameraSettings, gain: float, *, still: bool
    ) -> tuple[Pixels, dict[str, float]]:
        """Draw the sitter, or the empty chair."""
        flaws = self._flaws()
        if still or self._scene is None:
            # A still's scene is large and stills are seldom: it is not kept.
            seed = int(now * 1000)
            scene = Scene(*self._still_size, self._seed, noise_seed=seed, flaws=flaws)
        else:
            self.prepare()
            scene = self._scene
        pose = alive(Motion.from_json(self._folder.read("sitter")).at(now), now)
        figure = self._wardrobe.dress(pose) if pose.present else None
        card = HeldCard.from_json(self._folder.read("card"))
        pixels = scene.draw(figure, pose, self._exposure(settings, gain, flaws), card)
        if not still and flaws.live_zoom != 1.0:
            pixels = _cropped(pixels, flaws)
        return pixels, truth(figure, pose, scene.width, scene.height)

    def _flaws(self) -> Misadjustment:
        known = self._folder.read("misadjustment")
        return Misadjustment.from_json(known) if known else RIGHT

    def _exposure(self, has: CameraSettings, gain: float, flaws: Misadjustment) -> Exposure:
        level = float(self._folder.read("light").get("level", 1.0))
        gain *= AMBIENT + (1.0 - AMBIENT) * level
        found = exposure_of(has, gain)
        red, green, blue = (g * c for g, c in zip(found.gains, flaws.cast, strict=True))
        return Exposure((red, green, blue), found.noise)


def _cropped(pixels: Pixels, flaws: Misadjustment) -> Pixels:
    """Enlarge about a point: a live view that shows less than a still does."""
    height, width = pixels.shape[:2]
    zoom = flaws.live_zoom
    x, y = (width / 2 + flaws.live_shift[0] * height, height / 2 + flaws.live_shift[1] * height)
    matrix = np.array([[zoom, 0, width / 2 - zoom * x], [0, zoom, height / 2 - zoom * y]])
    out: Pixels = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return out


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
    folder: str = "",
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
        folder: the run folder shared with the `Director`; empty for this machine's common one.
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
    run_folder = RunFolder(folder or common_folder())
    wardrobe = Wardrobe(person, None if portrait is None else Path(portrait))
    view = SitterView(run_folder, wardrobe, (width, height), (still_width, still_height), seed)
    return PacedCamera(
        "simulated main camera", "main", run_folder, view, frames_per_second, f"SIM-{seed:04d}"
    )

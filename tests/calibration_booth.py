"""The simulated booth's cameras for calibration, and a step done with them."""

from __future__ import annotations

import numpy as np
from calibration_scenes import DEMAND
from portrait_scenes import as_jpeg

from calibration.board import Board
from calibration.session import Conditions, Session
from calibration.step import Step
from calibration.wizard import PLAN, Placing
from hardware.base import CameraSettings, CameraState
from hardware.errors import Unsupported
from hardware.sim.cameras import exposure_of
from hardware.sim.misadjustment import RIGHT
from hardware.sim.paced_camera import RIGHT_EXPOSURE
from hardware.sim.pose import EMPTY_CHAIR
from hardware.sim.scene import Scene
from kiosk.booth.simulated_staff import _CARDS


class SimulatedCameras:
    """The simulated booth without processes, pace and files in between.

    Attributes:
        light: of the lamps, of what it should be.
    """

    light = 1.0

    def __init__(self, has: CameraSettings = RIGHT_EXPOSURE, *, adjustable: bool = True) -> None:
        self.has = has
        self.adjustable = adjustable
        self.placing = Placing.EMPTY
        self.flaws = RIGHT
        self.shots = 0

    def draw(self, size: tuple[int, int]) -> np.ndarray:
        self.shots += 1
        scene = Scene(*size, 1, noise_seed=self.shots, flaws=self.flaws)
        exposure = exposure_of(self.has, self.light)
        return scene.draw(None, EMPTY_CHAIR, exposure, _CARDS[self.placing])

    def still(self) -> bytes:
        return as_jpeg(self.draw((1600, 900)))

    def live(self) -> np.ndarray:
        return self.draw((800, 450))

    def code_frame(self) -> np.ndarray:
        return np.zeros((90, 160, 3), np.uint8)

    def apply(self, settings: CameraSettings) -> CameraSettings:
        if not self.adjustable:
            raise Unsupported("This camera has no controls.")
        wanted = {n: v for n in ("exposure_s", "iso") if (v := getattr(settings, n)) is not None}
        self.has = CameraSettings(
            **{**{n: getattr(self.has, n) for n in self.has.__slots__}, **wanted}
        )
        return self.has

    def state(self) -> CameraState:
        return CameraState("simulated", model="Simulated main camera", serial="SIM-0001")


def do(session: Session, cameras: SimulatedCameras, step: Step):
    for placing in PLAN[step]:
        if not placing.by_second_camera:
            cameras.placing = placing
        session.take(step, placing)
    return session.judge(step)


def conditions() -> Conditions:
    return Conditions(Board(), DEMAND, lambda _: (), stills=3)

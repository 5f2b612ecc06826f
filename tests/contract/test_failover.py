"""A preferred camera with its stand-in keeps the camera contract, whichever of them is in use."""

from __future__ import annotations

import pytest
from contract.devices import CameraContract
from standin import draw_portrait

from hardware.base import Camera, CameraState
from hardware.errors import DeviceLost
from hardware.failover import FailoverCamera
from hardware.sim.cameras import simulated_main_camera
from hardware.sim.director import Director


class Absent(Camera):
    """A camera that was never plugged in."""

    def state(self):
        return CameraState("absent")

    def _do_open(self) -> None:
        raise DeviceLost("It is not there. Plug it in.")

    def _do_close(self) -> None: ...

    def _do_start_live_view(self) -> None: ...

    def _do_stop_live_view(self) -> None: ...

    def _do_read_frame(self, timeout_s): ...

    def _do_capture_still(self, timeout_s): ...

    def _do_apply(self, settings): ...


@pytest.fixture
def simulated(tmp_path):
    def build(name: str) -> Camera:
        folder = tmp_path / name
        folder.mkdir()
        Director(folder).pose(lively=True)
        return simulated_main_camera(
            str(folder), width=320, height=180, still_width=640, still_height=360,
            frames_per_second=50.0, portrait=str(draw_portrait(folder / "portrait.png")),
        )  # fmt: skip

    return build


class TestPreferredInUse(CameraContract):
    @pytest.fixture
    def camera(self, simulated):
        return FailoverCamera("main", simulated("main"), simulated("stand_in"))


class TestStandInInUse(CameraContract):
    # Values are those of the preferred camera: the stand-in has its own, from its profile.
    unsupported = None

    @pytest.fixture
    def camera(self, simulated):
        camera = FailoverCamera(
            "main", Absent("absent"), simulated("stand_in"), take_over_after_s=0.0
        )
        camera.may_give_back(may=False)
        return camera

    def test_settings_are_read_back(self, camera):
        with camera:
            assert camera.apply(self.settings) == camera.apply(self.settings)

    def test_open_and_close_can_be_repeated(self, camera):
        for _ in range(2):
            camera.open()
            assert camera.on_stand_in
            camera.close()
            assert not camera.is_open

"""Staff calibrates the simulated booth at its own screen; the booth watches over itself."""

from __future__ import annotations

import contextlib
import time

import pytest
from booth_parts import FakeScreen
from standin import wait_for

from calibration.profile import load
from hardware.sim.director import Director
from hardware.sim.light import SimulatedLight
from hardware.sim.misadjustment import Misadjustment
from kiosk.booth.assembly import Booth
from kiosk.booth.simulated_staff import SimulatedStaff
from kiosk.demo.stage import STAFF_PIN, calibrate, set_up
from kiosk.visit import model as m
from kiosk.visit.model import Button, State

LIMIT_S = 60.0
pytestmark = pytest.mark.slow


@pytest.fixture
def stage(tmp_path):
    return set_up(tmp_path / "demo", language="zh", size=(1080, 1920))


class Staff:
    """A booth, and staff's finger on its screen."""

    def __init__(self, stage, settings) -> None:
        self.screen = FakeScreen()
        folder = {"folder": str(stage.scene)}
        self.booth = Booth(
            settings,
            stage.settings_file,
            self.screen,
            camera_arguments={"main": folder, "codes": folder},
            light=SimulatedLight(stage.scene),
            on_placing=SimulatedStaff(stage.scene).place,
        )

    @contextlib.contextmanager
    def __call__(self):
        try:
            self.booth.start()
            yield self
        finally:
            self.booth.stop()

    def at(self, *states: State) -> m.Visit:
        return self.screen.wait_for(lambda v: v.state in states, LIMIT_S)

    def phase(self, phase: str, step: str | None = None) -> m.Calibration:
        return self.screen.wait_for(
            lambda v: (
                v.state is State.CALIBRATE
                and v.calibration.phase == phase
                and step in (None, v.calibration.step)
            ),
            LIMIT_S,
        ).calibration

    def touch(self, button: Button) -> None:
        self.booth.post(m.Touched(button))

    def log_in(self) -> None:
        self.touch(Button.HELP)
        self.at(State.HELP)
        for key in STAFF_PIN:
            self.booth.post(m.KeyTouched(key))
        self.touch(Button.NEXT)
        self.at(State.STAFF)


@pytest.mark.timeout(240)
def test_staff_calibrates_at_the_screen(stage):
    with Director(stage.scene) as director:
        director.empty()
        with Staff(stage, stage.settings)() as staff:
            assert staff.booth.calibrating.profile is None
            staff.log_in()
            staff.touch(Button.STAFF_CALIBRATE)
            assert staff.phase("place", "exposure").place == "grey_card"
            wait_for(lambda: staff.screen.previews > 2, LIMIT_S)
            staff.touch(Button.STAFF_SKIP)
            staff.phase("place", "backdrop")
            staff.touch(Button.NEXT)
            assert staff.phase("result", "backdrop").passed
            assert staff.screen.calibrations[-1] is not None
            staff.touch(Button.NEXT)
            staff.phase("place", "colour")
            director.show_card(None)  # somebody takes the chart away again
            staff.touch(Button.NEXT)
            failed = staff.phase("result", "colour")
            assert failed.finding == "chart_not_found"
            staff.touch(Button.AGAIN)
            staff.phase("place", "colour")
            staff.touch(Button.NEXT)
            staff.screen.wait_for(lambda v: v.calibration.passed, LIMIT_S)
            names = [name for name, _, _ in staff.phase("result", "colour").figures]
            assert "delta_e_mean" in names
            staff.touch(Button.STAFF_CLOSE)
            staff.at(State.IDLE)
            path = stage.settings_file.parent / "data" / "profile.json"
            wait_for(lambda: staff.booth.calibrating.profile is not None, LIMIT_S)
            profile = load(path)
            assert profile.sections["colour"]["passed"]
            assert profile.live is not None
            assert len(list((path.parent / "profiles").glob("*.profile"))) == 1


@pytest.mark.timeout(240)
def test_knocked_booth_stops_before_the_fee_and_comes_back_and_changed_light_is_followed(stage):
    with Director(stage.scene) as director:
        calibrate(stage, director, {"folder": str(stage.scene)})
        director.misadjust(Misadjustment(moved=(0.05, 0.02)))
        with Staff(stage, stage.settings)() as staff:
            staff.at(State.IDLE)
            staff.touch(Button.START)
            staff.screen.wait_for(lambda v: m.Fault.CALIBRATION in v.faults, LIMIT_S)
            wait_for(
                lambda: any(
                    device.name == "calibration" and device.fault == "drift_shift"
                    for device in staff.screen.statuses[-1].devices
                ),
                LIMIT_S,
            )
            director.misadjust()
            staff.screen.wait_for(lambda v: m.Fault.CALIBRATION not in v.faults, LIMIT_S)
            staff.touch(Button.CANCEL)
            staff.at(State.IDLE)

            followed = []
            staff.booth.darkroom.follow = followed.append
            director.misadjust(Misadjustment(cast=(1.06, 1.0, 0.95)))
            staff.touch(Button.START)
            wait_for(lambda: followed, LIMIT_S)
            assert followed[-1] == pytest.approx((1.06, 1.0, 0.95), abs=0.02)
            assert m.Fault.CALIBRATION not in staff.screen.visit.faults
            assert len(staff.screen.guides) == 1, "the outline has its place, and keeps it"


@pytest.mark.timeout(240)
def test_real_booth_without_a_profile_takes_no_photos_and_says_why(stage, monkeypatch):
    """The camera behind it is the simulated one: only the settings call it a real one."""
    real = stage.settings.main_camera.model_copy(update={"driver": "uvc"})
    settings = stage.settings.model_copy(update={"main_camera": real})
    from kiosk.booth import main_camera as room

    build = room.build_camera
    monkeypatch.setattr(
        room,
        "build_camera",
        lambda name, section, extra: build(
            name, section.model_copy(update={"driver": "simulated"}), extra
        ),
    )
    with Staff(stage, settings)() as staff:
        staff.screen.wait_for(lambda v: m.Fault.CALIBRATION in v.faults, LIMIT_S)
        staff.touch(Button.START)
        assert staff.at(State.FAULT).faults[0] == "calibration"
        time.sleep(0.5)
        assert staff.screen.visit.state is State.FAULT
        wait_for(
            lambda: (
                staff.screen.statuses
                and any(d.fault == "no_profile" for d in staff.screen.statuses[-1].devices)
            ),
            LIMIT_S,
        )

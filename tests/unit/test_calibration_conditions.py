"""Calibration while something is not as it was: another camera, a lamp, a camera left to itself."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from calibration_booth import SimulatedCameras, conditions, do

from calibration.errors import CalibrationError
from calibration.session import Session
from calibration.step import Step
from calibration.validity import missing_steps
from hardware.base import CameraSettings, CameraState
from hardware.errors import DeviceLost
from hardware.sim.cameras import simulated_main_camera
from hardware.sim.paced_camera import RIGHT_EXPOSURE
from kiosk.booth.calibration_cameras import DirectCameras
from kiosk.settings import Settings


class Lamps(SimulatedCameras):
    """The simulated booth with maybe staff in it, and any camera."""

    staff_in_frames = 0
    told = CameraState("simulated", model="Simulated main camera", serial="SIM-0001")

    def live(self):
        frame = super().live()
        if self.staff_in_frames > 0:
            self.staff_in_frames -= 1
            height, width = frame.shape[:2]
            frame[height // 3 :, width // 4 : width // 2] = (70, 50, 40)
        return frame

    def state(self):
        return self.told


class LeftToItself(Lamps):
    """Exposes by itself, each time another way, for every value nobody has set."""

    def __init__(self, has=RIGHT_EXPOSURE):
        super().__init__(has)
        self.fixed: set[str] = set()

    def draw(self, size):
        if "exposure_s" not in self.fixed:
            longer = 1.5 if self.shots % 2 else 1 / 1.5
            wandering = (self.has.exposure_s or 0.0) * longer
            self.has = dataclasses.replace(self.has, exposure_s=wandering)
        return super().draw(size)

    def apply(self, settings):
        self.fixed |= {n for n, v in dataclasses.asdict(settings).items() if v is not None}
        return super().apply(settings)


def calibrated(cameras, *steps):
    session = Session(cameras, conditions())
    for step in steps:
        assert do(session, cameras, step).passed
    return session.profile("booth-7")


def keys(result):
    return [finding.key for finding in result.findings]


def test_nothing_is_taken_over_from_another_camera():
    before = calibrated(Lamps(), Step.EXPOSURE, Step.BACKDROP, Step.COLOUR)
    cameras = Lamps()
    cameras.told = CameraState("gphoto2", model="Canon EOS R50", serial="0123")
    session = Session(cameras, conditions(), before)
    assert do(session, cameras, Step.COLOUR).passed
    with pytest.raises(CalibrationError, match=r"another one \(model Canon EOS R50\).*'backdrop'"):
        session.profile("booth-7")
    assert do(session, cameras, Step.BACKDROP).passed
    after = session.profile("booth-7")
    assert set(after.sections) == {"camera", "colour", "backdrop"}
    assert after.exposure.settings == {}
    assert not [name for name in after.pictures if name.startswith("exposure-")]


def test_the_stand_in_is_not_calibrated_in_the_main_cameras_place():
    cameras = Lamps()
    cameras.told = dataclasses.replace(cameras.told, stand_in=True)
    with pytest.raises(DeviceLost, match="Bring the main camera back"):
        do(Session(cameras, conditions()), cameras, Step.EXPOSURE)


def test_another_exposure_wants_another_clean_plate():
    before = calibrated(Lamps(), Step.EXPOSURE, Step.BACKDROP)
    assert not missing_steps(before, ("exposure", "backdrop"))
    cameras = Lamps()
    cameras.light = 0.5  # weaker lamps were put in
    session = Session(cameras, conditions(), before)
    result = do(session, cameras, Step.EXPOSURE)
    assert result.passed
    assert keys(result) == ["backdrop_again"]
    assert missing_steps(session.profile("booth-7"), ("exposure", "backdrop")) == ("backdrop",)
    assert do(session, cameras, Step.BACKDROP).passed
    assert not missing_steps(session.profile("booth-7"), ("exposure", "backdrop"))


def test_the_same_exposure_once_more_leaves_the_plate_alone():
    cameras = Lamps()
    before = calibrated(cameras, Step.EXPOSURE, Step.BACKDROP)
    session = Session(cameras, conditions(), before)
    assert keys(do(session, cameras, Step.EXPOSURE)) == []
    assert not missing_steps(session.profile("booth-7"), ("exposure", "backdrop"))


def test_lamp_that_went_out_after_the_exposure_step_is_told():
    cameras = Lamps()
    session = Session(cameras, conditions())
    assert do(session, cameras, Step.EXPOSURE).passed
    cameras.light = 0.6
    result = do(session, cameras, Step.BACKDROP)
    assert keys(result)[0] == "light_changed"
    assert not result.passed
    assert result.figures["light_change"].value == pytest.approx(np.log2(0.6), abs=0.1)


def test_staff_who_walks_through_while_it_is_taken_is_told():
    cameras = Lamps()
    session = Session(cameras, conditions())
    for frames in (7, 12):
        cameras.staff_in_frames = frames
        result = do(session, cameras, Step.BACKDROP)
        assert keys(result) in (["plate_moved"], ["plate_not_empty"])
        with pytest.raises(CalibrationError, match="no clean plate"):
            session.profile("booth-7")
    assert do(session, cameras, Step.BACKDROP).passed


def test_camera_left_to_itself_is_held_at_what_it_found_and_then_set():
    cameras = LeftToItself()
    session = Session(cameras, conditions())
    assert do(session, cameras, Step.EXPOSURE).passed
    assert {"exposure_s", "iso", "red_gain", "blue_gain"} <= cameras.fixed
    assert do(session, cameras, Step.BACKDROP).passed
    settings = session.profile("booth-7").exposure.settings
    assert settings["exposure_s"] == pytest.approx(1 / 125, rel=0.1)
    assert (settings["red_gain"], settings["blue_gain"]) == (1.9, 1.6)


@pytest.mark.parametrize("stops", [-8, 5])
def test_exposure_is_found_from_a_black_and_from_a_burnt_out_picture(stops):
    has = dataclasses.replace(RIGHT_EXPOSURE, exposure_s=(RIGHT_EXPOSURE.exposure_s) * 2.0**stops)
    cameras = Lamps(has)
    session = Session(cameras, conditions())
    assert do(session, cameras, Step.EXPOSURE).passed
    assert cameras.has.exposure_s == pytest.approx(RIGHT_EXPOSURE.exposure_s, rel=0.1)


def test_nothing_is_changed_where_the_camera_is_to_be_left_alone():
    cameras = Lamps(CameraSettings(1 / 60, 200, 5.6, 1.9, 1.6))
    session = Session(cameras, dataclasses.replace(conditions(), control=""))
    assert keys(do(session, cameras, Step.EXPOSURE))[0] == "too_bright"
    assert cameras.has.exposure_s == pytest.approx(1 / 60)


@pytest.mark.parametrize("known", [True, False])
def test_one_step_from_the_command_line_is_done_with_the_values_photos_are_taken_with(
    tmp_path, known
):
    values = CameraSettings(exposure_s=1 / 500, iso=400)
    # A profile of another camera may hold what this one does not take: it is calibrated as it is.
    values = values if known else dataclasses.replace(values, focus_dioptre=0.8)
    camera = simulated_main_camera(str(tmp_path), width=320, height=180)
    with DirectCameras(camera, camera, Settings(), values) as cameras:
        assert cameras.still()
        has = cameras.apply(CameraSettings())
    right = values if known else RIGHT_EXPOSURE
    assert (has.exposure_s, has.iso) == (right.exposure_s, right.iso)

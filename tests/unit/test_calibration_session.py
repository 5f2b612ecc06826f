"""From the first card to the profile, by the simulated booth's own staff, and what it is worth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from calibration_booth import SimulatedCameras, conditions, do

from calibration import profile as profiles
from calibration.colour import ColourCorrection
from calibration.errors import CalibrationError, ProfileDamaged
from calibration.lens import Lens
from calibration.report import limits_words, number, report_page
from calibration.session import Session
from calibration.step import Step
from calibration.validity import missing_steps, other_camera, read
from calibration.view_map import ViewMap
from calibration.wizard import PLAN, WORDS, Phase, Placing, Wizard
from hardware.base import CameraSettings, CameraState

REQUIRED = ("exposure", "backdrop", "colour", "geometry", "focus")


@pytest.fixture(scope="module")
def calibrated():
    cameras = SimulatedCameras(CameraSettings(1 / 60, 200, 5.6, 1.9, 1.6))
    session = Session(cameras, conditions())
    results = {step: do(session, cameras, step) for step in Step}
    return session.profile("booth-7"), results


def test_every_step_of_the_main_camera_passes(calibrated):
    _, results = calibrated
    for step in Step:
        found = results[step]
        assert found.passed == (step is not Step.SECOND_CAMERA), found.findings
        assert found.pictures


def test_wrong_exposure_was_set_right_and_is_kept(calibrated):
    profile, results = calibrated
    assert results[Step.EXPOSURE].figures["exposure_error"].value == pytest.approx(0, abs=0.1)
    assert profile.exposure.settings["exposure_s"] == pytest.approx(1 / 125, rel=0.1)
    assert profile.exposure.settings["red_gain"] == 1.9


def test_profile_reads_back_with_all_that_others_need(calibrated, tmp_path):
    profile, _ = calibrated
    back = profiles.load(profile.save(tmp_path))
    assert np.array_equal(back.plate.pixels, profile.plate.pixels)
    assert np.array_equal(back.live, profile.live)
    assert back.pictures == dict(profile.pictures)
    assert ColourCorrection.of(back) == ColourCorrection.of(profile)
    assert ColourCorrection.of(back) is not None
    assert Lens.of(back).focal == pytest.approx(1500 / 489, rel=0.01)
    assert not Lens.of(back).corrects
    assert ViewMap.of(back).to_still(0.3, 0.7) == pytest.approx((0.3, 0.7), abs=0.002)
    assert back.sections["backdrop"]["live_detail"] > 0.3


def test_changed_picture_is_noticed(calibrated, tmp_path):
    profile, _ = calibrated
    path = profile.save(tmp_path)
    data = bytearray(path.read_bytes())
    data[data.index(b"\xff\xd8") + 2000] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(ProfileDamaged):
        profiles.load(path)


def test_profile_without_the_later_steps_has_no_correction():
    cameras = SimulatedCameras()
    session = Session(cameras, conditions())
    do(session, cameras, Step.BACKDROP)
    profile = session.profile("booth-7")
    assert ColourCorrection.of(profile) is None
    assert Lens.of(profile) is None
    assert ViewMap.of(profile) is None


def test_one_step_again_keeps_the_others(calibrated, tmp_path):
    before, _ = calibrated
    cameras = SimulatedCameras()
    session = Session(cameras, conditions(), before)
    do(session, cameras, Step.FOCUS)
    after = session.profile("booth-7")
    assert after.created_at > before.created_at
    assert after.sections["colour"] == before.sections["colour"]
    assert after.pictures["colour-chart.jpg"] == before.pictures["colour-chart.jpg"]
    assert not missing_steps(after, REQUIRED)
    before.save(tmp_path)
    after.save(tmp_path)
    assert len(profiles.every(tmp_path)) == 2


def test_camera_without_controls_is_judged_as_it_is():
    cameras = SimulatedCameras(CameraSettings(1 / 60, 200, 5.6, 1.9, 1.6), adjustable=False)
    session = Session(cameras, conditions())
    result = do(session, cameras, Step.EXPOSURE)
    assert result.findings[0].key == "too_bright"
    assert "nonlinearity" not in result.figures


def test_no_profile_without_a_plate_and_no_verdict_without_pictures():
    session = Session(SimulatedCameras(), conditions())
    with pytest.raises(CalibrationError, match="backdrop"):
        session.profile("booth-7")
    with pytest.raises(CalibrationError, match="No pictures"):
        session.judge(Step.COLOUR)


# --- is it valid? -----------------------------------------------------------------------------


def test_validity_says_why_not(calibrated, tmp_path):
    profile, _ = calibrated

    def judged(path, **options):
        known = read(path, **{"max_age_days": 30, "required": REQUIRED, **options})
        return known.problem.key if known.problem else None

    path = profile.save(tmp_path)
    assert judged(tmp_path) is None
    assert judged(None) == "no_profile"
    assert judged(tmp_path / "nowhere") == "no_profile"
    assert judged(path, now=datetime.now(UTC) + timedelta(days=31)) == "profile_old"
    assert judged(path, required=(*REQUIRED, "second_camera")) == "steps_missing"
    path.write_bytes(path.read_bytes()[:5000])
    assert judged(path) == "profile_unreadable"


def test_another_camera_needs_another_calibration(calibrated):
    profile, _ = calibrated
    same = CameraState("simulated", "Simulated main camera", "SIM-0001")
    assert other_camera(profile, same) is None
    assert other_camera(profile, CameraState("simulated")) is None
    problem = other_camera(profile, CameraState("gphoto2", "Canon EOS R50", "0123"))
    assert problem.key == "other_camera"
    assert "Canon EOS R50" in problem.message


# --- the wizard -------------------------------------------------------------------------------


def test_wizard_goes_through_all_placings_and_steps():
    wizard, seen = Wizard(), []
    while wizard.phase is not Phase.DONE:
        seen.append((wizard.step, wizard.place))
        wizard = wizard.taking()
        last = wizard.last_placing
        wizard = wizard.taken()
        if last:
            wizard = wizard.judged(passed=wizard.step is not Step.FOCUS).next()
    assert seen == [(step, place) for step in PLAN for place in PLAN[step]]
    assert wizard.passed == {step: step is not Step.FOCUS for step in Step}


def test_wizard_repeats_a_step_from_its_first_placing():
    wizard = Wizard((Step.GEOMETRY,)).taking().taken().taking().taken()
    assert wizard.place is Placing.BOARD_RIGHT
    again = wizard.again()
    assert again.place is Placing.BOARD
    assert again.phase is Phase.PLACE


def test_every_placing_has_words():
    assert set(WORDS) == set(Placing)
    assert set(PLAN) == set(Step)


# --- the report -------------------------------------------------------------------------------


def test_report_is_one_page_with_plots_and_trend(calibrated, tmp_path):
    profile, _ = calibrated
    read_back = profiles.load(profile.save(tmp_path))
    page = report_page(read_back, [read_back, read_back], "It is <old>.")
    assert page.count("<svg") == 3
    assert "data:image/jpeg;base64," in page
    assert "It is &lt;old&gt;." in page
    assert "Trend over 2 profiles" in page
    assert 'src="http' not in page
    assert "not passed" in page  # the second camera


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.00009, "0"), (1499.6, "1500"), (0.1234, "0.123"), (-2.345, "-2.35"), (0.0078, "0.0078")],
)
def test_figures_are_written_as_people_read_them(value, text):
    assert number(value) == text


def test_limits_in_words():
    assert limits_words(None, 3.0) == "≤ 3"
    assert limits_words(0.5, None) == "≥ 0.5"
    assert limits_words(-1.0, 1.0) == "-1 … 1"
    assert limits_words(None, None) == ""

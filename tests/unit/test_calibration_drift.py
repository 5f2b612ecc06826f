"""Drift: small changes are followed, large ones stop the booth, a sitter disturbs nothing."""

from __future__ import annotations

import numpy as np
import pytest
from calibration_scenes import shot

from calibration.drift import Verdict, measure_drift, shared_detail
from hardware.sim.figure import Wardrobe
from hardware.sim.misadjustment import RIGHT, Misadjustment
from hardware.sim.pose import Pose
from hardware.sim.scene import Exposure, Scene

LIVE = (1280, 720)


@pytest.fixture(scope="module")
def empty() -> np.ndarray:
    frames = [shot(size=LIVE, seed=seed).astype(np.float32) for seed in range(4)]
    return np.rint(np.mean(frames, axis=0)).astype(np.uint8)


@pytest.fixture(scope="module")
def detail(empty) -> float:
    return shared_detail(shot(size=LIVE, seed=50), empty)


@pytest.fixture(scope="module")
def sitter():
    return Wardrobe(None, None)


def with_sitter(sitter, flaws=RIGHT, gain=1.0, **pose):
    sits = Pose(lively=False, **pose)
    scene = Scene(*LIVE, 1, noise_seed=9, flaws=flaws)
    return scene.draw(sitter.dress(sits), sits, Exposure((gain, gain, gain)))


@pytest.mark.parametrize("pose", [{}, {"x": -0.3}, {"distance": 0.7}], ids=str)
def test_a_sitter_is_no_drift(empty, detail, sitter, pose):
    drift = measure_drift(with_sitter(sitter, **pose), empty, None, detail)
    assert drift.verdict is Verdict.STEADY
    assert drift.gains == (1.0, 1.0, 1.0)
    assert drift.figures["exposure"].value == pytest.approx(0.0, abs=0.01)


def test_small_change_of_light_is_followed(empty, detail, sitter):
    drift = measure_drift(with_sitter(sitter, gain=1.15), empty, None, detail)
    assert drift.verdict is Verdict.FOLLOW
    assert drift.gains == pytest.approx((1.15,) * 3, abs=0.02)
    warm = Misadjustment(cast=(1.05, 1.0, 0.94))
    drift = measure_drift(shot(None, warm, size=LIVE, seed=9), empty, None, detail)
    assert drift.verdict is Verdict.FOLLOW
    assert drift.gains == pytest.approx(warm.cast, abs=0.01)


@pytest.mark.parametrize(
    ("flaws", "key"),
    [
        (Misadjustment(cast=(1.25, 1.0, 0.8)), "drift_white"),
        (Misadjustment(cast=(0.55, 0.55, 0.55)), "drift_exposure"),
        (Misadjustment(cast=(0.001, 0.001, 0.001)), "drift_exposure"),
        (Misadjustment(light_moved=0.4), "drift_light_moved"),
        (Misadjustment(moved=(12 / 720, 5 / 720)), "drift_shift"),
        (Misadjustment(defocus=2.0), "drift_blur"),
    ],
    ids=["other lamp", "lamp out", "all out", "lamp moved", "camera knocked", "focus lost"],
)
def test_large_changes_stop_with_a_hint(empty, detail, flaws, key):
    drift = measure_drift(shot(None, flaws, size=LIVE, seed=9), empty, None, detail)
    assert drift.verdict is Verdict.STOP
    assert [finding.key for finding in drift.findings] == [key]
    assert len(drift.findings[0].message) > 30


def test_size_of_a_shift_is_measured(empty, detail):
    moved = shot(None, Misadjustment(moved=(12 / 720, 0.0)), size=LIVE, seed=9)
    drift = measure_drift(moved, empty, None, detail)
    assert drift.figures["shift"].value == pytest.approx(12 / 720, abs=1.5 / 720)


def test_somebody_in_the_way_is_not_judged(empty, detail):
    frame = shot(size=LIVE, seed=9)
    frame[:, :900] = (30, 60, 40)
    frame[200:, :] = (90, 40, 40)
    assert measure_drift(frame, empty, None, detail).verdict is Verdict.UNKNOWN


def test_a_wall_without_texture_says_nothing_of_shift_and_focus():
    rng = np.random.default_rng(1)
    wall = np.full((360, 640, 3), 180.0)
    then, now = ((wall + rng.normal(0, 1, wall.shape)).round().astype(np.uint8) for _ in "ab")
    drift = measure_drift(now, then, None, shared_detail(now, then))
    assert drift.verdict is Verdict.STEADY
    assert "blur" not in drift.figures
    assert "shift" not in drift.figures


def test_live_view_of_another_size_is_compared_all_the_same(empty, detail):
    smaller = shot(size=(640, 360), seed=9)
    drift = measure_drift(smaller, empty, None, 0.0)
    assert drift.verdict is Verdict.STEADY

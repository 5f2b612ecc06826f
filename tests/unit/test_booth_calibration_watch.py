"""The watch: may photos be taken, by the profile and by what the live view shows?"""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from calibration_scenes import shot

from calibration.drift import shared_detail
from calibration.limits import DriftLimits
from calibration.validity import Known, Problem
from hardware.base import CameraState, Frame
from hardware.failover import STAND_IN
from hardware.sim.misadjustment import RIGHT, Misadjustment
from kiosk.booth.calibration_watch import CalibrationWatch
from kiosk.visit.model import State, Visit

LIVE = (640, 360)
EMPTY = shot(size=LIVE, seed=1)
DETAIL = shared_detail(shot(size=LIVE, seed=2), EMPTY)
OLD = Problem("profile_old", "Too old.")


def profile(**changes):
    from datetime import UTC, datetime

    known = {
        "live": EMPTY,
        "created_at": datetime(2026, 3, 1, tzinfo=UTC),
        "sections": {
            "backdrop": {"live_detail": DETAIL},
            "camera": {"model": "Simulated", "serial": "1"},
        },
    }
    return SimpleNamespace(**{**known, **changes})


class Watched:
    def __init__(self, known: Known, *, exempt: bool = False) -> None:
        self.looks: list[bool] = []
        self.told: list[bool] = []
        self.followed: list[tuple] = []
        self.number = 0
        self.watch = CalibrationWatch(
            known,
            DriftLimits(),
            exempt=exempt,
            look=self.looks.append,
            tell=self.told.append,
            follow=self.followed.append,
        )
        self.watch.start()

    def begin(self) -> None:
        self.watch.visit_shown(Visit())
        self.watch.visit_shown(Visit(state=State.BATCH))

    def show(self, pixels: np.ndarray, frames: int = 40, **metadata: float) -> None:
        for _ in range(frames):
            self.number += 1
            self.watch.frame_shown(Frame(pixels, self.number, float(self.number), metadata))


def test_without_a_valid_profile_no_photos():
    for known in (Known(None, Problem("no_profile", "Never.")), Known(profile(), OLD)):
        watched = Watched(known)
        assert watched.told == [True]
        (device,) = watched.watch.devices()
        assert not device.works
        assert device.fault == known.problem.key


def test_the_simulated_booth_is_exempt():
    watched = Watched(Known(None, Problem("no_profile", "Never.")), exempt=True)
    assert watched.told == []
    assert watched.watch.devices() == ()


def test_a_new_calibration_counts_at_once():
    watched = Watched(Known(profile(), OLD))
    watched.watch.use(Known(profile(), None))
    assert watched.told == [True, False]
    (device,) = watched.watch.devices()
    assert device.works
    assert device.detail == "2026-03-01"


def test_every_visit_begins_with_a_look_and_ends_it():
    watched = Watched(Known(profile(), None))
    for _ in range(2):
        watched.begin()
        watched.watch.visit_shown(Visit(state=State.CODE))
        watched.show(shot(size=LIVE, seed=3))
    assert watched.looks == [True, False, True, False]
    assert watched.followed == [(1.0, 1.0, 1.0)] * 2
    assert watched.told == []


def test_small_drift_is_followed():
    watched = Watched(Known(profile(), None))
    watched.begin()
    watched.show(shot(None, Misadjustment(cast=(1.06, 1.0, 0.95)), size=LIVE, seed=3))
    assert watched.followed[0] == pytest.approx((1.06, 1.0, 0.95), abs=0.02)
    assert watched.told == []


def test_large_drift_stops_until_it_is_mended():
    watched = Watched(Known(profile(), None))
    watched.begin()
    watched.show(shot(None, Misadjustment(moved=(0.05, 0.0)), size=LIVE, seed=3))
    assert watched.told == [True]
    assert watched.looks == [True]
    assert watched.watch.devices()[0].fault == "drift_shift"
    watched.show(shot(None, RIGHT, size=LIVE, seed=4))
    assert watched.told == [True, False]
    assert watched.looks == [True, False]


def test_one_odd_frame_is_no_drift():
    watched = Watched(Known(profile(), None))
    watched.begin()
    watched.show(np.zeros_like(EMPTY), frames=8)
    watched.show(shot(size=LIVE, seed=4))
    assert watched.told == []


def test_somebody_in_the_way_is_left_at_that():
    crowd = np.random.default_rng(1).integers(0, 255, EMPTY.shape, dtype=np.uint8)
    watched = Watched(Known(profile(), None))
    watched.begin()
    watched.show(crowd, frames=400)
    assert watched.looks == [True, False]
    assert watched.told == []
    assert watched.followed == []


def test_stand_in_camera_is_not_held_against_the_other_s_profile():
    watched = Watched(Known(profile(), None))
    watched.begin()
    watched.show(np.zeros_like(EMPTY), **{STAND_IN: 1.0})
    assert watched.looks == [True, False]
    assert watched.told == []


def test_another_camera_stops_the_booth():
    watched = Watched(Known(profile(), None))
    state = CameraState("gphoto2", "Simulated", "1")
    watched.watch.camera_opened(state)
    assert watched.told == []
    watched.watch.camera_opened(dataclasses.replace(state, serial="2"))
    assert watched.told == [True]
    assert watched.watch.devices()[0].fault == "other_camera"

"""A stand-in camera: takes over after a time, gives back between visits only."""

from __future__ import annotations

import contextlib

import pytest
from booth_parts import FakeCamera

from hardware.base import CameraSettings
from hardware.errors import DeviceBusy, DeviceLost, Misconfigured
from hardware.failover import FailoverCamera


class Pair:
    """Two cameras and a clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.preferred, self.stand_in = FakeCamera("preferred"), FakeCamera("stand-in")
        self.camera = FailoverCamera(
            "main", self.preferred, self.stand_in, take_over_after_s=6.0,
            take_over_after_stills=2, try_every_s=3.0, clock=lambda: self.now,
        )  # fmt: skip

    def read_for(self, seconds: float) -> list:
        """Keep asking for frames, as the booth does."""
        frames = []
        for _ in range(round(seconds / 0.5)):
            try:
                frames.append(self.camera.read_frame(0.1))
            except DeviceLost:
                frames.append(None)
            self.now += 0.5
        return frames


@pytest.fixture
def pair():
    pair = Pair()
    yield pair
    pair.camera.close()


@pytest.fixture
def live(pair):
    pair.camera.open()
    pair.camera.start_live_view()
    pair.camera.may_give_back(may=False)
    assert pair.camera.read_frame()
    return pair


def test_the_stand_in_is_not_touched_while_the_preferred_camera_works(live):
    live.read_for(20.0)
    assert live.camera.capture_still().data
    assert live.stand_in.calls == []
    assert not live.camera.on_stand_in


def test_takes_over_after_the_time_that_was_set_and_not_before(live):
    number = live.camera.read_frame().number
    live.preferred.away = True
    assert live.read_for(6.0) == [None] * 12
    assert not live.camera.on_stand_in
    frames = live.read_for(2.0)
    assert live.camera.on_stand_in
    assert frames[0] is None
    assert [frame.number for frame in frames[1:]] == [number + 1, number + 2, number + 3]
    assert frames[-1].metadata["stand_in"] == 1.0
    state = live.camera.state()
    assert state.stand_in
    assert "stand-in has taken over" in state.fault
    assert "gone" in state.fault


def test_a_short_absence_changes_nothing(live):
    for _ in range(5):
        live.preferred.away = True
        live.read_for(4.0)
        live.preferred.away = False
        live.read_for(1.0)
    assert not live.camera.on_stand_in


def test_gives_back_between_visits_and_never_inside_one(live):
    live.preferred.away = True
    live.read_for(8.0)
    live.preferred.away = False
    assert all(live.read_for(60.0))
    assert live.camera.capture_still().metadata["stand_in"] == 1.0
    live.camera.may_give_back(may=True)
    frame = live.camera.read_frame()
    assert not live.camera.on_stand_in
    assert "stand_in" not in frame.metadata
    assert not live.stand_in.is_open
    assert "stand_in" not in live.camera.capture_still().metadata


def test_gives_back_while_the_camera_rests(live):
    live.preferred.away = True
    live.read_for(8.0)
    live.camera.stop_live_view()
    live.camera.may_give_back(may=True)
    live.camera.check()
    assert live.camera.on_stand_in, "the preferred camera is away still"
    live.preferred.away = False
    live.camera.check()
    assert not live.camera.on_stand_in


def test_stills_that_fail_one_after_the_other_change_the_camera(live):
    live.preferred.still_error = DeviceLost("It has no room for another photo.")
    for _ in range(2):
        with pytest.raises(DeviceLost, match="no room"):
            live.camera.capture_still()
        live.camera.read_frame()
    assert live.camera.on_stand_in
    assert live.camera.capture_still().metadata["stand_in"] == 1.0


def test_one_failed_still_among_good_ones_changes_nothing(live):
    for _ in range(5):
        live.preferred.still_error = DeviceBusy("Busy.")
        with pytest.raises(DeviceBusy):
            live.camera.capture_still()
        live.preferred.still_error = None
        live.camera.capture_still()
    assert not live.camera.on_stand_in


def test_both_away_is_told_and_whoever_comes_first_is_taken(live):
    live.preferred.away = live.stand_in.away = True
    assert live.read_for(20.0) == [None] * 40
    assert not live.camera.on_stand_in
    live.stand_in.away = False
    assert live.read_for(5.0)[-1] is not None
    assert live.camera.on_stand_in
    live.stand_in.away, live.preferred.away = True, False
    assert live.read_for(10.0)[-1] is not None
    assert not live.camera.on_stand_in, "better the preferred camera inside a visit than none"


def test_a_preferred_camera_that_was_never_there_is_taken_when_it_comes(pair):
    pair.preferred.away = True
    while not pair.camera.is_open:
        try:
            pair.camera.open()
        except DeviceLost:
            pair.now += 1.0
    assert pair.now == 106.0
    assert pair.camera.on_stand_in
    pair.camera.apply(CameraSettings(iso=400, exposure_s=0.01))
    pair.camera.apply(CameraSettings(iso=200))
    assert "apply" not in pair.stand_in.names()
    pair.camera.check()
    pair.preferred.away = False
    pair.now += 3.0
    pair.camera.check()
    assert not pair.camera.on_stand_in
    values = CameraSettings(iso=200, exposure_s=0.01)
    assert pair.preferred.settings == values, "its values came with it, all of them"


def test_the_stand_in_has_values_of_its_own(pair):
    pair.camera._stand_in_settings = CameraSettings(iso=800)
    pair.camera.open()
    pair.camera.apply(CameraSettings(iso=100))
    pair.preferred.away = True
    for _ in range(14):
        with contextlib.suppress(DeviceLost):
            pair.camera.check()
        pair.now += 0.5
    assert pair.camera.on_stand_in
    assert pair.stand_in.settings == CameraSettings(iso=800)
    assert pair.preferred.settings == CameraSettings(iso=100)


def test_a_preferred_camera_that_refuses_its_values_is_stood_in_for(pair, monkeypatch):
    def refuse(settings):
        raise Misconfigured("Turn its mode dial to M.")

    pair.camera.open()
    monkeypatch.setattr(pair.preferred, "_do_apply", refuse)
    while not pair.camera.on_stand_in:
        with contextlib.suppress(Misconfigured):
            pair.camera.apply(CameraSettings(iso=100))
        pair.now += 1.0
    assert pair.now == 107.0
    assert pair.camera.check()


def test_a_mistake_in_the_settings_is_no_absence(live):
    live.preferred.frame_error = Misconfigured("A picture too large.")
    for _ in range(20):
        with pytest.raises(Misconfigured):
            live.camera.read_frame()
        live.now += 1.0
    assert not live.camera.on_stand_in


def test_closing_lets_go_of_both(live):
    live.preferred.away = True
    live.read_for(8.0)
    live.camera.close()
    assert not live.preferred.is_open
    assert not live.stand_in.is_open

"""The main camera's thread: live view, stills, and a camera that goes away and comes back."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError

import pytest
from booth_parts import FakeCamera
from standin import wait_for

from hardware.base import CameraSettings
from hardware.errors import DeviceBusy, Misconfigured, Unsupported
from kiosk.booth import camera_thread
from kiosk.booth.live_view import LiveView
from kiosk.booth.patience import Patience

NO_SETTINGS = CameraSettings()


class Running:
    def __init__(self, settings: CameraSettings = NO_SETTINGS) -> None:
        self.lags: list[float] = []
        self.camera = FakeCamera()
        self.frames: list = []
        self.told: list[str] = []
        patience = Patience(
            "main", 0.05,
            on_fault=self.told.append, on_recovered=lambda: self.told.append("back"),
        )  # fmt: skip
        self.live_view = LiveView(
            self.camera,
            on_frame=self.look,
            patience=patience,
            still_timeout_s=5.0,
            settings=settings,
            check_every_s=0.0,
            on_still=lambda _, still: self.lags.append(still.shutter_lag_s),
        )

    def look(self, frame) -> None:
        self.frames.append(frame)


@pytest.fixture
def running():
    running = Running()
    running.live_view.start()
    yield running
    running.camera.may_shoot.set()
    running.live_view.stop()


def test_camera_is_used_on_one_thread_of_its_own(running):
    running.live_view.show(on=True)
    wait_for(lambda: running.frames)
    running.live_view.take_still().result(5)
    running.live_view.stop()
    assert {thread for _, thread in running.camera.calls} == {"live-view-main"}
    assert running.camera.names()[0] == "open"
    assert running.camera.names()[-1] == "close"


def test_frames_come_only_while_wanted(running):
    wait_for(lambda: running.camera.is_open)
    assert running.frames == []
    running.live_view.show(on=True)
    wait_for(lambda: running.frames)
    running.live_view.show(on=False)
    wait_for(lambda: "stop_live_view" in running.camera.names())
    seen = len(running.frames)
    time.sleep(0.1)
    assert len(running.frames) == seen


def test_nothing_is_asked_of_an_idle_camera(running):
    wait_for(lambda: running.camera.is_open)
    before = len(running.camera.calls)
    time.sleep(0.3)
    assert len(running.camera.calls) == before


def test_still_comes_between_frames(running):
    running.live_view.show(on=True)
    wait_for(lambda: running.frames)
    assert running.live_view.take_still().result(5).data == b"still 1"
    seen = len(running.frames)
    wait_for(lambda: len(running.frames) > seen)


def test_still_comes_without_live_view(running):
    assert running.live_view.take_still().result(5).data == b"still 1"


@pytest.mark.parametrize("error", [DeviceBusy("The card is full."), ValueError("mistake")])
def test_failed_still_is_told_to_who_asked_and_the_camera_goes_on(running, error):
    running.camera.still_error = error
    with pytest.raises(type(error)):
        running.live_view.take_still().result(5)
    running.camera.still_error = None
    assert running.live_view.take_still().result(5).data == b"still 1"


def test_still_nobody_waits_for_any_more_is_not_taken(running):
    running.camera.may_shoot.clear()
    first, second = running.live_view.take_still(), running.live_view.take_still()
    wait_for(lambda: "capture_still" in running.camera.names())
    assert second.cancel()
    running.camera.may_shoot.set()
    first.result(5)
    assert running.live_view.take_still().result(5).data == b"still 2"


def test_fault_and_return_are_told_once_each(running):
    running.live_view.show(on=True)
    wait_for(lambda: running.frames)
    running.camera.away = True
    wait_for(lambda: running.told)
    time.sleep(0.3)
    assert len(running.told) == 1
    running.camera.away = False
    wait_for(lambda: len(running.told) == 2)
    seen = len(running.frames)
    wait_for(lambda: len(running.frames) > seen)
    assert running.told[1] == "back"


def test_camera_that_is_away_is_not_called_well_because_nobody_looks(running):
    running.live_view.show(on=True)
    wait_for(lambda: running.frames)
    running.camera.away = True
    wait_for(lambda: running.told)
    running.live_view.show(on=False)
    time.sleep(0.3)
    assert len(running.told) == 1
    running.camera.away = False
    wait_for(lambda: running.told[1:] == ["back"])


def test_camera_that_was_never_there_is_opened_when_it_comes(running):
    running.live_view.stop()
    late = Running()
    late.camera.away = True
    late.live_view.start()
    wait_for(lambda: late.told)
    late.camera.away = False
    late.live_view.show(on=True)
    wait_for(lambda: late.frames)
    late.live_view.stop()


def test_mistake_of_a_listener_does_not_end_the_thread(running):
    blows = [ValueError("mistake")]

    def look(frame):
        if blows:
            raise blows.pop()
        running.frames.append(frame)

    running.live_view._on_frame = look
    running.live_view.show(on=True)
    wait_for(lambda: running.frames)


def test_stop_cancels_what_waits_and_closes_the_camera(running):
    running.camera.may_shoot.clear()
    first, second = running.live_view.take_still(), running.live_view.take_still()
    wait_for(lambda: "capture_still" in running.camera.names())
    running.live_view._stopping.set()
    running.camera.may_shoot.set()
    running.live_view.stop()
    assert first.result(0)
    with pytest.raises(CancelledError):
        second.result(0)
    assert not running.camera.is_open


def test_stop_before_start_is_no_mistake():
    Running().live_view.stop()


def test_the_profiles_values_are_set_whenever_the_camera_is_opened(running):
    running.live_view.stop()
    late = Running(settings=CameraSettings(exposure_s=0.008, iso=100))
    late.live_view.start()
    wait_for(lambda: late.camera.settings == CameraSettings(exposure_s=0.008, iso=100))
    late.live_view.stop()


def test_a_camera_that_takes_no_values_is_used_as_it_is_set(running, caplog):
    running.live_view.stop()
    late = Running(settings=CameraSettings(focus_dioptre=1.0))
    late.camera.refusal = Unsupported("It has no control for the focus.")
    late.live_view.start()
    late.live_view.show(on=True)
    wait_for(lambda: late.frames)
    late.live_view.stop()
    assert "no control for the focus" in caplog.text


def test_a_camera_that_takes_other_values_is_not_used(running):
    running.live_view.stop()
    late = Running(settings=CameraSettings(iso=100))
    late.camera.refusal = Misconfigured("Turn its mode dial to M.")
    late.live_view.start()
    late.live_view.show(on=True)
    wait_for(lambda: late.told)
    assert "mode dial" in late.told[0]
    assert late.frames == []
    late.camera.refusal = None
    wait_for(lambda: late.frames)
    late.live_view.stop()


def test_an_idle_camera_that_went_away_is_found_out(running):
    wait_for(lambda: running.camera.is_open)
    running.camera.gone_silently = True
    wait_for(lambda: running.told)
    running.camera.gone_silently = False
    wait_for(lambda: running.told[1:] == ["back"])


def test_focus_comes_before_the_still_that_was_ordered_after_it(running):
    running.live_view.show(on=True)
    wait_for(lambda: running.frames)
    running.live_view.focus()
    running.live_view.take_still().result(5)
    names = running.camera.names()
    assert names.index("autofocus") < names.index("capture_still")


def test_a_camera_that_finds_no_focus_goes_on(running, caplog):
    running.camera.focus_error = Misconfigured("It found nothing to focus on.")
    running.live_view.show(on=True)
    running.live_view.focus()
    wait_for(lambda: "nothing to focus on" in caplog.text)
    seen = len(running.frames)
    wait_for(lambda: len(running.frames) > seen)
    assert running.told == []


def test_each_still_tells_its_lag(running):
    running.live_view.take_still().result(5)
    wait_for(lambda: running.lags)
    assert running.lags == [0.0]


def test_a_camera_lost_just_after_the_still_does_not_cost_it(running):
    running.live_view.show(on=True)
    wait_for(lambda: running.frames)
    running.camera.gone_silently = True
    assert running.live_view.take_still().result(5).data == b"still 1"


def test_a_thread_that_hangs_in_its_camera_is_told_from_one_whose_camera_is_away(
    running, monkeypatch
):
    monkeypatch.setattr(camera_thread, "STALLED_S", 0.5)
    wait_for(lambda: running.camera.is_open)
    running.camera.away = True
    running.live_view.show(on=True)
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        assert running.live_view.is_turning
        time.sleep(0.05)
    running.camera.away = False
    running.camera.may_shoot.clear()
    running.live_view.take_still()
    wait_for(lambda: not running.live_view.is_turning)
    running.camera.may_shoot.set()
    wait_for(lambda: running.live_view.is_turning)

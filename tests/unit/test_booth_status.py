"""The booth at a glance, and what it tells the visit: no room, room again, delivered."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from booth_parts import FakeCentral, FakeScreen
from standin import wait_for

from hardware.base import CameraState, Condition
from hardware.errors import FaultKind
from kiosk.booth.status import StatusWatch
from kiosk.central.errors import OutboxError
from kiosk.screens.model import DeviceState
from kiosk.visit.model import Delivered, Fault, FaultCleared, FaultRaised


class FakeOutbox:
    """Can be full or broken at a chosen moment."""

    def __init__(self) -> None:
        self.room = True
        self.error: Exception | None = None
        self.waiting = 3

    def has_room(self) -> bool:
        if self.error is not None:
            raise self.error
        return self.room

    def counts(self):
        if self.error is not None:
            raise self.error
        return SimpleNamespace(waiting=self.waiting)


class Running:
    def __init__(self) -> None:
        self.outbox, self.central, self.screen = FakeOutbox(), FakeCentral(), FakeScreen()
        self.posted: list = []
        self.asked = 0
        self.delivered: tuple[str, ...] = ()
        self.devices: tuple[DeviceState, ...] = ()
        self.camera = CameraState("fake", "Model 1", condition=Condition.READY)
        self.watch = StatusWatch(
            self.outbox, self.central, SimpleNamespace(delivered=lambda: self.delivered),
            {"main_camera": lambda: self.camera}, self.screen, self.posted.append, self.ask,
            booth="booth-1", every_s=0.01, network_every_s=0.02,
            devices=lambda: self.devices,
        )  # fmt: skip

    def ask(self) -> None:
        self.asked += 1

    def looks(self, count: int = 5) -> None:
        until = len(self.screen.statuses) + count
        wait_for(lambda: len(self.screen.statuses) >= until)

    @property
    def line(self):
        self.looks()
        return self.screen.statuses[-1]


@pytest.fixture
def running():
    running = Running()
    running.watch.start()
    yield running
    running.watch.stop()


def test_line_says_how_the_booth_is(running):
    line = running.line
    assert (line.waiting, line.booth, line.central_online) == (3, "booth-1", True)
    assert line.clock.count(":") == 1
    (device,) = line.devices
    assert (device.name, device.works, device.detail) == ("main_camera", True, "Model 1")


def test_camera_that_is_away_is_named_with_its_fault(running):
    running.camera = CameraState(
        "fake", "Model 1", condition=Condition.TEMPORARY_FAULT, fault="It is held by gvfs.",
        fault_kind=FaultKind.HELD,
    )  # fmt: skip
    (device,) = running.line.devices
    assert not device.works
    assert (device.fault, device.past, device.said) == ("held", False, "It is held by gvfs.")


def test_camera_that_did_not_open_does_not_work(running):
    running.camera = CameraState(
        "fake", condition=Condition.CLOSED, fault="There is none.",
        fault_kind=FaultKind.DISCONNECTED,
    )  # fmt: skip
    (device,) = running.line.devices
    assert (device.works, device.fault) == (False, "disconnected")


def test_fault_without_words_is_still_one(running):
    running.camera = CameraState("fake", condition=Condition.TEMPORARY_FAULT)
    (device,) = running.line.devices
    assert (device.works, device.fault) == (False, "unknown")


def test_stand_in_works_and_tells_why_it_had_to_take_over(running):
    running.camera = replace(
        running.camera, stand_in=True, fault="The stand-in has taken over: it is gone.",
        fault_kind=FaultKind.DISCONNECTED,
    )  # fmt: skip
    (device,) = running.line.devices
    assert (device.works, device.fault, device.past) == (True, "disconnected", False)
    assert ("stand_in", 1) in device.notes


def test_camera_that_works_again_tells_battery_restarts_and_its_last_fault(running):
    running.camera = replace(
        running.camera, battery_percent=20, restarts=2, fault="The picture stood still.",
        fault_kind=FaultKind.FROZEN,
    )  # fmt: skip
    (device,) = running.line.devices
    assert device.works
    assert device.notes == (("battery_low", 20), ("restarts", 2))
    assert (device.detail, device.fault, device.past) == ("Model 1", "frozen", True)


def test_central_backend_that_does_not_answer_shows_and_is_asked_again(running):
    running.central.offline = True
    wait_for(lambda: not running.line.central_online)
    asked = running.asked
    running.looks(10)
    assert running.asked == asked, "what is to be learnt from it waits"
    running.central.offline = False
    wait_for(lambda: running.line.central_online)
    assert running.asked > asked


def test_network_that_swallows_everything_holds_nothing_up(running):
    running.looks()
    running.central.may_answer.clear()
    try:
        running.looks(10)
        running.outbox.room = False
        wait_for(lambda: running.posted == [FaultRaised(Fault.OUTBOX)])
        running.camera = CameraState("fake", condition=Condition.TEMPORARY_FAULT, fault="gone")
        assert running.line.devices[0].said == "gone"
    finally:
        running.central.may_answer.set()


def test_no_room_is_told_once_and_room_again_once(running):
    running.looks()
    assert running.posted == []
    running.outbox.room = False
    wait_for(lambda: running.posted)
    running.looks()
    assert running.posted == [FaultRaised(Fault.OUTBOX)]
    running.outbox.room = True
    wait_for(lambda: len(running.posted) == 2)
    running.looks()
    assert running.posted[1:] == [FaultCleared(Fault.OUTBOX)]


def test_broken_outbox_is_a_fault_too(running):
    running.outbox.error = OutboxError("the database breaks again and again")
    wait_for(lambda: running.posted == [FaultRaised(Fault.OUTBOX)])
    running.outbox.error = None
    wait_for(lambda: running.posted[1:] == [FaultCleared(Fault.OUTBOX)])


def test_arrival_is_told_once(running):
    running.delivered = ("c" * 64,)
    wait_for(lambda: running.posted)
    running.looks()
    assert running.posted == [Delivered("c" * 64)]
    running.delivered = ("c" * 64, "d" * 64)
    wait_for(lambda: len(running.posted) == 2)
    running.looks()
    assert running.posted[1:] == [Delivered("d" * 64)]


def test_mistake_does_not_end_the_watch(running, caplog):
    running.outbox.error = KeyError("mistake")
    wait_for(lambda: "cannot be told" in caplog.text)
    running.outbox.error = None
    running.looks()


def test_stop_before_start_is_no_mistake():
    Running().watch.stop()


def test_line_says_how_the_other_devices_are(running):
    printer = DeviceState("printer", works=False, fault="paper_out")
    running.devices = (printer,)
    running.looks()
    assert printer in running.line.devices

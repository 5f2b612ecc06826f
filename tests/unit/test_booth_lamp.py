"""The modelling light, switched on a thread of its own."""

from __future__ import annotations

import threading
import time

import pytest
from standin import wait_for

from hardware.base import Light
from hardware.errors import DeviceLost
from kiosk.booth.lamp import Lamp


class SlowLight(Light):
    """Can be held up, and broken, at a chosen moment."""

    def __init__(self) -> None:
        super().__init__("lamp")
        self.levels: list[float] = []
        self.error: Exception | None = None
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.closed = False

    @property
    def level(self) -> float:
        return self.levels[-1]

    def _do_open(self) -> None:
        self.may_go_on.wait(10)

    def _do_close(self) -> None:
        self.closed = True

    def _do_set_level(self, level: float) -> None:
        self.may_go_on.wait(10)
        if self.error is not None:
            raise self.error
        self.levels.append(level)


@pytest.fixture
def light():
    return SlowLight()


@pytest.fixture
def lamp(light):
    lamp = Lamp(light)
    lamp.start()
    yield lamp
    light.may_go_on.set()
    lamp.stop()


def test_lamp_that_hangs_holds_nobody_up_and_takes_the_last_level(lamp, light):
    light.may_go_on.clear()
    began = time.monotonic()
    for level in (1.0, 0.0, 1.0, 0.0, 0.5):
        lamp.shine(level)
    assert time.monotonic() - began < 1.0
    light.may_go_on.set()
    wait_for(lambda: light.levels and light.levels[-1] == 0.5)
    assert len(light.levels) <= 2, "what was overtaken is left out"


@pytest.mark.parametrize("error", [DeviceLost("The lamp does not answer."), ValueError("mistake")])
def test_broken_lamp_is_told_and_tried_again(lamp, light, caplog, error):
    light.error = error
    lamp.shine(1.0)
    wait_for(lambda: str(error) in caplog.text)
    light.error = None
    lamp.shine(1.0)
    wait_for(lambda: light.levels == [1.0])


def test_lamp_that_is_not_there_is_told_once(lamp, light, caplog):
    light.error = DeviceLost("This machine has no pins.")
    for level in (1.0, 0.0, 1.0):
        lamp.shine(level)
        wait_for(lambda: lamp._wanted is None)
    lamp.stop()
    assert caplog.text.count("no pins") == 1


def test_is_let_go_of_at_the_end(lamp, light):
    lamp.shine(1.0)
    wait_for(lambda: light.levels)
    lamp.stop()
    assert light.closed


def test_stop_before_start_is_no_mistake(light):
    Lamp(light).stop()

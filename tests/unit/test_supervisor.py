"""When a device that stays away is reset, and when it is looked at again."""

from __future__ import annotations

import threading
import time

import pytest
from standin import wait_for

from hardware.base import CameraState, Condition
from hardware.errors import DeviceBusy, DeviceLost, Misconfigured
from hardware.supervisor import Supervisor


class Child:
    """A process that lives until it is killed."""

    pid = 1

    def __init__(self) -> None:
        self.ended = False

    def kill(self) -> bool:
        self.ended = True
        return True

    def how_it_ended(self) -> str:
        return "ended"


class Bench:
    """A supervisor whose device opens or fails as it is told."""

    def __init__(self, reset_after: int = 2) -> None:
        self.error: Exception | None = None
        self.steps: list[str] = []
        self.calls = threading.Lock()
        self.supervisor = Supervisor(
            "main", Child, self.prepare, self.calls, 0.01, 0.02,
            lambda: self.steps.append("reset"), reset_after,
        )  # fmt: skip

    def prepare(self, child: Child) -> CameraState:
        del child
        self.steps.append("start")
        if self.error is not None:
            raise self.error
        return CameraState("fake", "Model 1")

    def lose(self, fault: Exception) -> None:
        self.error = fault
        with self.calls:
            self.supervisor.give_up_on(self.supervisor.child, DeviceLost("It is gone."))

    @property
    def condition(self) -> Condition:
        return self.supervisor.standing()[0]


@pytest.fixture
def bench():
    bench = Bench()
    bench.supervisor.open()
    bench.steps.clear()
    yield bench
    bench.supervisor.close(lambda _: None, 1.0)


def test_what_stays_away_is_reset_after_some_attempts_and_again(bench):
    bench.lose(DeviceLost("It does not answer."))
    wait_for(lambda: bench.steps.count("reset") == 2)
    assert bench.steps[:6] == ["start", "start", "reset", "start", "start", "reset"]
    bench.error = None
    wait_for(lambda: bench.condition is Condition.READY)
    assert bench.supervisor.standing()[2] == 1


@pytest.mark.parametrize(
    ("fault", "condition"),
    [
        (DeviceBusy("Another program holds it."), Condition.TEMPORARY_FAULT),
        (Misconfigured("Turn its mode dial to M."), Condition.PERMANENT_FAULT),
    ],
)
def test_what_a_reset_does_not_cure_is_not_reset_and_comes_back_when_mended(
    bench, fault, condition
):
    bench.lose(fault)
    wait_for(lambda: len(bench.steps) >= 6)
    assert "reset" not in bench.steps
    assert bench.condition is condition
    with pytest.raises(DeviceLost, match=str(fault)):
        bench.supervisor.ready(0.0)
    bench.error = None
    wait_for(lambda: bench.condition is Condition.READY)
    assert bench.supervisor.ready(0.0)


def test_what_nobody_foresaw_does_not_end_the_supervision(bench, caplog):
    bench.lose(KeyError("a mistake of ours"))
    wait_for(lambda: len(bench.steps) >= 3)
    assert bench.condition is Condition.TEMPORARY_FAULT
    assert "a mistake of ours" in caplog.text
    bench.error = None
    wait_for(lambda: bench.condition is Condition.READY)


def test_what_nobody_foresaw_at_the_first_start_is_told():
    bench = Bench()
    bench.error = KeyError("a mistake of ours")
    with pytest.raises(DeviceLost, match="a mistake of ours"):
        bench.supervisor.open()


def test_closing_starts_nothing(bench, caplog):
    bench.supervisor.close(lambda _: None, 1.0)
    assert bench.steps == []
    assert caplog.text == ""


def test_never_means_never():
    bench = Bench(reset_after=0)
    bench.supervisor.open()
    bench.lose(DeviceLost("It does not answer."))
    wait_for(lambda: len(bench.steps) >= 6)
    assert "reset" not in bench.steps
    bench.supervisor.close(lambda _: None, 1.0)


def test_a_failure_is_waited_for_longer_and_longer_but_not_for_ever(bench):
    bench.lose(DeviceLost("It does not answer."))
    began = time.monotonic()
    wait_for(lambda: bench.steps.count("start") >= 8)
    assert time.monotonic() - began >= 6 * 0.02

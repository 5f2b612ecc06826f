"""The guidance thread: newest frame, no queue, and it outlives faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import guidance_faces
import numpy as np
import pytest

from hardware.base import Frame
from kiosk.guidance.assess import Assessor
from kiosk.guidance.coach import Coach
from kiosk.guidance.landmarks import Landmarks
from kiosk.guidance.live import LiveGuidance
from kiosk.guidance.model import Assessment, CoachWord, Verdict
from kiosk.guidance.policy import BatchPolicy
from kiosk.settings.guidance import GuidanceSettings
from kiosk.standards import load

PICTURE = guidance_faces.picture(crown_y=130)
PIXELS = np.zeros((2, 2, 3), np.uint8)


def frame(number: int) -> Frame:
    return Frame(PIXELS, number, time.monotonic())


class SlowAssessor:
    """Stands in for the models: waits for its go, notes what it saw, fails on command."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)
        self.seen: list[int] = []
        self.fail_on: set[int] = set()
        self.policy = BatchPolicy()
        self.policies: list[BatchPolicy] = []
        self.closed = False
        self.told: Callable[[], int] = lambda: 0
        self.told_before_catching_up: list[int] = []

    def assess(self, pixels: np.ndarray, *, frame_number: int, **_: Any) -> Assessment:
        self.begun.release()
        assert self.go.acquire(timeout=10)
        self.seen.append(frame_number)
        self.policies.append(self.policy)
        if frame_number in self.fail_on:
            raise RuntimeError("the model broke")
        return Assessment(frame_number, 0.0, 1)

    def catch_up(self) -> None:
        self.told_before_catching_up.append(self.told())

    def forget(self) -> None:
        """Holds nothing."""

    def close(self) -> None:
        self.closed = True


class Booth:
    """A guidance thread with everything it reports."""

    def __init__(self, make: Callable[[], Any] | None = None) -> None:
        self.assessor = SlowAssessor()
        self.results: list[Assessment] = []
        self.words: list[CoachWord] = []
        self.faults: list[Exception] = []
        self.heard = threading.Condition()
        self.guidance = LiveGuidance(
            make or (lambda: self.assessor),  # type: ignore[arg-type,return-value]
            Coach(GuidanceSettings()),
            self._on_result,
            self._on_fault,
        )

    def _on_result(self, assessment: Assessment, word: CoachWord) -> None:
        with self.heard:
            self.results.append(assessment)
            self.words.append(word)
            self.heard.notify_all()

    def _on_fault(self, error: Exception) -> None:
        with self.heard:
            self.faults.append(error)
            self.heard.notify_all()

    def wait_for(self, what: Callable[[], bool]) -> None:
        with self.heard:
            assert self.heard.wait_for(what, timeout=10)

    def show(self, number: int) -> None:
        """Offer a frame and let it be assessed to the end."""
        self.guidance.offer(frame(number))
        assert self.assessor.begun.acquire(timeout=10)
        self.assessor.go.release()


@pytest.fixture
def booth() -> Iterator[Booth]:
    made = Booth()
    made.guidance.start()
    yield made
    made.assessor.go.release(100)
    made.guidance.stop()


def test_only_the_newest_waiting_frame_is_looked_at(booth: Booth) -> None:
    booth.guidance.offer(frame(1))
    assert booth.assessor.begun.acquire(timeout=10)
    for number in range(2, 10):
        booth.guidance.offer(frame(number))
    booth.assessor.go.release(2)
    booth.wait_for(lambda: len(booth.results) == 2)
    assert booth.assessor.seen == [1, 9]
    assert booth.guidance.statistics().dropped == 7


def test_nobody_waits_for_the_slower_models(booth: Booth) -> None:
    booth.assessor.told = lambda: len(booth.results)
    booth.show(1)
    booth.wait_for(lambda: len(booth.results) == 1)
    booth.show(2)
    booth.wait_for(lambda: len(booth.results) == 2)
    assert booth.assessor.told_before_catching_up[0] == 1


def test_the_batch_is_followed_from_the_next_frame_on(booth: Booth) -> None:
    clear = BatchPolicy(glasses="allow_clear")
    booth.show(1)
    booth.wait_for(lambda: len(booth.results) == 1)
    booth.guidance.judge_by(clear)
    booth.show(2)
    booth.wait_for(lambda: len(booth.results) == 2)
    assert booth.assessor.policies == [BatchPolicy(), clear]


def test_a_fault_is_reported_and_the_thread_goes_on(booth: Booth) -> None:
    booth.assessor.fail_on = {1}
    booth.show(1)
    booth.wait_for(lambda: len(booth.faults) == 1)
    booth.show(2)
    booth.wait_for(lambda: len(booth.results) == 1)
    assert str(booth.faults[0]) == "the model broke"
    assert booth.results[0].frame_number == 2
    assert booth.guidance.statistics().faults == 1


def test_models_that_do_not_load_are_tried_again() -> None:
    tries: list[int] = []
    assessor = SlowAssessor()

    def make() -> SlowAssessor:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("a model file is missing")
        return assessor

    booth = Booth(make)
    booth.assessor = assessor
    booth.guidance.start()
    booth.show(1)
    booth.wait_for(lambda: len(booth.results) == 1)
    booth.guidance.stop()
    assert len(booth.faults) == 1
    assert booth.assessor.closed


def test_nothing_is_said_while_paused_not_even_about_a_frame_under_way(booth: Booth) -> None:
    booth.guidance.offer(frame(1))
    assert booth.assessor.begun.acquire(timeout=10)
    booth.guidance.pause()
    booth.guidance.offer(frame(2))
    booth.assessor.go.release()
    booth.guidance.resume()
    booth.show(3)
    booth.wait_for(lambda: len(booth.results) == 1)
    assert booth.assessor.seen == [1, 3]
    assert [r.frame_number for r in booth.results] == [3]


def test_after_a_pause_nothing_is_held_of_who_sat_there_before() -> None:
    """The next sitter may sit down while guidance is paused, and no frame shows an empty chair."""
    whole, image = guidance_faces.landmarks(guidance_faces.face(), PICTURE), PICTURE
    only_face = guidance_faces.landmarks(
        guidance_faces.face(), PICTURE, shoulders=None, person=None
    )

    class Finder:
        """The first sitter is looked at closely, and a look is due when the pause comes."""

        def __init__(self) -> None:
            self.found = [whole, only_face, only_face]
            self.closer = [None, whole, None]
            self.forgotten = 0

        def find(self, pixels: np.ndarray) -> Landmarks:
            return self.found.pop(0)

        def look_closer(self, pixels: np.ndarray, found: Landmarks) -> Landmarks | None:
            return self.closer.pop(0)

        def forget(self) -> None:
            self.forgotten += 1

        def close(self) -> None:
            """Holds nothing."""

    finder, heard = Finder(), threading.Semaphore(0)
    results: list[Assessment] = []

    def on_result(assessment: Assessment, _word: CoachWord) -> None:
        results.append(assessment)
        heard.release()

    guidance = LiveGuidance(
        lambda: Assessor(load("chsi"), GuidanceSettings(), True, finder),
        Coach(GuidanceSettings()),
        on_result,
    )
    guidance.start()
    for number in range(3):
        if number == 2:
            guidance.pause()
            guidance.resume()
        guidance.offer(Frame(image, number, time.monotonic()))
        assert heard.acquire(timeout=10)
    guidance.stop()
    held = [result.measurements["clothes_difference"] for result in results]
    assert held[0] is not None
    assert held[1] == held[0]
    assert held[2] is None
    assert results[2].measurements["crown_y_px"] is None
    assert results[2].rules["shoulders_level"].verdict is Verdict.UNKNOWN
    assert finder.forgotten == 1


def test_statistics_tell_how_it_keeps_up(booth: Booth) -> None:
    for number in range(1, 6):
        booth.show(number)
        booth.wait_for(lambda n=number: len(booth.results) == n)
    statistics = booth.guidance.statistics()
    assert statistics.verdicts == 5
    assert statistics.verdicts_per_s > 0
    assert 0 < statistics.latency_p50_s <= statistics.latency_p95_s


def test_stop_frees_the_models_and_may_be_repeated() -> None:
    booth = Booth()
    booth.guidance.start()
    booth.show(1)
    booth.wait_for(lambda: len(booth.results) == 1)
    booth.guidance.stop()
    booth.guidance.stop()
    assert booth.assessor.closed
    booth.guidance.offer(frame(2))
    assert booth.assessor.seen == [1]


def test_a_broken_listener_does_not_end_guidance() -> None:
    booth = Booth()
    booth.guidance = LiveGuidance(
        lambda: booth.assessor,  # type: ignore[arg-type,return-value]
        Coach(GuidanceSettings()),
        lambda assessment, word: (_ for _ in ()).throw(ValueError(str((assessment, word)))),
        booth._on_fault,
    )
    booth.guidance.start()
    booth.show(1)
    booth.wait_for(lambda: len(booth.faults) == 1)
    booth.show(2)
    booth.wait_for(lambda: len(booth.faults) == 2)
    booth.guidance.stop()

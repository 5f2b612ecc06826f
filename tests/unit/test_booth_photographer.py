"""From the shutter to the photo: what fails costs no take, what is over is forgotten."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from booth_parts import BATCH, BATCH_INFO

from hardware.base import Still
from hardware.errors import DeviceLost
from kiosk.booth.photographer import Burst, Photographer
from kiosk.guidance.model import RuleResult, Verdict
from kiosk.portrait.errors import NoPerson, PlateMismatch
from kiosk.visit import model as m

TAKE = m.TakePhoto(BATCH, "photo:1")


class Maker:
    """Stands in for the darkroom, which needs seconds and face models."""

    def __init__(self) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self.passed = True
        self.error: Exception | None = None
        self.asked: list[dict] = []
        self.stand_ins: list[bool] = []
        self.may_go = threading.Event()
        self.may_go.set()
        self.busy = threading.Event()

    def make(self, still: bytes, **wishes):
        self.stand_ins.append(wishes.pop("stand_in"))
        self.asked.append({"still": still, **wishes})
        self.busy.set()
        assert self.may_go.wait(10)
        if self.error is not None:
            raise self.error
        rules = {name: RuleResult(name, verdict) for name, verdict in self.verdicts.items()}
        return SimpleNamespace(
            jpeg=b"jpeg",
            photo_sha256=hashlib.sha256(still).hexdigest(),
            passed=self.passed,
            remarks=() if self.passed else ("rule_roll",),
            report=SimpleNamespace(rules=rules),
        )


class Running:
    def __init__(self) -> None:
        self.maker = Maker()
        self.shown: list = []
        self.futures: list[Future] = []
        self.still: Still | Exception | None = Still(b"still", "image/jpeg", 0.0)
        self.photographer = Photographer(
            self.take_still, self.maker, wait_s=0.05,
            on_photo=self.shown.append, reshoot_rules=("eyes_open", "sharp"),
        )  # fmt: skip

    def take_still(self) -> Future:
        future: Future = Future()
        self.futures.append(future)
        if isinstance(self.still, Exception):
            future.set_exception(self.still)
        elif self.still is not None:
            future.set_result(self.still)
        return future

    def take(self) -> m.PhotoReady | m.PhotoFailed:
        return self.photographer.take(TAKE, BATCH_INFO)


@pytest.fixture
def running():
    return Running()


def test_photo_is_made_as_the_batch_wants_shown_and_kept(running):
    answer = running.take()
    assert running.maker.asked == [
        {"still": b"still", "background": "blue", "min_bytes": None, "max_bytes": None,
         "glasses": "forbid"}
    ]  # fmt: skip
    assert answer.request == "photo:1"
    assert answer.photo.passed
    shot = running.photographer.shot(answer.photo.photo_id)
    assert shot.still.data == b"still"
    assert running.shown == [shot]
    assert shot.shot_at.utcoffset().total_seconds() == 0


def test_photo_that_does_not_pass_is_shown_with_its_remarks(running):
    running.maker.passed = False
    photo = running.take().photo
    assert (photo.passed, photo.remarks) == (False, ("rule_roll",))


def test_camera_that_fails_costs_no_take(running):
    running.still = DeviceLost("gone")
    assert running.take() == m.PhotoFailed("still_failed", "photo:1")
    assert running.maker.asked == []


def test_still_that_does_not_come_in_time_is_not_wanted_later(running):
    running.still = None
    assert running.take() == m.PhotoFailed("still_failed", "photo:1")
    assert running.futures[0].cancelled()


def test_camera_that_is_stopped_meanwhile(running):
    def take_still():
        future: Future = Future()
        future.cancel()
        return future

    running.photographer._take_still = take_still
    assert running.take() == m.PhotoFailed("still_failed", "photo:1")


@pytest.mark.parametrize("error", [NoPerson("nobody"), PlateMismatch("moved")])
def test_still_no_photo_can_be_made_of(running, error):
    running.maker.error = error
    assert running.take() == m.PhotoFailed(f"portrait_{error.key}", "photo:1")
    assert running.shown == []


def test_blink_is_taken_again_at_no_cost(running):
    running.maker.verdicts = {"roll": Verdict.FAIL, "eyes_open": Verdict.FAIL}
    assert running.take() == m.PhotoFailed("reshoot_eyes_open", "photo:1")
    assert running.shown == []


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.HINT, Verdict.UNKNOWN])
def test_only_a_sure_failure_is_taken_again(running, verdict):
    running.maker.verdicts = {"eyes_open": verdict}
    assert isinstance(running.take(), m.PhotoReady)


def test_forget_leaves_nothing(running):
    photo = running.take().photo
    running.photographer.forget()
    assert running.photographer.shot(photo.photo_id) is None


def test_photo_still_being_made_when_the_visit_ends_is_neither_kept_nor_shown(running):
    running.maker.may_go.clear()
    answers: list = []
    thread = threading.Thread(target=lambda: answers.append(running.take()))
    thread.start()
    assert running.maker.busy.wait(10)
    running.photographer.forget()
    running.maker.may_go.set()
    thread.join(10)
    assert answers == [m.PhotoFailed("photo_gone", "photo:1")]
    assert running.shown == []
    assert running.photographer._shots == {}
    assert isinstance(running.take(), m.PhotoReady), "the next visit is not concerned"


def test_photo_of_the_stand_in_camera_is_made_as_such(running):
    running.take()
    running.still = Still(b"other", "image/jpeg", 0.0, metadata={"stand_in": 1.0})
    running.take()
    assert running.maker.stand_ins == [False, True]


class Moments(Maker):
    """A darkroom whose verdicts depend on the still."""

    def __init__(self, verdicts: dict[bytes, dict[str, Verdict]]) -> None:
        super().__init__()
        self.of_still = verdicts

    def make(self, still: bytes, **wishes):
        self.verdicts = self.of_still[still]
        if Verdict.FAIL in self.verdicts.values():
            self.passed = False
        portrait = super().make(still, **wishes)
        self.passed = True
        return portrait


def bursting(verdicts: list[dict[str, Verdict] | None], *, within_s: float = 60.0):
    """A photographer whose camera gives one still after the other; None: it fails."""
    running = Running()
    names = [b"%d" % number for number in range(len(verdicts))]
    running.maker = Moments(
        {name: v for name, v in zip(names, verdicts, strict=True) if v is not None}
    )
    coming = iter(zip(names, verdicts, strict=True))

    def take_still() -> Future:
        name, verdict = next(coming)
        good = Still(name, "image/jpeg", 0.0)
        running.still = good if verdict is not None else DeviceLost("gone")
        return running.take_still()

    running.photographer = Photographer(
        take_still, running.maker, wait_s=0.05, on_photo=running.shown.append,
        reshoot_rules=("eyes_open",), reshoots=2, burst=Burst(3, within_s),
    )  # fmt: skip
    return running


GOOD, BLINK = {"eyes_open": Verdict.PASS}, {"eyes_open": Verdict.FAIL}
TILTED, ALMOST = {"roll": Verdict.FAIL}, {"roll": Verdict.HINT}


@pytest.mark.parametrize(
    ("verdicts", "best", "developed"),
    [
        ([GOOD, BLINK, TILTED], b"0", 1),
        ([BLINK, GOOD, GOOD], b"1", 2),
        ([BLINK, TILTED, ALMOST], b"2", 3),
        ([BLINK, TILTED, BLINK], b"1", 3),
        ([ALMOST, ALMOST, TILTED], b"0", 3),
        ([ALMOST, None, GOOD], b"0", 1),
    ],
)
def test_best_of_a_burst_becomes_the_photo(verdicts, best, developed):
    running = bursting(verdicts)
    assert isinstance(running.take(), m.PhotoReady)
    assert [shot.still.data for shot in running.shown] == [best]
    assert len(running.maker.asked) == developed, "none is developed for nothing"


def test_slow_camera_takes_one():
    running = bursting([GOOD, GOOD, GOOD], within_s=0.0)
    running.take()
    assert len(running.futures) == 1


def test_blink_in_every_still_of_a_burst_is_taken_again():
    assert bursting([BLINK] * 3).take() == m.PhotoFailed("reshoot_eyes_open", "photo:1")


def test_nobody_is_shot_again_and_again_for_ever(running):
    running.maker.verdicts = {"eyes_open": Verdict.FAIL}
    running.maker.passed = False
    answers = [running.take() for _ in range(5)]
    assert answers[:3] == [m.PhotoFailed("reshoot_eyes_open", "photo:1")] * 3
    assert isinstance(answers[3], m.PhotoReady), "shown with its remark: student and staff decide"
    assert not answers[3].photo.passed
    assert answers[4] == m.PhotoFailed("reshoot_eyes_open", "photo:1")


def test_next_visit_has_all_its_reshoots(running):
    running.maker.verdicts = {"eyes_open": Verdict.FAIL}
    for _ in range(3):
        running.take()
    running.photographer.forget()
    assert isinstance(running.take(), m.PhotoFailed)

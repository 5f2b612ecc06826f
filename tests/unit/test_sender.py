"""The sender: patient with the line, exact with the photos."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from central_samples import jpeg, submission

from kiosk.central.contract import ErrorAnswer, OrderState, Submission, SubmissionAnswer
from kiosk.central.errors import CentralRefused, CentralUnreachable
from kiosk.central.outbox import Outbox
from kiosk.central.outbox_index import EntryState
from kiosk.central.sender import Connection, Pass, Sender
from kiosk.settings.central import OutboxSettings

KEY = bytes(32)
SETTINGS = OutboxSettings(retry_first_s=2.0, retry_longest_s=60.0)


def confirmed(meta: Submission) -> SubmissionAnswer:
    return SubmissionAnswer(
        order="o-1",
        state=OrderState.PENDING,
        photo_sha256=meta.photo_sha256,
        original_sha256=meta.original_sha256,
        version=1,
    )


class Central:
    """Stands in for the client: what it answers is the test's choice; the real one is tried in
    tests/integration."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.kept: set[str] = set()
        self.answer: Callable[[Submission], SubmissionAnswer] = confirmed

    def submit(self, meta: Submission, photo: bytes, original: bytes) -> SubmissionAnswer:
        assert photo
        assert original
        answer = self.answer(meta)
        self.arrived.append(meta.photo_sha256)
        self.kept.add(meta.photo_sha256)
        return answer

    def find_submission(self, meta: Submission) -> SubmissionAnswer | None:
        return confirmed(meta) if meta.photo_sha256 in self.kept else None


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox(tmp_path: Path, clock: Clock):
    with Outbox(tmp_path, KEY, min_free_bytes=0, clock=clock) as box:
        yield box


@pytest.fixture
def central() -> Central:
    return Central()


@pytest.fixture
def sender(outbox: Outbox, central: Central, clock: Clock) -> Sender:
    return Sender(outbox, central, SETTINGS, clock=clock, random=lambda: 1.0)


def put(outbox: Outbox, seed: int) -> str:
    photo, original = jpeg(seed), jpeg(seed + 1000)
    return outbox.put(submission(photo, original), photo, original).photo_sha256


def raising(error: Exception) -> Callable[[Submission], SubmissionAnswer]:
    def answer(_: Submission) -> SubmissionAnswer:
        raise error

    return answer


OFFLINE = CentralUnreachable("no route")


def refusal(code: str, status: int) -> CentralRefused:
    return CentralRefused(ErrorAnswer(code=code, message="No.", remedy="Ask staff."), status)


def test_everything_due_is_sent_once_oldest_first(
    sender: Sender, outbox: Outbox, central: Central, clock: Clock
) -> None:
    names = []
    for seed in range(3):
        clock.now += 1
        names.append(put(outbox, seed))
    told: list[str] = []
    assert sender.connection is Connection.UNKNOWN
    done = sender.run_once(on_delivered=lambda entry, _: told.append(entry.photo_sha256))
    assert done == Pass(sent=3)
    assert central.arrived == told == names
    assert sender.run_once() == Pass()
    assert sender.connection is Connection.ONLINE


def test_without_a_network_one_photo_is_tried_and_the_wait_grows(
    sender: Sender, outbox: Outbox, central: Central, clock: Clock
) -> None:
    for seed in range(5):
        put(outbox, seed)
    central.answer = raising(OFFLINE)
    waits = []
    for _ in range(7):
        done = sender.run_once(everything=True)
        assert (done.failed, done.sent, done.reason) == (1, 0, "no route")
        waits.append(sender.pause_s)
        clock.now += 100
    assert waits == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert sender.central_known_offline
    central.answer = confirmed
    assert sender.run_once().sent == 5
    assert not sender.central_known_offline
    assert sender.pause_s == 0.0


def test_a_photo_the_service_stumbles_over_does_not_hold_up_the_others(
    sender: Sender, outbox: Outbox, central: Central, clock: Clock
) -> None:
    bad = put(outbox, 0)
    clock.now += 1
    good = put(outbox, 1)

    def stumble(meta: Submission) -> SubmissionAnswer:
        if meta.photo_sha256 == bad:
            raise CentralUnreachable("a fault of its own", answered=True)
        return confirmed(meta)

    central.answer = stumble
    assert sender.run_once() == Pass(sent=1, failed=1)
    assert central.arrived == [good]
    assert outbox.entries(EntryState.WAITING)[0].reason == "a fault of its own"


def test_a_busy_service_is_left_alone_as_long_as_it_asks(
    sender: Sender, outbox: Outbox, central: Central
) -> None:
    put(outbox, 0)
    put(outbox, 1)
    central.answer = raising(CentralUnreachable("busy", answered=True, retry_after_s=30.0))
    assert sender.run_once().failed == 1
    assert sender.pause_s == 30.0
    assert sender.connection is Connection.ONLINE


def test_a_refused_photo_is_kept_for_staff_with_the_reason(
    sender: Sender, outbox: Outbox, central: Central
) -> None:
    name = put(outbox, 0)
    central.answer = raising(refusal("order_locked", 409))
    assert sender.run_once() == Pass(refused=1)
    (entry,) = outbox.entries(EntryState.REFUSED)
    assert "order_locked" in entry.reason
    central.answer = confirmed
    assert sender.run_once() == Pass(), "it is not sent again by itself"
    assert outbox.requeue(name)
    assert sender.run_once() == Pass(sent=1)


@pytest.mark.parametrize("status", [401, 403])
def test_a_booth_with_a_wrong_key_condemns_no_photo(
    sender: Sender, outbox: Outbox, central: Central, clock: Clock, status: int
) -> None:
    put(outbox, 0)
    put(outbox, 1)
    central.answer = raising(refusal("booth_unknown", status))
    assert sender.run_once().failed == 1
    assert sender.connection is Connection.BOOTH_REFUSED
    assert sender.central_known_offline
    assert outbox.counts().waiting == 2
    clock.now += 100
    central.answer = confirmed
    assert sender.run_once().sent == 2


def test_a_photo_shot_under_the_booth_s_former_name_holds_up_no_other(
    sender: Sender, outbox: Outbox, central: Central, clock: Clock
) -> None:
    former = put(outbox, 1)
    clock.now += 1
    put(outbox, 2)
    mismatch = raising(refusal("booth_mismatch", 403))
    central.answer = lambda meta: mismatch(meta) if meta.photo_sha256 == former else confirmed(meta)
    done = sender.run_once()
    assert (done.sent, done.failed) == (1, 1)
    assert outbox.entries(EntryState.WAITING)[0].photo_sha256 == former
    central.answer = confirmed  # the name was put right
    assert sender.run_once(everything=True).sent == 1


def test_a_lost_answer_does_not_cost_a_second_upload(
    sender: Sender, outbox: Outbox, central: Central, clock: Clock
) -> None:
    put(outbox, 0)

    def arrives_but_the_line_breaks(meta: Submission) -> SubmissionAnswer:
        central.kept.add(meta.photo_sha256)
        raise OFFLINE

    central.answer = arrives_but_the_line_breaks
    sender.run_once()
    clock.now += 100
    central.answer = raising(AssertionError("sent a second time"))
    assert sender.run_once() == Pass(sent=1)


def test_what_was_sent_a_season_ago_is_not_listed_any_more(
    sender: Sender, outbox: Outbox, clock: Clock
) -> None:
    put(outbox, 1)
    sender.run_once()
    clock.now += SETTINGS.keep_sent_days * 86_400 - 10
    put(outbox, 2)
    sender.run_once()
    assert outbox.counts().sent == 2
    clock.now += 86_400
    sender.run_once()
    assert outbox.counts().sent == 1


def test_a_broken_file_does_not_hold_up_the_others(
    sender: Sender, outbox: Outbox, central: Central, tmp_path: Path, clock: Clock
) -> None:
    bad = put(outbox, 0)
    clock.now += 1
    good = put(outbox, 1)
    (tmp_path / "entries" / f"{bad}.sealed").write_bytes(b"rubbish")
    assert sender.run_once() == Pass(sent=1, broken=1)
    assert central.arrived == [good]


def test_the_service_sends_what_comes_until_it_is_stopped(sender: Sender, outbox: Outbox) -> None:
    stop, delivered = threading.Event(), threading.Event()
    thread = threading.Thread(target=sender.run_forever, args=(stop, lambda *_: delivered.set()))
    thread.start()
    try:
        put(outbox, 0)
        assert delivered.wait(20)
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()

"""Background jobs and what they sweep, on both databases."""

from __future__ import annotations

import dataclasses
import io
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from central_samples import jpeg, sha256, submission
from sqlalchemy import text
from sqlalchemy.orm import Session

from kiosk.central.service import intake, jobs, sweeping, tasks
from kiosk.central.service.context import Service, open_service
from kiosk.central.service.demo import prepare_demo
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.jobs import Task, Worker
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Booth, Job

START = datetime(2027, 3, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(
    tmp_path: Path, clock: Clock, new_database: Callable[[], str | None]
) -> Iterator[Service]:
    demo = prepare_demo(tmp_path, database_url=new_database())
    opened = open_service(load_service_settings(demo.config_path), clock)
    yield opened
    opened.database.close()


def put(service: Service, name: str, **more: str) -> None:
    at = service.clock()
    service.database.write(lambda s: jobs.put(s, "note", {"name": name}, at, **more))


def rows(service: Service) -> list[Job]:
    return list(service.database.read(lambda s: s.query(Job).order_by(Job.id).all()))


def test_a_job_is_done_once_and_gone(service: Service) -> None:
    done: list[str] = []
    worker = Worker(service, {"note": Task(lambda _, detail: done.append(detail["name"]))})
    put(service, "first")
    put(service, "second", key="only one")
    put(service, "third", key="only one")
    while worker.run_one():
        pass
    assert done == ["first", "second"]
    assert rows(service) == []


def test_a_job_belongs_to_the_transaction_that_put_it_in(service: Service) -> None:
    def work(session):
        jobs.put(session, "note", {}, START)
        raise ServiceError(409, "no", "No.")

    with pytest.raises(ServiceError):
        service.database.write(work)
    assert rows(service) == []


def test_what_fails_is_tried_again_later_each_time_and_given_up_for_people_to_see(
    service: Service, clock: Clock
) -> None:
    def fail(_service, _detail):
        raise jobs.JobFailed("The mail server does not answer.")

    worker = Worker(service, {"note": Task(fail)})
    put(service, "x")
    waits = []
    while not rows(service)[0].failed_at:
        assert worker.run_one()
        assert not worker.run_one(), "it waits"
        waits.append(rows(service)[0].due_at - clock.now)
        clock.now = rows(service)[0].due_at
    assert len(waits) == jobs.MAX_ATTEMPTS
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=30)
    assert "mail server" in rows(service)[0].error
    assert not worker.run_one()


def test_a_killed_workers_job_is_done_by_another(service: Service, clock: Clock) -> None:
    def die(_service, _detail):
        raise KeyboardInterrupt

    put(service, "x")
    with pytest.raises(KeyboardInterrupt):
        Worker(service, {"note": Task(die)}).run_one()
    done = []
    other = Worker(service, {"note": Task(lambda *_: done.append(1))})
    assert not other.run_one()
    clock.now += jobs.LEASE
    assert other.run_one()
    assert done == [1]


def test_a_mistake_in_a_handler_does_not_end_the_worker(service: Service) -> None:
    worker = Worker(
        service, {"note": Task(lambda *_: {}["nothing"]), "good": Task(lambda *_: None)}
    )
    put(service, "x")
    service.database.write(lambda s: jobs.put(s, "good", {}, START))
    assert worker.run_one()
    assert worker.run_one()
    assert [job.error for job in rows(service)] == ["KeyError: see the log"]


def test_what_is_done_every_day_is_done_every_day(service: Service, clock: Clock) -> None:
    done = []
    worker = Worker(service, {"daily": Task(lambda *_: done.append(1), every=timedelta(days=1))})
    for _ in range(2):
        worker.schedule()
    for _ in range(3):
        clock.now += timedelta(days=1)
        while worker.run_one():
            pass
    assert len(done) == 3
    assert len(rows(service)) == 1


def test_what_is_done_each_minute_is_tried_each_minute_however_often_it_failed(
    service: Service, clock: Clock
) -> None:
    def fail(_service, _detail):
        raise jobs.JobFailed("The payment provider does not answer.")

    worker = Worker(service, {"minutely": Task(fail, every=timedelta(minutes=1))})
    worker.schedule()
    for _ in range(2 * jobs.MAX_ATTEMPTS):
        clock.now = rows(service)[0].due_at
        assert worker.run_one()
        assert rows(service)[0].due_at - clock.now <= timedelta(minutes=1)
        assert rows(service)[0].failed_at is None


def test_a_job_that_takes_longer_than_its_lease_is_done_by_nobody_else(service: Service) -> None:
    now = dataclasses.replace(service, clock=lambda: datetime.now(UTC))
    done: list[str] = []
    other = Worker(now, {"long": Task(lambda *_: done.append("other"))})

    def long(_service, _detail):
        for _ in range(8):
            time.sleep(0.25)
            assert not other.run_one()
        done.append("own")

    now.database.write(lambda s: jobs.put(s, "long", {}, now.clock()))
    # The lease of a busy machine: its writes, too, take their time.
    worker = Worker(now, {"long": Task(long)}, lease=timedelta(seconds=1.5))
    assert worker.run_one()
    assert done == ["own"]
    assert rows(service) == []


def test_a_fault_of_the_queue_itself_does_not_end_the_worker(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """As when a later version's migration has changed the table under a running worker."""
    service.database.write(lambda s: s.execute(text("ALTER TABLE jobs RENAME TO jobs_later")))
    stop = threading.Event()
    thread = threading.Thread(target=Worker(service, {}).run, args=(stop,))
    thread.start()
    end = time.monotonic() + 30
    while "Jobs wait:" not in caplog.text and time.monotonic() < end:
        time.sleep(0.05)
    is_alive = thread.is_alive()
    stop.set()
    thread.join()
    service.database.write(lambda s: s.execute(text("ALTER TABLE jobs_later RENAME TO jobs")))
    assert is_alive
    assert "Jobs wait:" in caplog.text


def test_files_without_a_row_are_swept_once_they_are_old(service: Service, clock: Clock) -> None:
    photo, original, orphan = jpeg(1), jpeg(2, 960, 1280), jpeg(3)
    clock.now = datetime.now(UTC)
    booth = service.database.read(lambda s: s.query(Booth).first())
    upload = intake.Upload(
        submission(photo, original), io.BytesIO(photo), io.BytesIO(original), "token"
    )
    intake.take_in(service, booth, upload)
    service.storage.put(sha256(orphan), io.BytesIO(orphan))
    assert sweeping.sweep(service) == 0, "an upload may be under way"
    clock.now += 2 * sweeping.MIN_AGE
    assert sweeping.sweep(service) == 1
    assert sorted(name for name, _ in service.storage.files()) == sorted(
        [sha256(photo), sha256(original)]
    )
    with pytest.raises(ServiceError):
        service.storage.open(sha256(orphan))


def test_a_file_put_again_while_it_is_swept_stays(service: Service) -> None:
    data = jpeg(4)
    service.storage.put(sha256(data), io.BytesIO(data))
    now = datetime.now(UTC)
    assert not service.storage.remove(sha256(data), now - timedelta(hours=1))
    with service.storage.open(sha256(data)) as file:
        assert file.read() == data
    assert service.storage.remove(sha256(data), now + timedelta(hours=1))
    assert list((service.settings.storage_path / sha256(data)[:2]).iterdir()) == []


def test_an_evenings_photos_hold_up_neither_alerts_nor_mail(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, told = threading.Event(), threading.Event()
    doing = {
        **tasks.TASKS,
        "make_upload": Task(lambda *_: stop.wait(30) and None),
        "tell_student": Task(lambda *_: told.set()),
    }
    monkeypatch.setattr(tasks, "TASKS", doing)

    def put_in(session: Session) -> None:
        for number in range(50):
            jobs.put(session, "make_upload", {"upload": str(number)}, START)
        jobs.put(session, "tell_student", {}, START)

    service.database.write(put_in)
    running = threading.Thread(target=tasks.run, args=(service, stop))
    running.start()

    assert told.wait(20)
    stop.set()
    running.join()
    assert set(tasks.TASKS) > tasks.SLOW

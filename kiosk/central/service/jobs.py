"""Background jobs on the service's own database: no broker, on SQLite and PostgreSQL alike.

A job is a row. It is put in by the transaction it belongs to, so it exists exactly when what it
follows from was committed; and is removed when it is done. A worker takes a job for a while
(`LEASE`), and longer as long as it is at it; a killed worker's job is taken by another one after
that. So a job may be done twice, and every handler has to bear that. docs/decisions/0008 says why
this is not a library.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from kiosk.central.service.context import Service
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Job

_log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
MAX_ATTEMPTS = 12
_FIRST_RETRY = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(hours=6)
_IDLE_S = 2.0
_FAULT_PAUSE_S = 30.0

Handler = Callable[[Service, Mapping[str, Any]], None]


class JobFailed(Exception):  # noqa: N818 - reads as what it says
    """A handler could not do its job now. It is tried again, later each time."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is done for one kind of job.

    Attributes:
        handler: does it; is handed the running service and the job's details.
        every: how often it is done by itself, None for jobs that are put in only.
    """

    handler: Handler
    every: timedelta | None = None


def put(
    session: Session,
    kind: str,
    detail: Mapping[str, Any],
    at: datetime,
    *,
    key: str | None = None,
) -> None:
    """Put a job in, as part of the caller's transaction.

    Args:
        session: the transaction.
        kind: which task.
        detail: what its handler is told; goes into the database as JSON.
        at: when it is due, UTC.
        key: names the job; when one of this name waits already, nothing is put in.
    """
    if key is not None and session.scalar(select(Job.id).where(Job.key == key)) is not None:
        return
    session.add(
        Job(kind=kind, detail=dict(detail), key=key, due_at=at, created_at=at, attempts=0, error="")
    )


class Worker:
    """Does the jobs that are due. Any number of workers may share a database.

    Args:
        service: the running service.
        tasks: kind to task.
        lease: how long after its death another one takes its job.
    """

    def __init__(
        self, service: Service, tasks: Mapping[str, Task], lease: timedelta = LEASE
    ) -> None:
        self._service = service
        self._tasks = tasks
        self._lease = lease

    def schedule(self) -> None:
        """Put in the jobs that are done by themselves, unless they wait already."""
        now = self._service.clock()

        def work(session: Session) -> None:
            for kind, task in self._tasks.items():
                if task.every is not None:
                    put(session, kind, {}, now + task.every, key=f"every {kind}")

        self._service.database.write(work)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        pause_s = 0.0
        scheduled = False
        while not stop.wait(pause_s):
            try:
                if not scheduled:
                    self.schedule()
                    scheduled = True
                pause_s = 0.0 if self.run_one() else _IDLE_S
            except ServiceError as error:
                _log.warning("Jobs wait: %s", error)
                pause_s = float(error.retry_after_s or _IDLE_S)
            except Exception:  # noqa: BLE001 - logged; tried again
                # A worker that ends does so unseen, and nothing is mailed or removed any more.
                _log.exception("Jobs wait: the queue cannot be used.")
                pause_s = _FAULT_PAUSE_S

    def run_one(self) -> bool:
        """Do one job that is due; return whether there was one."""
        mark = secrets.token_hex(8)
        job = self._service.database.write(lambda session: self._take(session, mark))
        if job is None:
            return False
        try:
            with self._held(job, mark):
                self._tasks[job.kind].handler(self._service, job.detail)
        except (JobFailed, ServiceError, OSError) as error:
            self._put_off(job, mark, str(error))
        except Exception as error:  # noqa: BLE001 - logged; the worker goes on
            # Whatever a handler stumbles over must not end the worker: the other jobs go on.
            _log.exception("The job %s failed.", job.kind)
            self._put_off(job, mark, f"{type(error).__name__}: see the log")
        else:
            self._done(job, mark)
        return True

    def _take(self, session: Session, mark: str) -> Job | None:
        now = self._service.clock()
        job = session.scalar(
            select(Job)
            .where(
                Job.kind.in_(list(self._tasks)),
                Job.due_at <= now,
                Job.failed_at.is_(None),
                or_(Job.taken_until.is_(None), Job.taken_until <= now),
            )
            .order_by(Job.due_at, Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if job is not None:
            job.taken_by, job.taken_until = mark, now + self._lease
            job.attempts += 1
        return job

    @contextlib.contextmanager
    def _held(self, job: Job, mark: str) -> Iterator[None]:
        """Hold a job for as long as it takes: a sweep of millions of files takes an hour."""
        is_over = threading.Event()
        mine = (Job.id == job.id, Job.taken_by == mark)

        def extend(session: Session) -> None:
            until = self._service.clock() + self._lease
            session.execute(update(Job).where(*mine).values(taken_until=until))

        def hold() -> None:
            while not is_over.wait(self._lease.total_seconds() / 3):
                try:
                    self._service.database.write(extend)
                except Exception as error:  # noqa: BLE001 - tried again soon
                    _log.warning("The job %s %d is not held: %s", job.kind, job.id, error)

        holder = threading.Thread(target=hold, daemon=True)
        holder.start()
        try:
            yield
        finally:
            is_over.set()
            holder.join()

    def _done(self, job: Job, mark: str) -> None:
        every, now = self._tasks[job.kind].every, self._service.clock()
        mine = (Job.id == job.id, Job.taken_by == mark)
        if every is None or job.key is None:
            self._service.database.write(lambda session: session.execute(delete(Job).where(*mine)))
            return
        again = {"due_at": now + every, "attempts": 0, "taken_until": None, "error": ""}
        self._service.database.write(
            lambda session: session.execute(update(Job).where(*mine).values(again))
        )

    def _put_off(self, job: Job, mark: str, error: str) -> None:
        now = self._service.clock()
        wait = min(_FIRST_RETRY * 2 ** min(job.attempts - 1, 16), _LONGEST_RETRY)
        values: dict[str, Any] = {"taken_until": None, "error": error[:500], "due_at": now + wait}
        every = self._tasks[job.kind].every
        if every is not None:
            # What looks each minute does so again in the first minute after a long outage.
            values["due_at"] = now + min(wait, every)
        given_up = job.attempts >= MAX_ATTEMPTS and every is None
        if given_up:
            values["failed_at"] = now
        _log.warning(
            "The job %s %d did not succeed (%s): %s",
            job.kind, job.id, "given up" if given_up else f"again at {values['due_at']}", error,
        )  # fmt: skip
        mine = (Job.id == job.id, Job.taken_by == mark)
        self._service.database.write(
            lambda session: session.execute(update(Job).where(*mine).values(values))
        )

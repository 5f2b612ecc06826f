"""A service without HTTP: two reviewers, students' photos, and a clock that is told."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from central_samples import sha256, submission

from kiosk.central.contract import OrderState
from kiosk.central.service import decisions, intake, staff
from kiosk.central.service.context import Service
from kiosk.central.service.jobs import Worker
from kiosk.central.service.tables import Booth, Order, Staff
from kiosk.central.service.tasks import TASKS

NEVER = decisions.Policy(lease_s=300, undo_s=10, second_look_percent=0)
ALWAYS = decisions.Policy(lease_s=300, undo_s=10, second_look_percent=100)


class Centre:
    """A service with two reviewers, made when they are wanted, and a clock that is told."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.now = datetime.now(UTC)
        self.booth = self.read(lambda s: s.query(Booth).first())

    @cached_property
    def li(self) -> Staff:
        return self._reviewer("li")

    @cached_property
    def wu(self) -> Staff:
        return self._reviewer("wu")

    def _reviewer(self, name: str) -> Staff:
        return self.write(
            lambda s: staff.add(s, name, "a long password", staff.Role.REVIEWER, self.now)
        )

    def read(self, work: Callable[[Any], Any]) -> Any:
        return self.service.database.read(work)

    def write(self, work: Callable[[Any], Any]) -> Any:
        return self.service.database.write(work)

    def send(self, photo: bytes, student: str = "", batch: str = "N5W2Q8", **changes: Any) -> str:
        original = photo + b"\0" * len(student)
        values = {"code_hash": sha256((student or sha256(photo)).encode()), "batch": batch}
        values |= changes
        upload = intake.Upload(
            submission(photo, original, **values), io.BytesIO(photo), io.BytesIO(original), "x"
        )
        return intake.take_in(self.service, self.booth, upload).order

    def decide(self, order: str, reviewer: Staff, reasons: list[str] | None, policy=NEVER) -> None:
        version = self.read(lambda s: s.get(Order, order).version)
        self.write(
            lambda s: decisions.decide(s, order, version, reviewer, self.now, reasons, policy)
        )

    def state(self, order: str) -> OrderState:
        return OrderState(self.read(lambda s: s.get(Order, order).state))

    def undo(self, order: str, reviewer: Staff) -> None:
        self.write(lambda s: decisions.undo(s, order, reviewer, self.now, NEVER))

    def work(self) -> None:
        worker = Worker(self.service, TASKS)
        while worker.run_one():
            pass

"""Reviewing: taking a decision back, copies, second looks, figures; on both databases."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from central_samples import jpeg, sha256, submission

from kiosk.central.contract import OrderState
from kiosk.central.service import (
    decisions,
    duplicates,
    figures,
    intake,
    review,
    second_look,
    staff,
)
from kiosk.central.service.context import Service, open_service
from kiosk.central.service.demo import prepare_demo
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.jobs import Worker
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Booth, Order, Photo, Staff
from kiosk.central.service.tasks import TASKS

NEVER = decisions.Policy(lease_s=300, undo_s=10, second_look_percent=0)
ALWAYS = decisions.Policy(lease_s=300, undo_s=10, second_look_percent=100)


class Centre:
    """A service with two reviewers and a clock that is told."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.now = datetime.now(UTC)
        self.booth = self.read(lambda s: s.query(Booth).first())
        self.li, self.wu = (self.write(self._reviewer(name)) for name in ("li", "wu"))

    def _reviewer(self, name: str) -> Callable[[Any], Staff]:
        return lambda s: staff.add(s, name, "a long password", staff.Role.REVIEWER, self.now)

    def read(self, work: Callable[[Any], Any]) -> Any:
        return self.service.database.read(work)

    def write(self, work: Callable[[Any], Any]) -> Any:
        return self.service.database.write(work)

    def send(self, photo: bytes, student: str = "", batch: str = "N5W2Q8") -> str:
        original = photo + b"\0" * len(student)
        values = {"code_hash": sha256((student or sha256(photo)).encode()), "batch": batch}
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


@pytest.fixture
def centre(tmp_path: Path, new_database: Callable[[], str | None]) -> Iterator[Centre]:
    demo = prepare_demo(tmp_path, database_url=new_database())
    service = open_service(load_service_settings(demo.config_path))
    yield Centre(service)
    service.database.close()


class TestUndo:
    @pytest.mark.parametrize("reasons", [None, ["eyes"]])
    def test_a_decision_is_taken_back_and_made_anew(
        self, centre: Centre, reasons: list[str] | None
    ) -> None:
        order = centre.send(jpeg(1))
        centre.decide(order, centre.li, reasons)
        centre.now += timedelta(seconds=9)
        centre.undo(order, centre.li)
        assert centre.state(order) is OrderState.PENDING
        taken = centre.write(lambda s: review.take(s, order, centre.wu, centre.now, 300))
        assert not taken, "it is the first reviewer's again"
        with pytest.raises(ServiceError, match="no longer"):
            centre.undo(order, centre.li)
        centre.decide(order, centre.li, ["glasses"])
        assert centre.state(order) is OrderState.REJECTED

    def test_not_too_late_not_anothers_and_not_after_a_new_photo(self, centre: Centre) -> None:
        order = centre.send(jpeg(2), "student")
        centre.decide(order, centre.li, ["eyes"])
        with pytest.raises(ServiceError):
            centre.undo(order, centre.wu)
        centre.send(jpeg(3), "student")
        with pytest.raises(ServiceError):
            centre.undo(order, centre.li)
        centre.decide(order, centre.li, None)
        centre.now += timedelta(seconds=11)
        with pytest.raises(ServiceError):
            centre.undo(order, centre.li)
        assert centre.state(order) is OrderState.APPROVED


class TestSecondLooks:
    def take(self, centre: Centre, reviewer: Staff) -> Any:
        return centre.write(lambda s: second_look.take(s, reviewer, centre.now, 10, 300))

    def test_another_reviewer_judges_and_the_order_stays(self, centre: Centre) -> None:
        order = centre.send(jpeg(4))
        centre.decide(order, centre.li, None, ALWAYS)
        assert self.take(centre, centre.wu) is None, "the first may still take it back"
        centre.now += timedelta(seconds=11)
        assert self.take(centre, centre.li) is None, "not one's own"
        look = self.take(centre, centre.wu)
        assert look.photo.order_id == order
        centre.write(
            lambda s: second_look.judge(s, look.id, centre.wu, centre.now, is_approved=False)
        )
        assert centre.state(order) is OrderState.APPROVED
        assert self.take(centre, centre.wu) is None
        with pytest.raises(ServiceError):
            centre.write(
                lambda s: second_look.judge(s, look.id, centre.wu, centre.now, is_approved=True)
            )
        rows = centre.read(lambda s: figures.figures(s, centre.now - timedelta(days=1)))
        assert [(r.name, r.seen_twice, r.differing) for r in rows] == [("li", 1, 1)]

    def test_about_as_many_as_asked_for_are_drawn(self, centre: Centre) -> None:
        policy = decisions.Policy(300, 10, 50)
        for seed in range(40, 64):
            centre.decide(centre.send(jpeg(seed)), centre.li, None, policy)
        centre.now += timedelta(seconds=11)
        drawn = centre.read(lambda s: second_look.waiting(s, centre.wu, centre.now))
        assert 4 <= drawn <= 20


def test_figures_count_what_stands(centre: Centre) -> None:
    for seed, reasons in ((5, None), (6, None), (7, ["eyes"])):
        order = centre.send(jpeg(seed))
        centre.write(lambda s, order=order: review.take(s, order, centre.li, centre.now, 300))
        centre.now += timedelta(seconds=4)
        centre.decide(order, centre.li, reasons)
    centre.undo(order, centre.li)
    (row,) = centre.read(lambda s: figures.figures(s, centre.now - timedelta(days=1), centre.li))
    assert (row.decided, row.approved, row.undone) == (2, 2, 1)
    assert row.median_s == pytest.approx(4, abs=0.1)


class TestCopies:
    def portrait(self, shared_data: Path, name: str) -> Any:
        from PIL import Image

        image = Image.open(shared_data / "portraits" / "neutral" / name).convert("RGB")
        return image.crop((170, 0, 1180, 1350))

    def encoded(self, image: Any, quality: int = 90) -> bytes:
        out = io.BytesIO()
        image.resize((480, 640)).save(out, "JPEG", quality=quality)
        return out.getvalue()

    def copies(self, centre: Centre, order: str) -> list[str]:
        def work(session: Any) -> list[str]:
            photo = session.query(Photo).filter_by(order_id=order).one()
            assert photo.is_compared
            return [other.order_id for other, _ in duplicates.copies_of(session, photo)]

        return centre.read(work)

    def test_another_students_photo_cropped_anew_is_seen(
        self, centre: Centre, shared_data: Path
    ) -> None:
        names = sorted(p.name for p in (shared_data / "portraits" / "neutral").glob("*.jpg"))[:4]
        pictures = [self.portrait(shared_data, name) for name in names]
        orders = [centre.send(self.encoded(picture)) for picture in pictures]
        width, height = pictures[2].size
        cut = pictures[2].crop((width // 20, height // 30, width, height * 19 // 20))
        copy = centre.send(self.encoded(cut, 60))
        elsewhere = centre.send(self.encoded(cut, 61), batch="Z3K8F7")
        centre.work()
        assert self.copies(centre, copy) == [orders[2]]
        assert self.copies(centre, orders[2]) == [copy], "told at both"
        assert self.copies(centre, orders[0]) == []
        assert self.copies(centre, elsewhere) == [], "another batch, another student"

    def test_the_same_student_in_another_batch_is_compared_too(
        self, centre: Centre, shared_data: Path
    ) -> None:
        names = sorted(p.name for p in (shared_data / "portraits" / "neutral").glob("*.jpg"))
        picture = self.portrait(shared_data, names[5])
        first = centre.send(self.encoded(picture), "student", "N5W2Q8")
        second = centre.send(self.encoded(picture, 70), "student", "Z3K8F7")
        centre.work()
        assert self.copies(centre, second) == [first]

    def test_a_photo_without_a_face_is_compared_with_none(self, centre: Centre) -> None:
        order = centre.send(jpeg(8))
        centre.work()
        assert self.copies(centre, order) == []

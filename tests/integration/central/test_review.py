"""Reviewing: taking a decision back, copies, second looks; on both databases."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from central_reviewing import ALWAYS, Centre
from central_samples import jpeg

from kiosk.central.contract import OrderState
from kiosk.central.service import decisions, duplicates, review, second_look
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.tables import Photo, Staff


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

    def test_about_as_many_as_asked_for_are_drawn(self, centre: Centre) -> None:
        policy = decisions.Policy(300, 10, 50)
        for seed in range(40, 64):
            centre.decide(centre.send(jpeg(seed)), centre.li, None, policy)
        centre.now += timedelta(seconds=11)
        drawn = centre.read(lambda s: second_look.waiting(s, centre.wu, centre.now))
        assert 4 <= drawn <= 20


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

"""Takes photos in, is killed while it does, again and again; then counts what is there.

Run as ``python killed_intake.py central.toml KILLS`` it prints its counts as JSON, and fails when
something confirmed was lost or changed, something was there twice, or an order is in a state that
its log does not lead to.
"""

from __future__ import annotations

import io
import json
import random
import sys
from pathlib import Path

from central_samples import jpeg, sha256, submission
from killed_lives import told_by_the_killed
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.central.contract import OrderState, SubmissionAnswer
from kiosk.central.service import intake
from kiosk.central.service.context import Service, open_service
from kiosk.central.service.orders import Action, next_state
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Booth, Event, Order, Photo

# Each life has so many photos that are new, and as many of the life before: the killed one's.
PHOTOS_A_LIFE = 4


class KilledIntake:
    """A service whose process is forked for each life, so that it need not start anew."""

    def __init__(self, config: Path) -> None:
        self._original = jpeg(0, 960, 1280)
        self._service = open_service(load_service_settings(config))
        booth = self._service.database.read(lambda s: s.scalar(select(Booth)))
        assert booth is not None
        self._booth = booth
        self._take_in(0)  # what is learnt once is learnt here, not by each short-lived child
        self._service.database.close()
        self.acknowledged: dict[int, tuple[str, int]] = {}

    def kill(self, number: int) -> None:
        """Let it live for one to three photos, and kill it in the middle of the next."""
        rng = random.Random(number)

        def work() -> str:
            n = (number + rng.randrange(2)) * PHOTOS_A_LIFE + rng.randrange(PHOTOS_A_LIFE)
            answer = self._take_in(n)
            return f"{n} {answer.order} {answer.version}"

        for line in told_by_the_killed(work, random.Random(-1 - number)):
            n, order, version = line.split()
            told = self.acknowledged.setdefault(int(n), (order, int(version)))
            assert told == (order, int(version)), "sent again it answers as the first time"

    def counts(self) -> dict[str, int]:
        """Look whether all is right, and return what there is."""
        for n, told in self.acknowledged.items():
            again = self._take_in(n)
            assert (again.order, again.version) == told
            assert _content(self._service, again.photo_sha256) == jpeg(n)
            assert _content(self._service, again.original_sha256) == self._original
        self._service.database.read(_states_are_legal)
        photos, logged = self._service.database.read(_counted)
        self._service.database.close()
        return {"acknowledged": len(self.acknowledged), "photos": photos, "logged": logged}

    def _take_in(self, n: int) -> SubmissionAnswer:
        photo = jpeg(n)
        message = submission(
            photo,
            self._original,
            code_hash=sha256(b"student %d" % (n // 2)),
            receipt_token=f"receipt-{n:024d}",
        )
        upload = intake.Upload(message, io.BytesIO(photo), io.BytesIO(self._original), "token")
        return intake.take_in(self._service, self._booth, upload)


def _content(service: Service, sha256: str) -> bytes:
    with service.storage.open(sha256) as file:
        return file.read()


def _states_are_legal(session: Session) -> None:
    """Follow each order's log, and compare where it ends with the order and its photos."""
    for order in session.scalars(select(Order)):
        state: OrderState | None = None
        events = session.scalars(
            select(Event).where(Event.order_id == order.id).order_by(Event.id)
        ).all()
        for event in events:
            assert event.state_before == state
            state = next_state(state, Action(event.action))
            assert event.state_after == state
        assert order.state == state
        versions = [photo.version for photo in order.photos]
        assert versions == list(range(1, order.version + 1)), "an order and its photos disagree"
        assert len(events) == order.version


def _counted(session: Session) -> tuple[int, int]:
    submitted = Event.action == Action.SUBMIT
    return (
        session.scalar(select(func.count()).select_from(Photo)) or 0,
        session.scalar(select(func.count()).select_from(Event).where(submitted)) or 0,
    )


def main() -> None:
    config, kills = Path(sys.argv[1]), int(sys.argv[2])
    killed = KilledIntake(config)
    for number in range(kills):
        killed.kill(number)
    print(json.dumps({"kills": kills} | killed.counts()))


if __name__ == "__main__":
    main()

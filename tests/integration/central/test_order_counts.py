"""Numbers of orders that nobody counts; and that no page reads a whole table."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from central_samples import jpeg, sha256, submission
from sqlalchemy import Engine, event, func, select

from kiosk.central.contract import BatchInfo
from kiosk.central.service import (
    batches,
    decisions,
    duplicates,
    erasing,
    figures,
    intake,
    likeness,
    order_counts,
    own_orders,
    payments,
    receipts,
    review,
    second_look,
    staff,
    uploads,
)
from kiosk.central.service.context import Service, open_service
from kiosk.central.service.count_tables import OrderCountChange
from kiosk.central.service.database import Database
from kiosk.central.service.demo import FEE_BATCH, WAIVED_BATCH, prepare_demo
from kiosk.central.service.jobs import Worker
from kiosk.central.service.metrics import exposition
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Booth, Order, Staff
from kiosk.central.service.tasks import TASKS

POLICY = decisions.Policy(300, 10, 0)
NOW = datetime.now(UTC)


def send(service: Service, seed: int, batch: str = WAIVED_BATCH) -> tuple[str, str]:
    """Send a photo of a student of its own; return the order and the receipt's token."""
    photo, original = jpeg(seed), jpeg(seed + 500)
    message = submission(photo, original, batch=batch, code_hash=sha256(f"code {seed}".encode()))
    booth = service.database.read(lambda s: s.scalars(select(Booth)).first())
    sent = intake.Upload(message, io.BytesIO(photo), io.BytesIO(original), "x")
    return intake.take_in(service, booth, sent).order, message.receipt_token


def reviewer(service: Service) -> Staff:
    def work(session: Any) -> Staff:
        return staff.add(session, "li", "a long password", staff.Role.REVIEWER, NOW)

    return service.database.write(work)


def counted(service: Service) -> dict[int, dict[str, int]]:
    """Return the numbers as a count of all orders gives them."""

    def work(session: Any) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = {}
        grouped = select(Order.batch_id, Order.state, func.count())
        for batch, state, number in session.execute(grouped.group_by(Order.batch_id, Order.state)):
            found.setdefault(batch, {})[state] = number
        return found

    return service.database.read(work)


def kept(service: Service) -> dict[int, dict[str, int]]:
    return service.database.read(order_counts.counts)


class TestNumbers:
    def test_they_follow_whatever_happens_to_an_order(self, service: Service) -> None:
        li = reviewer(service)
        orders = [send(service, seed)[0] for seed in range(1, 4)]
        _, token = send(service, 4, FEE_BATCH)
        write = service.database.write
        assert kept(service) == counted(service)
        for order, reasons in zip(orders, (None, None, ["eyes"]), strict=True):
            write(lambda s, o=order, r=reasons: decisions.decide(s, o, 1, li, NOW, r, POLICY))
        write(lambda s: decisions.undo(s, orders[1], li, NOW, POLICY))
        write(lambda s: receipts.withdraw(s, token, NOW))
        write(lambda s: erasing.erase_own(s, s.get(Order, orders[1]), NOW))
        wanted = counted(service)
        assert sum(sum(states.values()) for states in wanted.values()) == len(orders) + 1
        assert kept(service) == wanted
        write(order_counts.fold)
        assert (
            service.database.read(lambda s: s.scalar(select(func.count(OrderCountChange.id)))) == 0
        )
        assert kept(service) == wanted
        send(service, 5)
        assert kept(service) == counted(service), "totals and what came since"

    def test_a_transaction_that_fails_leaves_none(self, service: Service) -> None:
        order, _ = send(service, 6)
        li = reviewer(service)

        def work(session: Any) -> None:
            decisions.decide(session, order, 1, li, NOW, None, POLICY)
            session.flush()
            raise RuntimeError

        with pytest.raises(RuntimeError):
            service.database.write(work)
        assert kept(service) == counted(service)

    def test_many_at_once_lose_none_while_they_are_put_together(self, service: Service) -> None:
        faults: list[BaseException] = []

        def some(first: int) -> None:
            try:
                for seed in range(first, first + 6):
                    send(service, seed)
            except BaseException as fault:  # noqa: BLE001 - raised below
                faults.append(fault)

        threads = [threading.Thread(target=some, args=(first,)) for first in (20, 40, 60)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            service.database.write(order_counts.fold)
        assert not faults
        assert kept(service) == counted(service)
        assert sum(states["pending"] for states in kept(service).values()) == 3 * 6

    def test_an_older_database_is_counted_once(self, service: Service) -> None:
        for seed in (7, 8):
            send(service, seed)
        wanted = kept(service)
        service.database.migrate("0011")
        service.database.migrate()
        assert kept(service) == wanted == counted(service)

    def test_what_prometheus_reads_is_right(self, service: Service) -> None:
        for seed in (9, 10):
            send(service, seed)
        assert b"central_orders_pending 2.0" in exposition(service)


class TestQueue:
    def test_it_says_what_waits_and_what_others_have(self, service: Service) -> None:
        li = reviewer(service)
        write, read = service.database.write, service.database.read
        wu = write(lambda s: staff.add(s, "wu", "a long password", staff.Role.REVIEWER, NOW))
        orders = [send(service, seed)[0] for seed in (11, 12, 13)]
        send(service, 14, FEE_BATCH)
        assert write(lambda s: review.take(s, orders[0], wu, NOW, 300))
        assert write(lambda s: review.take(s, orders[1], li, NOW, 300))
        queue = read(lambda s: review.queue(s, li, NOW, 12))
        assert (queue.waiting, queue.free, queue.more_batches) == (4, 3, 0)
        assert [(batch.code, n) for batch, n in queue.batches] == [
            (WAIVED_BATCH, 3),
            (FEE_BATCH, 1),
        ]
        later = NOW + timedelta(seconds=301)
        assert read(lambda s: review.queue(s, li, later, 12)).free == 4

    def test_only_the_fullest_batches_are_named(self, service: Service) -> None:
        def work(session: Any) -> None:
            for number in range(14):
                info = BatchInfo(code=f"MANY{number:02d}", school="示范大学", title="")
                batches.add(session, info, NOW)

        service.database.write(work)
        li = reviewer(service)
        for number in range(14):
            send(service, 100 + number, f"MANY{number:02d}")
        send(service, 120, "MANY13")
        queue = service.database.read(lambda s: review.queue(s, li, NOW, 12))
        assert queue.batches[0][0].code == "MANY13"
        assert (len(queue.batches), queue.more_batches, queue.waiting) == (12, 2, 15)


def test_batches_come_in_parts_and_can_be_searched(service: Service) -> None:
    def work(session: Any) -> None:
        for number in range(7):
            school = "南方大学" if number % 2 else "北方_大学"
            info = BatchInfo(code=f"PART{number:02d}", school=school, title="2027 届")
            batches.add(session, info, NOW + timedelta(minutes=number // 2))

    service.database.write(work)
    read = service.database.read
    all_of_them = [batch.code for batch in read(lambda s: batches.newest(s, 100))]
    # The demonstration's batch is as new as this run.
    assert next(code for code in all_of_them if code.startswith("PART")) == "PART06"
    parts: list[str] = []
    last = ""
    while part := read(lambda s, after=last: batches.newest(s, 3, after=after)):
        parts += [batch.code for batch in part]
        last = parts[-1]
    assert parts == all_of_them, "none twice, none left out, also of those made at one moment"
    found = read(lambda s: batches.newest(s, 100, search=" 南方"))
    assert [batch.code for batch in found] == ["PART05", "PART03", "PART01"]
    assert [b.code for b in read(lambda s: batches.newest(s, 9, search="part04"))] == ["PART04"]
    assert len(read(lambda s: batches.newest(s, 100, search="_"))) == 4, "no wildcard"


class TestNoWholeTable:
    """SQLite plans by the indices there are, however few the rows: a scan shows at once."""

    LARGE = frozenset({
        "orders", "photos", "payments", "receipts", "events", "print_keys", "photo_prints",
        "decisions", "second_looks", "review_days", "likenesses", "ledger", "contacts",
        "phone_uploads", "order_counts",
    })  # fmt: skip

    @pytest.fixture
    def seen(self, tmp_path: Path) -> Iterator[tuple[Service, set[tuple[str, Any]]]]:
        demo = prepare_demo(tmp_path)
        service = open_service(load_service_settings(demo.config_path))
        statements: set[tuple[str, Any]] = set()

        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                statements.add((statement, parameters if isinstance(parameters, tuple) else ()))

        event.listen(Engine, "before_cursor_execute", note)
        yield service, statements
        event.remove(Engine, "before_cursor_execute", note)
        service.database.close()

    def test_it(self, seen: tuple[Service, set[tuple[str, Any]]]) -> None:
        service, statements = seen
        read, write = service.database.read, service.database.write
        li = reviewer(service)
        order, token = send(service, 15)
        send(service, 16, FEE_BATCH)
        statements.clear()
        send(service, 17, FEE_BATCH)
        write(lambda s: review.take_next(s, li, NOW, 300))
        read(lambda s: review.queue(s, li, NOW, 12))
        read(lambda s: second_look.waiting(s, li, NOW))
        write(lambda s: second_look.take(s, li, NOW, 10, 300))
        read(lambda s: duplicates.copies_of(s, review.find(s, order).photo))
        picture, face = likeness.grey(jpeg(15)), likeness.Face(240, 260, 180)
        bits, wanted = likeness.fingerprint(picture, face), likeness.probes(picture, face)
        read(lambda s: duplicates.candidates(s, 1, bits, wanted))
        write(lambda s: decisions.decide(s, order, 1, li, NOW, ["eyes"], POLICY))
        read(lambda s: [figures.figures(s, NOW.date(), li), figures.figures(s, NOW.date())])
        read(lambda s: [receipts.order_of(s, token, NOW).photos, uploads.of(s, order)])
        read(lambda s: payments.is_settled(s, 1, sha256(b"code 15")))
        own_orders.open_by_code(service, "code 15", "011X", "::1")
        read(lambda s: [order_counts.counts(s, batches=[1, 2]), batches.newest(s, 30)])
        exposition(service)
        write(lambda s: erasing.erase_own(s, s.get(Order, order), NOW))
        while Worker(service, {"remove_files": TASKS["remove_files"]}).run_one():
            pass
        assert scans(service.database, statements, self.LARGE) == []

    def test_a_scan_would_be_seen(self, seen: tuple[Service, set[tuple[str, Any]]]) -> None:
        service, statements = seen
        statements.clear()
        service.database.read(lambda s: s.scalars(select(Order).where(Order.last_four == "x")))
        assert len(scans(service.database, statements, self.LARGE)) == 1


def scans(database: Database, statements: set[tuple[str, Any]], large: frozenset[str]) -> list[str]:
    """Return the statements that read one of these tables, or all of an index of one."""
    found = []

    def work(session: Any) -> None:
        connection = session.connection().connection.driver_connection
        for statement, parameters in sorted(statements, key=str):
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row[3] for row in plan if row[3].startswith("SCAN ")]
            found.extend(f"{step}: {statement}" for step in steps if step.split()[1] in large)

    database.read(work)
    return found

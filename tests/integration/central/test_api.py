"""What booths ask of the service, over real HTTP."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from central_requests import parcel, put, refusal, seeds
from central_samples import sha256
from central_server import RunningCentral
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.client import CentralClient
from kiosk.central.contract import (
    ErrorAnswer,
    PaymentRequest,
    PaymentState,
    Vouch,
)
from kiosk.central.service import booths
from kiosk.central.service.context import utc_now
from kiosk.central.service.database import Database
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Event, Photo
from kiosk.settings.central import CentralSettings


def database_of(central: RunningCentral) -> Database:
    return Database(load_service_settings(central.demo.config_path).resolved_database_url)


class TestBatches:
    def test_a_code_is_found_in_any_case(self, client: CentralClient) -> None:
        batch = client.batch("z3K8f7")
        assert (batch.code, batch.school, batch.fee_fen) == ("Z3K8F7", "示范大学", 2000)
        assert batch.is_open
        assert not client.batch("C5UG16").is_open

    @pytest.mark.parametrize("code", ["AAAA11", "", "../..", "https://example.org/", "学信网码"])
    def test_anything_else_is_not(self, client: CentralClient, code: str) -> None:
        assert refusal(client.batch, code).code == "batch_unknown"


class TestKeys:
    @pytest.mark.parametrize("token", ["", "wrong", "ckb_" + "A" * 43, "Bearer x", "é"])
    def test_a_wrong_key_is_refused_everywhere(self, central: RunningCentral, token: str) -> None:
        client = central.client()
        client = CentralClient(CentralSettings(url=central.address), token)
        message, photo, original = parcel()
        for call, arguments in (
            (client.batch, ("Z3K8F7",)),
            (client.payment, ("reference-1",)),
            (client.submit, (message, photo, original)),
            (client.find_submission, (message,)),
        ):
            refused = refusal(call, *arguments)
            assert (refused.status, refused.code) == (401, "booth_unknown")
            assert refused.concerns_booth

    def test_no_key_at_all(self, central: RunningCentral) -> None:
        answer = central.get("/api/v1/batches/Z3K8F7")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        ErrorAnswer.model_validate_json(answer.content)

    def test_a_revoked_booth_and_a_new_key(self, central: RunningCentral) -> None:
        database = database_of(central)
        old = database.write(lambda s: booths.enrol(s, "booth-old", utc_now()))
        assert central.client(old).batch("Z3K8F7")
        database.write(lambda s: booths.revoke(s, "booth-old", utc_now()))
        assert refusal(central.client(old).batch, "Z3K8F7").status == 401
        new = database.write(lambda s: booths.rekey(s, "booth-old", utc_now()))
        assert central.client(new).batch("Z3K8F7")
        assert refusal(central.client(old).batch, "Z3K8F7").status == 401
        database.close()

    def test_keys_are_not_kept(self, central: RunningCentral) -> None:
        folder = central.demo.config_path.parent
        for name in ("central.db", "central.db-wal"):
            if (folder / name).exists():
                assert central.demo.booth_token.encode() not in (folder / name).read_bytes()

    def test_another_booths_photos_are_not_shown(
        self, central: RunningCentral, client: CentralClient
    ) -> None:
        message, photo, original = parcel()
        client.submit(message, photo, original)
        database = database_of(central)
        token = database.write(lambda s: booths.enrol(s, "booth-two", utc_now()))
        database.close()
        other = central.client(token)
        assert other.find_submission(message) is None
        assert refusal(other.submit, *parcel()).code == "booth_mismatch"
        # A payment is the student's, not the booth's: who walks over has paid already.
        client.open_payment(payment("walks-over-1", method="counter"))
        client.vouch("walks-over-1", Vouch(staff="Li"))
        same = other.open_payment(payment("walks-over-1", method="counter"))
        assert same.state is PaymentState.SETTLED


def payment(reference: str, **changes: Any) -> PaymentRequest:
    """Of a student of its own: one who has paid is not asked again."""
    values = {
        "reference": reference, "batch": "Z3K8F7", "code_hash": sha256(reference.encode()),
        "method": "sandbox", "amount_fen": 2000,
    }  # fmt: skip
    return PaymentRequest(**(values | changes))


class TestPayments:
    def test_open_twice_is_one(self, client: CentralClient) -> None:
        first = client.open_payment(payment("twice-0001"))
        assert first.state is PaymentState.OPEN
        assert client.open_payment(payment("twice-0001")) == first
        refused = refusal(client.open_payment, payment("twice-0001", code_hash=sha256(b"y")))
        assert refused.code == "reference_used"

    def test_counter_money_is_vouched_for(self, client: CentralClient) -> None:
        client.open_payment(payment("counter-01", method="counter"))
        paid = client.vouch("counter-01", Vouch(staff="Li"))
        assert paid.state is PaymentState.SETTLED
        assert client.vouch("counter-01", Vouch(staff="Li")) == paid
        assert client.close_payment("counter-01").state is PaymentState.SETTLED

    def test_waived_is_settled_at_once(self, client: CentralClient) -> None:
        asked = payment("waived-001", batch="N5W2Q8", method="waived", amount_fen=0)
        assert client.open_payment(asked).state is PaymentState.SETTLED

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"amount_fen": 1999}, "payment_amount"),
            ({"amount_fen": 0}, "payment_amount"),
            ({"method": "waived"}, "payment_method"),
            ({"batch": "N5W2Q8", "method": "counter", "amount_fen": 0}, "payment_method"),
            ({"batch": "C5UG16", "method": "waived", "amount_fen": 0}, "batch_closed"),
            ({"batch": "NONE11"}, "batch_unknown"),
        ],
    )
    def test_what_the_batch_does_not_ask_is_refused(
        self, client: CentralClient, changes: dict[str, Any], code: str
    ) -> None:
        reference = f"refused-{next(seeds)}"
        assert refusal(client.open_payment, payment(reference, **changes)).code == code
        assert refusal(client.payment, reference).code == "payment_unknown"

    def test_given_up_is_given_up(self, central: RunningCentral, client: CentralClient) -> None:
        client.open_payment(payment("closed-001"))
        assert client.close_payment("closed-001").state is PaymentState.CLOSED
        late = requests.post(central.address + "/sandbox/pay/closed-001", timeout=30)
        assert late.status_code == 409
        client.open_payment(payment("closed-002", method="counter"))
        client.close_payment("closed-002")
        assert refusal(client.vouch, "closed-002", Vouch(staff="Li")).code == "payment_closed"

    @pytest.mark.parametrize(
        ("reference", "changes", "settled"),
        [
            ("offline-0001", {}, True),
            ("offline-0002", {"payment_amount_fen": 1}, False),
            ("offline-0003", {"payment_method": "sandbox"}, False),
            ("not a reference", {}, False),
        ],
    )
    def test_counter_money_taken_without_a_network_comes_with_the_photo(
        self,
        client: CentralClient,
        reference: str,
        *,
        changes: dict[str, Any],
        settled: bool,
    ) -> None:
        values = {
            "payment_reference": reference, "payment_method": "counter",
            "payment_amount_fen": 2000, "staff_passed": True,
        }  # fmt: skip
        message, photo, original = parcel(**(values | changes))
        assert client.submit(message, photo, original).version == 1
        if settled:
            assert client.payment(reference).state is PaymentState.SETTLED
        else:
            assert refusal(client.payment, reference).status in (404, 422)

    def test_an_open_counter_payment_is_settled_by_the_photo(self, client: CentralClient) -> None:
        client.open_payment(payment("offline-0009", method="counter"))
        client.submit(
            *parcel(
                payment_reference="offline-0009",
                payment_method="counter",
                payment_amount_fen=2000,
            )
        )
        assert client.payment("offline-0009").state is PaymentState.SETTLED

    def test_the_sandbox_pays_no_counter_fee(
        self, central: RunningCentral, client: CentralClient
    ) -> None:
        client.open_payment(payment("counter-02", method="counter"))
        answer = requests.post(central.address + "/sandbox/pay/counter-02", timeout=30)
        assert answer.status_code == 404
        assert refusal(client.vouch, "missing-001", Vouch(staff="Li")).code == "payment_unknown"
        client.open_payment(payment("sandbox-02"))
        assert refusal(client.vouch, "sandbox-02", Vouch(staff="Li")).code == "payment_method"


class TestSubmissions:
    def test_sent_again_it_answers_as_the_first_time(self, client: CentralClient) -> None:
        message, photo, original = parcel()
        first = client.submit(message, photo, original)
        assert client.submit(message, photo, original) == first
        assert client.find_submission(message) == first

    def test_both_files_are_kept_to_the_byte(
        self, central: RunningCentral, client: CentralClient
    ) -> None:
        message, photo, original = parcel()
        client.submit(message, photo, original)
        storage = central.demo.config_path.parent / "storage"
        for data in (photo, original):
            assert (storage / sha256(data)[:2] / sha256(data)).read_bytes() == data

    def test_many_threads_send_the_same_photo_and_it_is_one(self, client: CentralClient) -> None:
        message, photo, original = parcel()
        answers: list[Any] = []
        threads = [
            threading.Thread(target=lambda: answers.append(client.submit(message, photo, original)))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == 6
        assert all(answer == answers[0] for answer in answers)

    def test_many_threads_send_new_versions_and_each_counts(self, client: CentralClient) -> None:
        code_hash = sha256(b"one student, many booths")
        parcels = [parcel(code_hash=code_hash) for _ in range(5)]
        versions: list[int] = []
        threads = [
            threading.Thread(target=lambda p=p: versions.append(client.submit(*p).version))
            for p in parcels
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(versions) == [1, 2, 3, 4, 5]

    def test_no_photo_twice(self, client: CentralClient) -> None:
        message, photo, original = parcel()
        client.submit(message, photo, original)
        other = message.model_copy(update={"code_hash": sha256(b"somebody else")})
        assert refusal(client.submit, other, photo, original).code == "photo_used"

    def test_a_photo_shot_in_time_counts_after_the_end(self, client: CentralClient) -> None:
        now = datetime.now(UTC)
        late, photo, original = parcel(batch="C5UG16", shot_at=now)
        assert refusal(client.submit, late, photo, original).code == "batch_closed"
        in_time = late.model_copy(update={"shot_at": now - timedelta(days=300)})
        assert client.submit(in_time, photo, original).version == 1

    @pytest.mark.parametrize("days", [-20_000, -400, 9, 4000])
    def test_a_booth_s_wrong_clock_costs_nobody_the_photo(
        self, central: RunningCentral, client: CentralClient, days: int
    ) -> None:
        """What is here while the batch is open was shot before: nobody could mend it later."""
        now = datetime.now(UTC)
        odd, photo, original = parcel(shot_at=now + timedelta(days=days))
        assert client.submit(odd, photo, original).version == 1
        database = database_of(central)

        def look(session: Session) -> tuple[datetime, dict[str, Any]]:
            kept = session.scalars(
                select(Photo).where(Photo.photo_sha256 == odd.photo_sha256)
            ).one()
            (line,) = session.scalars(select(Event).where(Event.order_id == kept.order_id))
            return kept.shot_at, line.detail

        shot_at, detail = database.read(look)
        database.close()
        assert shot_at <= datetime.now(UTC)
        assert ("booth_clock" in detail) is (days > 0)

    def test_a_message_of_another_make_is_taken_as_far_as_it_can(
        self, central: RunningCentral, client: CentralClient
    ) -> None:
        message, photo, original = parcel()
        odd = json.loads(message.model_dump_json())
        odd |= {"shot_at": "2026-11-20T08:00:00", "masked_name": "张\0*", "newer": [1]}
        odd["report"] = {"rules": {"roll": {"verdict": "pass", "value": float("nan")}}}
        meta = json.dumps(odd)
        answer = put(central, None, photo, original, path=message.photo_sha256, meta=meta)
        assert answer.status_code == 200, answer.text
        page = central.get(f"/r/{message.receipt_token}?lang=en")
        assert "2026-11-20 16:00" in page.text, "no zone means UTC; the page shows China's time"
        assert client.find_submission(message) is not None

    def test_a_receipt_opens_one_order_only(self, client: CentralClient) -> None:
        first, photo, original = parcel()
        client.submit(first, photo, original)
        second, photo, original = parcel(receipt_token=first.receipt_token)
        assert refusal(client.submit, second, photo, original).code == "receipt_used"


def test_the_description_is_true_of_the_answers(central: RunningCentral) -> None:
    description = central.get("/openapi.json").json()
    assert description["components"]["securitySchemes"]
    submit = description["paths"]["/api/v1/submissions/{photo_sha256}"]["put"]
    form = submit["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(form["required"]) == {"meta", "photo"}
    assert set(form["properties"]) == {"meta", "photo", "original"}
    assert set(submit["responses"]) >= {"200", "401", "403", "404", "409", "413", "422", "503"}
    references = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            references.update(v for k, v in node.items() if k == "$ref")
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(description)
    known = description["components"]["schemas"]
    assert {r.rpartition("/")[2] for r in references} <= set(known)

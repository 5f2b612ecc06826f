"""The booth's client and outbox against the real service over real HTTP."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from central_samples import jpeg, sha256, submission
from central_server import RunningCentral, environment, start_central
from flaky_proxy import Cut, FlakyProxy

from kiosk.central.client import CentralClient
from kiosk.central.contract import (
    ErrorAnswer,
    PaymentRequest,
    PaymentState,
    Submission,
    Vouch,
)
from kiosk.central.errors import CentralRefused, CentralUnreachable
from kiosk.central.outbox import Outbox
from kiosk.central.outbox_index import EntryState
from kiosk.central.sender import Sender
from kiosk.central.service import booths
from kiosk.central.service.context import utc_now
from kiosk.central.service.database import Database
from kiosk.central.service.settings import load_service_settings
from kiosk.settings.central import CentralSettings, OutboxSettings

seeds = iter(range(1, 10_000))


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentral]:
    running = start_central(tmp_path_factory.mktemp("central"))
    yield running
    assert running.stop() == 0


@pytest.fixture
def client(central: RunningCentral) -> CentralClient:
    return central.client()


def database_of(central: RunningCentral) -> Database:
    return Database(load_service_settings(central.demo.config_path).resolved_database_url)


def parcel(**changes: Any) -> tuple[Submission, bytes, bytes]:
    seed = next(seeds)
    photo, original = jpeg(seed), jpeg(seed + 30_000, 960, 1280)
    values = {"code_hash": sha256(f"student {seed}".encode())} | changes
    return submission(photo, original, **values), photo, original


def refusal(call: Any, *arguments: Any) -> CentralRefused:
    with pytest.raises(CentralRefused) as refused:
        call(*arguments)
    answer = refused.value.answer
    assert answer.message.endswith(".")
    assert "Traceback" not in answer.message
    return refused.value


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
    values = {
        "reference": reference, "batch": "Z3K8F7", "code_hash": sha256(b"student"),
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
        from datetime import UTC, datetime, timedelta

        now = datetime.now(UTC)
        late, photo, original = parcel(batch="C5UG16", shot_at=now)
        assert refusal(client.submit, late, photo, original).code == "batch_closed"
        in_time = late.model_copy(update={"shot_at": now - timedelta(days=300)})
        assert client.submit(in_time, photo, original).version == 1
        future, photo, original = parcel(shot_at=now + timedelta(days=9))
        assert refusal(client.submit, future, photo, original).code == "shot_in_future"

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


def png_bomb() -> bytes:
    """60,000 × 60,000 black pixels in a few kilobytes."""
    size = 60_000

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    packer = zlib.compressobj(9)
    rows = packer.compress(bytes(1 << 20)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def plain_jpeg(width: int, height: int, mode: str = "RGB") -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, "JPEG", quality=10)
    return out.getvalue()


def as_format(name: str) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(jpeg(5))).save(out, name)
    return out.getvalue()


class TestHostileUploads:
    @pytest.mark.parametrize(
        ("photo", "code"),
        [
            pytest.param(b"not a picture at all", "photo_unreadable", id="text"),
            pytest.param(b"", "photo_unreadable", id="empty"),
            pytest.param(b"\xff\xd8\xff\xe0" + b"A" * 500, "photo_unreadable", id="rubbish"),
            pytest.param(jpeg(3)[:-4000], "photo_unreadable", id="cut"),
            pytest.param(png_bomb(), "photo_unreadable", id="bomb"),
            pytest.param(as_format("PNG"), "photo_unreadable", id="png"),
            pytest.param(as_format("GIF"), "photo_unreadable", id="gif"),
            pytest.param(jpeg(3, 640, 480), "photo_size", id="on its side"),
            pytest.param(plain_jpeg(4800, 6400), "photo_size", id="huge"),
            pytest.param(plain_jpeg(480, 640, "L"), "photo_colour", id="grey"),
            pytest.param(b"A" * 1_000_001, "photo_too_large", id="a megabyte"),
            pytest.param(b"<svg onload='alert(1)'/>", "photo_unreadable", id="svg"),
        ],
    )
    def test_photos(self, client: CentralClient, photo: bytes, code: str) -> None:
        original = jpeg(7)
        message = submission(photo, original, code_hash=sha256(b"hostile"))
        assert refusal(client.submit, message, photo, original).code == code
        assert client.find_submission(message) is None

    @pytest.mark.parametrize(
        ("original", "kind", "code"),
        [
            pytest.param(b"reboot\n", "image/jpeg", "original_unreadable", id="script"),
            pytest.param(jpeg(8)[:-3000], "image/jpeg", "original_unreadable", id="cut"),
            pytest.param(png_bomb(), "image/png", "original_pixels", id="bomb"),
            pytest.param(as_format("PNG")[:-600], "image/png", "original_unreadable", id="cut png"),
            pytest.param(as_format("PNG"), "image/jpeg", "original_unreadable", id="lying"),
            pytest.param(b"<script>", "text/html", "original_type", id="html"),
            pytest.param(jpeg(8), "image/jpeg\r\nX: 1", "original_type", id="header"),
        ],
    )
    def test_originals(
        self, central: RunningCentral, original: bytes, kind: str, code: str
    ) -> None:
        photo = jpeg(next(seeds) + 50_000)
        message = submission(photo, original, original_media_type=kind)
        answer = put(central, message, photo, original)
        assert ErrorAnswer.model_validate_json(answer.content).code == code

    def test_a_png_original_is_fine(self, client: CentralClient) -> None:
        photo, original = jpeg(next(seeds) + 60_000), as_format("PNG")
        message = submission(
            photo, original, original_media_type="image/png", code_hash=sha256(b"png")
        )
        assert client.submit(message, photo, original).version == 1

    def test_wrong_hashes(self, central: RunningCentral) -> None:
        message, photo, original = parcel()
        for sent in ((jpeg(9), original), (photo, jpeg(9))):
            answer = put(central, message, *sent)
            assert answer.status_code == 422
            assert answer.json()["code"] == "hash_mismatch"
        answer = put(central, message, photo, original, path="0" * 64)
        assert answer.json()["code"] == "message_malformed"

    def test_a_gigabyte_is_refused_before_it_is_sent(self, central: RunningCentral) -> None:
        import socket
        from urllib.parse import urlsplit

        parts = urlsplit(central.address)
        with socket.create_connection((parts.hostname, parts.port), 30) as line:
            line.sendall(
                f"PUT /api/v1/submissions/{'a' * 64} HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Bearer {central.demo.booth_token}\r\n"
                "Content-Type: multipart/form-data; boundary=b\r\n"
                "Content-Length: 1000000000\r\n\r\n".encode()
            )
            line.settimeout(30)
            assert b"413" in line.recv(200)

    def test_a_body_that_grows_without_saying_so(self, central: RunningCentral) -> None:
        def pieces() -> Iterator[bytes]:
            yield b'{"reference": "'
            for _ in range(400):
                yield b"A" * 1000

        headers = {
            "Authorization": f"Bearer {central.demo.booth_token}",
            "Content-Type": "application/json",
        }
        answer = requests.post(
            central.address + "/api/v1/payments", data=pieces(), headers=headers, timeout=30
        )
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"

    @pytest.mark.parametrize(
        "path", ["..%2f..%2fetc%2fpasswd", "....//", "A" * 64, "z" * 64, "%00"]
    )
    def test_path_tricks(self, central: RunningCentral, path: str) -> None:
        message, photo, original = parcel()
        answer = put(central, message, photo, original, path=path)
        assert answer.status_code in (404, 422)
        ErrorAnswer.model_validate_json(answer.content)
        folder = central.demo.config_path.parent
        assert {p.name for p in folder.iterdir()} <= {
            "central.toml", "central.db", "central.db-wal", "central.db-shm",
            "secret.key", "storage", "service.log",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "meta",
        [
            "", "{}", "[]", "null", "not json", '{"batch": "Z3K8F7"}',
            '{"report": ' + "[" * 5000 + "]" * 5000 + "}",
        ],
        ids=lambda meta: meta[:12],
    )  # fmt: skip
    def test_messages_that_make_no_sense(self, central: RunningCentral, meta: str) -> None:
        answer = put(central, None, jpeg(1), jpeg(2), path="a" * 64, meta=meta)
        assert answer.status_code == 422
        assert answer.json()["code"] == "message_malformed"

    def test_bodies_that_are_no_form(self, central: RunningCentral) -> None:
        headers = {"Authorization": f"Bearer {central.demo.booth_token}"}
        for kind, body in (
            ("application/json", b"{}"),
            ("multipart/form-data", b"no boundary"),
            ("multipart/form-data; boundary=x", b"--x\r\ngarbage"),
            ("multipart/form-data; boundary=x", b""),
        ):
            answer = requests.put(
                f"{central.address}/api/v1/submissions/{'a' * 64}",
                data=body,
                headers=headers | {"Content-Type": kind},
                timeout=30,
            )
            assert answer.status_code == 422, (kind, body)
            ErrorAnswer.model_validate_json(answer.content)

    def test_unknown_addresses_and_verbs_get_the_contracts_answer(
        self, central: RunningCentral
    ) -> None:
        for verb, path, status in (
            ("GET", "/api/v1/nothing", 404),
            ("DELETE", "/api/v1/payments", 405),
            ("POST", "/healthz", 405),
        ):
            answer = requests.request(verb, central.address + path, timeout=30)
            assert answer.status_code == status
            ErrorAnswer.model_validate_json(answer.content)


def put(
    central: RunningCentral,
    message: Submission | None,
    photo: bytes,
    original: bytes,
    *,
    path: str = "",
    meta: str = "",
) -> requests.Response:
    """Send what the real client would never send."""
    files: Any = {
        "meta": (None, message.model_dump_json() if message else meta),
        "photo": ("../../photo.jpg", photo, "image/jpeg"),
        "original": ("/etc/passwd", original, "image/jpeg"),
    }
    name = path or (message.photo_sha256 if message else "")
    return requests.put(
        f"{central.address}/api/v1/submissions/{name}",
        files=files,
        headers={"Authorization": f"Bearer {central.demo.booth_token}"},
        timeout=60,
    )


class TestBadNetworks:
    def through(self, central: RunningCentral, proxy: FlakyProxy, **settings: Any) -> Any:
        values: dict[str, Any] = {
            "url": proxy.address, "retry_first_s": 0.01, "retry_longest_s": 0.05, "retries": 3,
        }  # fmt: skip
        return CentralClient(CentralSettings(**(values | settings)), central.demo.booth_token)

    @pytest.mark.parametrize("part", [0.0001, 0.01, 0.1, 0.5, 0.9, 1.0])
    def test_an_upload_cut_anywhere_is_tried_again(
        self, central: RunningCentral, part: float
    ) -> None:
        message, photo, original = parcel()
        cut = int((len(photo) + len(original)) * part)
        cuts = [Cut(sent=cut), Cut(sent=cut + 700)]
        with FlakyProxy(central.address, cuts) as proxy:
            answer = self.through(central, proxy).submit(message, photo, original)
        assert answer.version == 1
        assert proxy.connections == 3

    @pytest.mark.parametrize("cut", [0, 30, 300])
    def test_a_lost_answer_makes_no_second_version(self, central: RunningCentral, cut: int) -> None:
        message, photo, original = parcel()
        with FlakyProxy(central.address, [Cut(answered=cut)]) as proxy:
            answer = self.through(central, proxy).submit(message, photo, original)
        assert answer.version == 1

    def test_patience_ends(self, central: RunningCentral) -> None:
        cuts = [Cut(sent=50)] * 10
        with FlakyProxy(central.address, cuts) as proxy:
            client = self.through(central, proxy)
            with pytest.raises(CentralUnreachable) as fault:
                client.batch("Z3K8F7")
        assert proxy.connections == 4
        assert not fault.value.answered

    def test_nobody_there(self, central: RunningCentral) -> None:
        with FlakyProxy(central.address, []) as proxy:
            address = proxy.address
        client = CentralClient(CentralSettings(url=address, retries=0), "x")
        with pytest.raises(CentralUnreachable, match=r"central\.url"):
            client.health()

    def test_refusals_are_not_tried_again(self, central: RunningCentral) -> None:
        with FlakyProxy(central.address, []) as proxy:
            client = self.through(central, proxy)
            assert refusal(client.batch, "NONE11").code == "batch_unknown"
        assert proxy.connections == 1


@pytest.mark.parametrize("part", [0.1, 0.9, None], ids=["early", "late", "before the answer"])
def test_the_service_killed_in_the_middle_of_an_upload_gets_the_photo_once(
    tmp_path: Path, central: RunningCentral, part: float | None
) -> None:
    message, photo, original = parcel()
    size = len(photo) + len(original)
    settings = OutboxSettings(retry_first_s=0.01, retry_longest_s=0.02)
    with Outbox(tmp_path, bytes(32), min_free_bytes=0) as outbox:
        outbox.put(message, photo, original)
        killed = Cut(sent=int(size * part)) if part else Cut(answered=0)
        with FlakyProxy(central.address, [killed], on_cut=central.kill) as proxy:
            client = CentralClient(
                CentralSettings(url=proxy.address, retries=0), central.demo.booth_token
            )
            sender = Sender(outbox, client, settings)
            assert sender.run_once(everything=True).failed == 1
            assert sender.central_known_offline
            assert outbox.counts().waiting == 1
            central.start()
            assert sender.run_once(everything=True).sent == 1
        assert [e.state for e in outbox.entries()] == [EntryState.SENT]
    answer = central.client().find_submission(message)
    assert answer is not None
    assert answer.version == 1


KILLED_WHILE_TAKING_IN = """
import json, os, random, signal, sys, time, io
from pathlib import Path
from sqlalchemy import func, select
from central_samples import jpeg, sha256, submission
from kiosk.central.service import intake
from kiosk.central.service.context import open_service
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Booth, Event, Order, Photo
settings = load_service_settings(Path(sys.argv[1]))
rng = random.Random(11)
photos = [jpeg(n) for n in range(30)]
original = jpeg(99, 960, 1280)

def upload(n):
    photo = photos[n]
    message = submission(photo, original, code_hash=sha256(b"student %d" % (n // 2)),
                         receipt_token="receipt-" + "%024d" % n)
    return intake.Upload(message, io.BytesIO(photo), io.BytesIO(original), "token")

def booth_of(service):
    return service.database.read(lambda s: s.scalar(select(Booth)))

# Once through here, so that the children need not learn it all again: they are short-lived.
service = open_service(settings)
booth = booth_of(service)
intake.take_in(service, booth, upload(0))
service.database.close()

def serve(pipe):
    while True:
        n = rng.randrange(30)
        answer = intake.take_in(service, booth, upload(n))
        os.write(pipe, ("%d %s %d\\n" % (n, answer.order, answer.version)).encode())

acknowledged, kills = {}, 0
while kills < 25:
    rng.seed(kills)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            serve(writer)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as lines:
        heard = [lines.readline() for _ in range(rng.randrange(1, 4))]
        time.sleep(rng.random() * 0.02)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the service stopped by itself"
        for line in "".join(heard + lines.readlines()).splitlines():
            n, order, version = line.split()
            assert acknowledged.setdefault(int(n), (order, version)) == (order, version)
    kills += 1

for n, (order, version) in acknowledged.items():
    again = intake.take_in(service, booth, upload(n))
    assert (again.order, str(again.version)) == (order, version)
    with service.storage.open(again.photo_sha256) as file:
        assert file.read() == photos[n]
    with service.storage.open(again.original_sha256) as file:
        assert file.read() == original
counts = service.database.read(lambda s: [s.scalar(select(func.count()).select_from(t))
                                          for t in (Photo, Order)])
versions = service.database.read(lambda s: s.execute(
    select(Order.version, func.count(Photo.id), func.max(Photo.version)).join(Photo)
    .group_by(Order.id)).all())
assert all(a == b == c for a, b, c in versions), "an order and its photos do not agree"
logged = service.database.read(lambda s: s.scalar(
    select(func.count()).select_from(Event).where(Event.action == "submit")))
print(json.dumps({"kills": kills, "acknowledged": len(acknowledged), "photos": counts[0],
                  "logged": logged}))
"""


def test_the_service_killed_at_any_write_keeps_all_it_confirmed(tmp_path: Path) -> None:
    from kiosk.central.service.demo import prepare_demo

    demo = prepare_demo(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_TAKING_IN, str(demo.config_path)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["kills"] == 25
    assert 0 < result["acknowledged"] <= result["photos"] == result["logged"]


def test_the_description_is_true_of_the_answers(central: RunningCentral) -> None:
    description = central.get("/openapi.json").json()
    assert description["components"]["securitySchemes"]
    submit = description["paths"]["/api/v1/submissions/{photo_sha256}"]["put"]
    form = submit["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(form["required"]) == {"meta", "photo", "original"}
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

"""Whose report is it? What no honest booth sends is refused, what one may send is marked."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from central_browser import Browser, account
from central_requests import parcel, refusal
from central_server import RunningCentral
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.central.client import CentralClient
from kiosk.central.contract import Heartbeat, Submission
from kiosk.central.service.staff import Role
from kiosk.central.signature import FIELD, public_key, sign
from kiosk.settings.central import CentralSettings


@pytest.fixture(scope="module")
def admin(shared_central: RunningCentral) -> Browser:
    return account(shared_central, f"keys-{secrets.token_hex(3)}", Role.ADMIN)


class BoothWithKeys:
    """An enrolled booth that signs what it sends."""

    def __init__(self, central: RunningCentral, admin: Browser, name: str) -> None:
        self.central, self._admin = central, admin
        self.name = f"{name}-{secrets.token_hex(3)}"
        self.key = Ed25519PrivateKey.generate()
        admin.submit(admin.get("/fleet"), "/fleet/add", name=self.name, group="")
        self.client = self._new_client()

    def _new_client(self) -> CentralClient:
        return CentralClient(CentralSettings(url=self.central.address), secrets.token_urlsafe(32))

    def enrol(self, report_key: str | None = None) -> None:
        page = self._admin.get("/fleet")
        answer = self._admin.submit(page, f"/fleet/booth/{self.name}", what="code")
        found = re.search(r"<code>([0-9A-Z-]{14})</code>", answer.text)
        assert found is not None
        self.client = self._new_client()
        self.client.enrol(found[1], public_key(self.key) if report_key is None else report_key)

    def beat(self, key: Ed25519PrivateKey) -> None:
        number = int(datetime.now(UTC).timestamp() * 1000)
        beat = Heartbeat(number=number, version="1", report_key=public_key(key))
        self.client.heartbeat(beat)

    def parcel(
        self, key: Ed25519PrivateKey | None, **changes: Any
    ) -> tuple[Submission, bytes, bytes]:
        message, photo, original = parcel(booth=self.name, **changes)
        report = message.report | {
            "file": {"sha256": message.photo_sha256},
            "provenance": {"original_sha256": message.original_sha256, "scale": 0.1 + 0.2},
        }
        signed = sign(report, key) if key else report
        return message.model_copy(update={"report": signed}), photo, original

    def told(self, message: Submission) -> str:
        """What the reviewer reads of the signature under the report."""
        answer = self.client.find_submission(message)
        assert answer is not None
        page = self._admin.get(f"/review/{answer.order}").text
        row = page.partition("Report&#39;s signature")[2].partition("</div>")[0]
        return row.partition("<dd>")[2].partition("</dd>")[0]

    def send(self, key: Ed25519PrivateKey | None, **changes: Any) -> str:
        message, photo, original = self.parcel(key, **changes)
        self.client.submit(message, photo, original)
        return self.told(message)


@pytest.fixture
def new_booth(shared_central: RunningCentral, admin: Browser) -> Callable[[str], BoothWithKeys]:
    return lambda name: BoothWithKeys(shared_central, admin, name)


def test_the_reviewer_reads_whose_report_it_is(new_booth: Callable[[str], BoothWithKeys]) -> None:
    booth, other = new_booth("signs"), new_booth("other")
    booth.enrol()
    other.enrol()
    assert booth.send(booth.key) == "valid"
    for key, words in (
        (None, "not signed"),
        (Ed25519PrivateKey.generate(), "by a key that is not known"),
        (other.key, "by another booth&#39;s key"),
    ):
        told = booth.send(key)
        assert words in told
        assert "bad-text" in told


def test_a_changed_or_borrowed_report_is_refused(
    new_booth: Callable[[str], BoothWithKeys],
) -> None:
    booth = new_booth("refused")
    booth.enrol()
    message, photo, original = booth.parcel(booth.key)
    for changed in (
        message.report | {"rules": {"eyes_open": {"verdict": "pass", "value": 0.9}}},
        message.report | {FIELD: message.report[FIELD] | {"value": "AAAA"}},
        message.report | {FIELD: "no seal"},
        message.report | {FIELD: {"algorithm": "none"}},
    ):
        sent = message.model_copy(update={"report": changed})
        assert refusal(booth.client.submit, sent, photo, original).code == "report_signature"
    another, _, _ = booth.parcel(booth.key)
    sent = message.model_copy(update={"report": another.report})
    assert refusal(booth.client.submit, sent, photo, original).code == "report_mismatch"
    assert booth.client.find_submission(message) is None, "nothing was kept"
    assert booth.client.submit(message, photo, original).version == 1


def test_the_first_heartbeat_makes_the_key_known_and_no_other_replaces_it(
    new_booth: Callable[[str], BoothWithKeys],
) -> None:
    booth = new_booth("beats")
    booth.enrol(report_key="")
    assert "not known" in booth.send(booth.key)
    booth.beat(booth.key)
    thief = Ed25519PrivateKey.generate()
    booth.beat(thief)
    assert booth.send(booth.key) == "valid"
    assert "not known" in booth.send(thief)


def test_enrolling_anew_rotates_the_key_and_keeps_what_was_shot_before(
    new_booth: Callable[[str], BoothWithKeys],
) -> None:
    booth = new_booth("rotates")
    booth.enrol()
    before = booth.key
    booth.key = Ed25519PrivateKey.generate()
    booth.enrol()
    assert booth.send(booth.key) == "valid"
    waited = datetime.now(UTC) - timedelta(minutes=5)
    assert booth.send(before, shot_at=waited) == "valid, by the booth&#39;s earlier key"
    later = datetime.now(UTC) + timedelta(minutes=5)
    assert "not known" in booth.send(before, shot_at=later), "a stolen old key signs no new photo"


def test_a_copied_disk_is_found_when_it_is_enrolled(
    new_booth: Callable[[str], BoothWithKeys],
) -> None:
    booth, copy = new_booth("master"), new_booth("copy")
    booth.enrol()
    copy.key = booth.key
    assert refusal(copy.enrol).code == "report_key_used"
    copy.key = Ed25519PrivateKey.generate()
    copy.enrol()
    assert copy.send(copy.key) == "valid"


def test_the_fleet_page_asks_for_a_person_when_a_booth_tells_another_key(
    new_booth: Callable[[str], BoothWithKeys], admin: Browser
) -> None:
    booth, other = new_booth("swapped"), new_booth("other")
    booth.enrol()
    other.enrol()

    def needs() -> str:
        page = admin.get("/fleet").text.partition(f"<h2>{booth.name} ")[2]
        return page.partition("</section>")[0]

    booth.beat(booth.key)
    assert "another key" not in needs()
    stranger = Ed25519PrivateKey.generate()
    booth.beat(stranger)
    assert "another key than the one it was enrolled with" in needs()
    assert public_key(stranger)[:12] in needs().replace("&#43;", "+")
    booth.beat(other.key)
    assert "key of another booth" in needs()
    assert other.name in needs()
    booth.key = stranger
    booth.enrol()  # a person has looked and enrolled it anew: the old heartbeat tells nothing
    assert "key of another booth" not in needs()
    booth.beat(stranger)
    assert "another key" not in needs()


def test_the_report_of_a_real_photo_is_as_valid_here_as_at_the_booth() -> None:
    from kiosk.central.signature import Verified, verify

    key = Ed25519PrivateKey.generate()
    odd = {
        "a": 1e16,
        "b": -0.0,
        "c": 1e-7,
        "d": 123456789.123456789,
        "e": "张\u2028𠮷",
        "f": [None],
    }
    message, _, _ = parcel(report=sign(odd, key))
    read = Submission.model_validate_json(message.model_dump_json())
    assert verify(read.report) is Verified.VALID

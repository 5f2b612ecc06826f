"""Money: both providers against local ones that sign and encrypt as their documents say."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_in_thread import CentralInThread
from central_samples import sha256
from cryptography.hazmat.primitives.asymmetric import rsa
from payment_gateways import Gateways
from sqlalchemy.orm import Session

from kiosk.central.contract import BatchInfo
from kiosk.central.service import batches, booths, ledger, provider_payments
from kiosk.central.service.database import Database

FEE = 2000
METHODS = ("wechat", "alipay")


class Desk(CentralInThread):
    """A service with a booth that takes money, and what the booth says to it."""

    def __init__(self, folder: Path, gateways: Gateways, database_url: str | None = None) -> None:
        super().__init__(folder, gateways, database_url)
        headers = {"Authorization": f"Bearer {self.booth_key}"}
        self.web = httpx.Client(base_url=self.address, headers=headers, timeout=30)

    def seed(self, session: Session) -> str:
        batch = BatchInfo(
            code="MONEY1", school="示范大学", title="2027 届", fee_fen=FEE,
            payment_methods=("wechat", "alipay", "counter", "sandbox"),
        )  # fmt: skip
        batches.add(session, batch, self.now())
        return booths.enrol(session, "booth-1", self.now())

    def stop(self) -> None:
        self.web.close()
        super().stop()

    def open(self, method: str, reference: str = "", student: str = "a") -> dict[str, Any]:
        reference = reference or sha256(f"{method} {student}".encode())[:32]
        answer = self.web.post(
            "/api/v1/payments",
            json={
                "reference": reference, "batch": "MONEY1", "method": method, "amount_fen": FEE,
                "code_hash": sha256(student.encode()),
            },
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def state(self, payment: dict[str, Any]) -> str:
        self.ahead += timedelta(seconds=3)
        return str(self.web.get(f"/api/v1/payments/{payment['reference']}").json()["state"])

    def tell(self, provider: str, notice: tuple[bytes, dict[str, str]]) -> httpx.Response:
        return self.web.post(f"/api/v1/notify/{provider}", content=notice[0], headers=notice[1])

    def notice(self, method: str, payment: dict[str, Any], **changes: Any) -> httpx.Response:
        if method == "wechat":
            changes.setdefault("at", self.now().timestamp())
        make = getattr(self.gateways, f"{method}_notice")
        return self.tell(method, make(payment["reference"], **changes))


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database at the newest migration, to be copied: making one takes a second."""
    path = tmp_path_factory.mktemp("empty") / "central.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def gateways(tmp_path: Path) -> Iterator[Gateways]:
    with Gateways(tmp_path) as made:
        yield made


@pytest.fixture
def desk(
    tmp_path: Path,
    gateways: Gateways,
    empty_database: Path,
    new_database: Callable[[], str | None],
) -> Iterator[Desk]:
    url = new_database()
    if url is None:
        shutil.copy(empty_database, tmp_path / "central.db")
    made = Desk(tmp_path, gateways, url)
    yield made
    made.stop()
    assert gateways.refused == [], "each request was signed as the provider demands"


@pytest.mark.parametrize("method", METHODS)
def test_scanned_paid_and_found_by_asking(desk: Desk, method: str) -> None:
    payment = desk.open(method)
    assert payment["state"] == "open"
    assert payment["qr_text"].startswith(("weixin://", "https://qr.alipay"))
    assert desk.open(method) == payment, "asked again it is the same payment"
    assert desk.state(payment) == "open"
    desk.gateways.pay(payment["reference"])
    assert desk.state(payment) == "settled"
    assert desk.balances() == {method: FEE, "fees": -FEE}
    assert desk.problems() == ()


@pytest.mark.parametrize("method", METHODS)
def test_told_by_notice_also_many_times(desk: Desk, method: str) -> None:
    payment = desk.open(method)
    desk.gateways.pay(payment["reference"])
    for _ in range(3):
        answer = desk.notice(method, payment)
        assert answer.status_code == 200
        assert answer.text == "success" or answer.json()["code"] == "SUCCESS"
    assert desk.state(payment) == "settled"
    assert desk.balances() == {method: FEE, "fees": -FEE}


@pytest.mark.parametrize("method", METHODS)
def test_a_notice_with_a_wrong_signature_settles_nothing(desk: Desk, method: str) -> None:
    payment = desk.open(method)
    stranger = rsa.generate_private_key(65537, 2048)
    assert desk.notice(method, payment, key=stranger).status_code == 401
    body, headers = getattr(desk.gateways, f"{method}_notice")(payment["reference"])
    altered = body.replace(b"TRANSACTION", b"TRANSACTI0N").replace(b"2000", b"0001")
    altered = altered.replace(b"20.00", b"00.01")
    assert desk.tell(method, (altered, headers)).status_code == 401
    assert desk.tell(method, (b"\xff{", headers)).status_code == 401
    assert desk.tell("cash", (body, headers)).status_code == 404
    assert desk.state(payment) == "open"
    assert desk.balances() == {}


def test_an_old_notice_and_one_for_another_merchant_are_refused(desk: Desk) -> None:
    payment = desk.open("wechat")
    assert desk.notice("wechat", payment, at=time.time() - 900).status_code == 401
    assert desk.notice("wechat", payment, mchid="1901").status_code == 401
    assert desk.notice("wechat", payment, appid="wx2").status_code == 401
    assert desk.notice("alipay", payment, app_id="2022").status_code == 401
    assert desk.state(payment) == "open"


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_amount_settles_nothing_and_goes_back(desk: Desk, method: str) -> None:
    payment = desk.open(method)
    desk.gateways.pay(payment["reference"], fen=1)
    assert desk.state(payment) == "closed"
    desk.work()
    assert [r["fen"] for r in desk.gateways.refunds.values()] == [1]
    assert desk.balances() == {}


@pytest.mark.parametrize("method", METHODS)
def test_paid_too_late_goes_back_by_itself_once(desk: Desk, method: str) -> None:
    payment = desk.open(method)
    closed = desk.web.post(f"/api/v1/payments/{payment['reference']}/close").json()
    assert closed["state"] == "closed"
    assert desk.gateways.trades[payment["reference"]]["state"] == "closed"
    desk.gateways.pay(payment["reference"])
    for _ in range(2):
        assert desk.notice(method, payment).status_code == 200
        desk.work()
    assert desk.state(payment) == "closed"
    assert [r["fen"] for r in desk.gateways.refunds.values()] == [FEE]
    assert desk.balances() == {}
    assert desk.problems() == ()


@pytest.mark.parametrize("method", METHODS)
def test_its_time_over_it_is_closed_at_the_provider_too(desk: Desk, method: str) -> None:
    payment = desk.open(method)
    desk.ahead += timedelta(minutes=6)
    provider_payments.follow_job(desk.service, {})
    assert desk.gateways.trades[payment["reference"]]["state"] == "closed"
    assert desk.state(payment) == "closed"


def test_paid_while_it_is_being_closed_it_is_settled(desk: Desk) -> None:
    payment = desk.open("wechat")
    desk.gateways.pay(payment["reference"])
    answer = desk.web.post(f"/api/v1/payments/{payment['reference']}/close").json()
    assert answer["state"] == "settled"


@pytest.mark.parametrize("method", METHODS)
def test_a_refund_accepted_is_not_done(desk: Desk, method: str) -> None:
    payment = desk.open(method)
    desk.gateways.pay(payment["reference"])
    assert desk.state(payment) == "settled"
    desk.gateways.slow_refunds = True
    refund = desk.service.database.write(
        lambda s: provider_payments.request_refund(
            s, payment["reference"], "cancelled", "staff:li", desk.now()
        )
    )
    desk.work()
    assert desk.balances() == {method: FEE, "owed to students": -FEE}
    desk.ahead += timedelta(minutes=2)
    desk.work()
    assert len(desk.gateways.refunds) == 1, "the same number again is the same refund"
    desk.gateways.refunds[refund.number]["status"] = "SUCCESS"
    if method == "wechat":
        body, headers = desk.gateways.wechat_refund_notice(refund.number, "SUCCESS")
        headers = desk.gateways._wechat_signed(body, desk.now().timestamp())
        assert desk.tell("wechat", (body, headers)).status_code == 200
    desk.ahead += timedelta(minutes=2)
    desk.work()
    assert desk.balances() == {}
    second = desk.web.post(f"/api/v1/payments/{payment['reference']}/close").json()
    assert second["state"] == "settled", "that it was paid once stays true"
    assert desk.open("counter")["state"] == "open", "who got the fee back has not paid"


def test_an_answer_that_the_provider_did_not_sign_is_not_believed(desk: Desk) -> None:
    payments = [desk.open(method) for method in METHODS]
    for payment in payments:
        desk.gateways.pay(payment["reference"])
    desk.gateways.forged = True
    assert [desk.state(payment) for payment in payments] == ["open", "open"]
    desk.gateways.forged = False
    # The second way was paid, too: only one fee stays.
    assert sorted(desk.state(payment) for payment in payments) == ["closed", "settled"]
    desk.work()
    assert sum(fen for account, fen in desk.balances().items() if account in METHODS) == FEE


def test_only_the_very_bytes_that_alipay_signed_are_believed(desk: Desk) -> None:
    """A second node of the same name, which JSON readers take instead of the signed one."""
    payment = desk.open("alipay")
    reference = payment["reference"]
    desk.gateways.trades[reference]["state"] = "closed"  # an answer that is signed
    forged = {"code": "10000", "out_trade_no": reference, "trade_status": "TRADE_SUCCESS"}
    forged |= {"total_amount": "20.00", "trade_no": "42"}
    desk.gateways.appended = f',"alipay_trade_query_response":{json.dumps(forged)}'
    assert desk.state(payment) != "settled"
    assert desk.balances() == {}


def test_a_provider_that_is_down_is_said_so_and_asked_again(desk: Desk) -> None:
    desk.gateways.down = True
    reference = sha256(b"down")[:32]
    request = {"reference": reference, "batch": "MONEY1", "method": "wechat", "amount_fen": FEE}
    answer = desk.web.post("/api/v1/payments", json=request | {"code_hash": sha256(b"d")})
    assert answer.status_code == 503
    assert answer.json()["code"] == "payment_provider"
    assert int(answer.headers["Retry-After"]) > 0
    desk.gateways.down = False
    assert desk.open("wechat", reference, "d")["qr_text"]


def test_a_provider_that_is_down_is_waited_for_once_and_not_for_each_payment(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for student in "xyz":
        desk.open("wechat", student=student)
    paid = desk.open("wechat", student="v")
    desk.gateways.pay(paid["reference"])
    desk.gateways.down = True
    desk.ahead += timedelta(seconds=3)

    desk.follow()

    assert caplog.text.count("A payment cannot be followed now") == 1
    desk.gateways.down = False
    desk.ahead += timedelta(seconds=3)
    desk.follow()
    assert desk.state(paid) == "settled"


def test_who_has_paid_is_not_asked_again_for_choosing_another_way(desk: Desk) -> None:
    payment = desk.open("wechat")
    desk.gateways.pay(payment["reference"])
    assert desk.state(payment) == "settled"
    for method in ("alipay", "counter", "sandbox"):
        answer = desk.open(method)
        assert answer["state"] == "settled"
        assert answer["reference"] == payment["reference"]
    assert desk.open("counter", student="b")["state"] == "open"


def test_the_report_of_a_day_names_what_does_not_fit(desk: Desk) -> None:
    payment = desk.open("wechat")
    desk.gateways.pay(payment["reference"])
    desk.state(payment)

    def spoil(session: Any) -> None:
        ledger.post(session, "paid nothing", "x", desk.now(), {"wechat": 5, "fees": -5})

    desk.service.database.write(spoil)
    assert any("2005" in problem for problem in desk.problems())

"""What no honest side sends: answered in words, and with every header of an answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from central_browser import Browser
from central_print_shop import BATCH, PrintShop
from payment_gateways import Gateways
from sqlalchemy import select

from kiosk.central.contract import Heartbeat
from kiosk.central.service import deliveries, history, staff
from kiosk.central.service.batches import BatchTerms
from kiosk.central.service.orders import Action
from kiosk.central.service.tables import LoginFailure, Staff


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintShop]:
    folder = tmp_path_factory.mktemp("hostile")
    with Gateways(folder) as gateways:
        made = PrintShop(folder, gateways)
        yield made
        made.stop()


@pytest.fixture(scope="module")
def admin(shop: PrintShop) -> Browser:
    shop.service.database.write(
        lambda s: staff.add(s, "boss", "a long password", staff.Role.ADMIN, shop.now())
    )
    browser = shop.browser()
    assert browser.log_in("boss", "a long password").status_code == 200
    return browser


def to_booth_api(shop: PrintShop, path: str, message: dict[str, Any]) -> requests.Response:
    return requests.post(
        shop.address + path, json=message, timeout=30,
        headers={"Authorization": f"Bearer {shop.booth_key}"},
    )  # fmt: skip


def test_a_fault_is_answered_with_all_headers(
    shop: PrintShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of a fault shows the visitor's own address: it is not kept, nor framed."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("by the test")

    monkeypatch.setattr("kiosk.central.service.pages.receipt.uploads.of", broken)
    answer = shop.browser().get(f"/r/{shop.sent().receipt_token}")

    assert answer.status_code == 500
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "by the test" not in answer.text


def test_errors_of_the_database_name_no_student(
    shop: PrintShop, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(Exception, match="NOT NULL") as raised:
        shop.service.database.write(
            lambda s: s.execute(
                LoginFailure.__table__.insert(), {"subject": "张三 1234", "at": None}
            )
        )

    assert "张三" not in str(raised.value) + caplog.text


@pytest.mark.parametrize("figure", [10**400, -(10**400), 1e300, "9" * 400])
def test_a_figure_that_is_none_breaks_no_page(shop: PrintShop, admin: Browser, figure: Any) -> None:
    report = {"rules": {"eyes_open": {"verdict": "fail", "value": figure, "limit": figure}}}
    message = shop.sent(report=report)
    order = shop.service.database.read(lambda s: shop.order_of(s, message).id)

    assert admin.get(f"/review/{order}").status_code == 200
    assert shop.browser().get(f"/r/{message.receipt_token}").status_code == 200


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_moments_at_the_ends_of_time_are_refused_in_words(shop: PrintShop, moment: str) -> None:
    beat = Heartbeat(number=1, version="1").model_dump(mode="json") | {"calibrated_at": moment}

    answer = to_booth_api(shop, "/api/v1/heartbeat", beat)

    assert answer.status_code == 422
    assert answer.json()["code"] == "message_malformed"


def test_a_batch_that_opens_before_time_began_is_refused(shop: PrintShop, admin: Browser) -> None:
    page = admin.get(f"/batches/{BATCH}/edit")

    answer = admin.submit(page, f"/batches/{BATCH}/edit", opens_at="0001-01-01T00:00")

    assert answer.status_code == 422


@pytest.mark.parametrize("text", ["a = " + "[" * 9_000, "a = " + "9" * 9_000], ids=["deep", "long"])
def test_settings_that_no_reader_bears(admin: Browser, text: str) -> None:
    answer = admin.submit(admin.get("/fleet"), "/fleet/settings", scope="all", text=text)

    assert answer.status_code == 422


def test_numbers_no_database_holds(shop: PrintShop, admin: Browser) -> None:
    assert shop.service.database.is_sqlite
    token = admin.get("/review").text.split('name="token" value="')[1][:64]
    answer = admin.session.post(
        f"{shop.address}/review/second/{10**30}",
        data={"token": token, "verdict": "approve"}, timeout=30,
    )  # fmt: skip

    assert answer.status_code in (404, 409, 422)


@pytest.mark.parametrize(
    "template",
    [
        "{seq:099999999d}", "{seq!s:.1}{batch}", "毕业_{seq:04d}", "-{seq}", "{seq.__class__}",
        ".{seq}", "{code_hash8:.1}_{batch}", "{seq:.0f}", "{seq}.jpg\n",
    ],
)  # fmt: skip
def test_names_that_break_a_delivery_are_refused_before(template: str) -> None:
    """By memory, by two photos of one name, by letters that old ZIP readers garble."""
    with pytest.raises(ValueError, match="export_template"):
        BatchTerms(export_template=template)


@pytest.mark.parametrize("template", ["{batch}_{seq:04d}_{code_hash8}", "{seq}", "p-{code_hash8}"])
def test_usual_names_are_taken(template: str) -> None:
    assert BatchTerms(export_template=template).export_template == template


def test_two_photos_of_one_delivery_never_have_one_name(shop: PrintShop) -> None:
    """Eight digits of a hash are alike once in some thousand pairs of batches."""
    alike = ["abcdef01" + end * 56 for end in "0a"]
    orders = [shop.sent(code_hash=one) for one in alike]

    def approve(session: Any) -> None:
        for message in orders:
            order = shop.order_of(session, message)
            order.batch.export_template = "{code_hash8}"
            history.change(session, order, Action.APPROVE, "test", shop.now(), {})

    shop.service.database.write(approve)
    export = deliveries.make(shop.service, BATCH, "test")

    assert export is not None
    names = [row["file"] for row in export.rows]
    assert len(set(names)) == len(names) >= 2


def test_a_stolen_session_cannot_put_its_own_phone_in_the_place_of_the_second_factor(
    shop: PrintShop,
) -> None:
    import pyotp

    from kiosk.central.service import second_factor

    service = shop.service
    account = service.database.write(
        lambda s: staff.add(s, "careful", "a long password", staff.Role.ADMIN, shop.now())
    )
    mine, theirs = second_factor.new_secret(), second_factor.new_secret()
    second_factor.enrol(service, account, mine, pyotp.TOTP(mine).at(shop.now()))
    browser = shop.browser()
    browser.log_in("careful", "a long password")
    shop.ahead += timedelta(minutes=2)
    asks = browser.get("/login/code")
    inside = browser.submit(asks, "/login/code", code=pyotp.TOTP(mine).at(shop.now()))
    assert inside.status_code == 200

    page = browser.get("/account")
    token = page.text.split('name="token" value="')[1][:64]
    known = service.database.read(lambda s: s.scalar(select(Staff).where(Staff.name == "careful")))
    browser.session.post(
        f"{shop.address}/account/second-factor", timeout=30,
        data={
            "token": token, "code": pyotp.TOTP(theirs).at(shop.now()),
            "offer": second_factor.seal_offer(service, known, theirs),
        },
    )  # fmt: skip

    after = service.database.read(lambda s: s.scalar(select(Staff).where(Staff.name == "careful")))
    assert after.totp_sealed == known.totp_sealed


def test_alerts_of_odd_names_are_told_nevertheless() -> None:
    from email.message import EmailMessage

    from kiosk.central.service import alert_sending

    told = {
        "notice": "raised", "kind": "device", "subject": "booth-1 camera\x0b\x85\u2028x",
        "detail": "away\x0c\r\nBcc: a@b.cn", "what": "", "told_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    message = EmailMessage()
    message["Subject"] = alert_sending._subject([told])

    lines = message.as_bytes().splitlines()
    assert not any(line.lower().startswith(b"bcc:") for line in lines)

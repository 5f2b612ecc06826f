"""Strangers and students who want more than the pages are for: counted, bounded, refused."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import sys
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from central_browser import Browser
from central_phone import Mailbox
from central_print_shop import BATCH, PrintShop, Student
from payment_gateways import Gateways
from sqlalchemy.orm import Session

from kiosk.central.service import deliveries, history
from kiosk.central.service.orders import Action

PICTURES, MAILS, GUESSES = 4, 2, 6
# Stands in for 'kiosk codes read': notes that it ran, and finds no code.
_READER = """
import pathlib, sys
(pathlib.Path(__file__).parent / "ran").open("a").write("x")
print('{"texts": []}')
"""


class Site(Gateways):
    """What the service is set up with besides."""

    mail_port = 0

    @property
    def settings(self) -> dict[str, Any]:
        reader = self.folder / "reader.py"
        reader.write_text(_READER)
        mail = {"host": "127.0.0.1", "port": self.mail_port, "security": "none", "sender": "a@b.cn"}
        return super().settings | {
            "kiosk_command": (sys.executable, str(reader)), "mail": mail,
            "code_pictures_per_address": PICTURES, "mails_per_day": MAILS,
            "login_failures_per_address": GUESSES,
        }  # fmt: skip

    def read(self) -> int:
        """How often a picture was given to the program that reads codes."""
        ran = self.folder / "ran"
        return len(ran.read_text()) if ran.exists() else 0


@pytest.fixture(scope="module")
def mailbox(new_database: object) -> Iterator[Mailbox]:  # one for each database
    with Mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site")) as made:
        made.mail_port = mailbox.port
        yield made


@pytest.fixture(scope="module")
def shop(site: Site) -> Iterator[PrintShop]:
    made = PrintShop(site.folder, site)
    yield made
    made.stop()


def seen_from(shop: PrintShop, address: str) -> Browser:
    """A browser behind the proxy, which says whose it is."""
    browser = shop.browser()
    browser.session.headers["X-Forwarded-For"] = address
    return browser


def show(browser: Browser, path: str, picture: bytes) -> int:
    page = browser.get(path)
    token = re.search(r'name="token" value="([0-9a-f]+)"', page.text)
    return browser.session.post(
        browser.base + path, data={"token": token[1] if token else "", "last_four": "1234"},
        files={"picture": ("code.png", picture, "image/png")}, timeout=30,
    ).status_code  # fmt: skip


def png(width: int, height: int) -> bytes:
    """A picture of one colour: few bytes however large it is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1 + (width + 7) // 8) * height, 9)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize("path", ["/my", f"/b/{BATCH}"])
def test_pictures_of_codes_cost_a_programs_run_and_are_counted_before(
    shop: PrintShop, site: Site, path: str
) -> None:
    phone = seen_from(shop, f"203.0.113.{len(path)}")
    before = site.read()
    statuses = [show(phone, path, png(64, 64)) for _ in range(PICTURES + 2)]
    assert statuses == [422] * PICTURES + [429] * 2
    assert site.read() - before == PICTURES
    assert show(seen_from(shop, "203.0.113.99"), path, png(64, 64)) == 422, "others may"


def test_a_picture_that_unpacks_to_gigabytes_is_given_to_no_program(
    shop: PrintShop, site: Site
) -> None:
    before = site.read()
    phone = seen_from(shop, "203.0.113.50")
    bomb = png(30_000, 30_000)
    assert len(bomb) < 200_000
    assert show(phone, "/my", bomb) == 422
    assert show(phone, "/my", b"GIF89a no picture") == 422
    assert site.read() == before


def test_a_network_of_addresses_is_one_guesser(shop: PrintShop) -> None:
    """Whoever has one IPv6 address has 2**64 of them."""
    for number in range(GUESSES):
        browser = seen_from(shop, f"2001:db8:1:2::{number:x}")
        assert browser.log_in(f"nobody-{number}", "guess").status_code == 401
    assert seen_from(shop, "2001:db8:1:2:ffff::1").log_in("x", "y").status_code == 429
    assert seen_from(shop, "2001:db8:1:3::1").log_in("x", "y").status_code == 401
    assert seen_from(shop, "198.51.100.7").log_in("x", "y").status_code == 401


@pytest.mark.parametrize(
    "address",
    [
        "=?utf-8?q?a=0ABcc:_victim=40x.cn?=@x.cn", "=?utf-8?b?5byg?=@x.cn", "a@b@c.cn", "a@x..cn",
        ".a@x.cn", "a..b@x.cn", "a@-x.cn", "a@x.cn%0d", "a@x_y.cn", "a@x.c", "张@x.cn", "a@x.1",
    ],
)  # fmt: skip
def test_addresses_that_mail_programs_read_otherwise_are_refused(
    shop: PrintShop, address: str
) -> None:
    student = Student(shop, shop.sent())
    assert student.send("", "/contact", email=address).status_code == 422


@pytest.mark.parametrize("address", ["li.lei+photo@mail.xx.edu.cn", "o'neil@x.org", "1@qq.com"])
def test_usual_addresses_are_taken(shop: PrintShop, address: str) -> None:
    student = Student(shop, shop.sent())
    assert student.send("", "/contact", email=address).status_code == 200


def test_the_page_is_no_way_to_fill_somebodys_mailbox(shop: PrintShop, mailbox: Mailbox) -> None:
    student = shop.student()
    student.send("", "/contact", email="victim@x.cn")
    statuses = []
    for _ in range(MAILS + 2):
        statuses.append(student.send("", "/send").status_code)
        shop.work()
    assert statuses == [200] * MAILS + [429] * 2
    assert len([m for m in mailbox.messages if m["To"] == "victim@x.cn"]) == MAILS
    shop.ahead += timedelta(days=1)
    assert student.send("", "/send").status_code == 200


def test_what_a_booth_calls_a_rule_is_no_formula_in_a_spreadsheet(shop: PrintShop) -> None:
    rules = {
        '=HYPERLINK("http://x")': {"verdict": "fail"},
        "yaw": {"verdict": "fail"},
        "a\r\n=1+1": {"verdict": "hint"},
    }
    message = shop.sent(report={"rules": rules})

    def approve(session: Session) -> None:
        order = shop.order_of(session, message)
        history.change(session, order, Action.APPROVE, "staff:test", shop.now(), {})

    shop.service.database.write(approve)
    made = deliveries.make(shop.service, BATCH, "staff:test")
    assert made is not None
    rows = list(csv.DictReader(io.StringIO(deliveries.manifest(made.rows).decode("utf-8-sig"))))
    assert {row["checks"] for row in rows} <= {"yaw:fail", "ok"}
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t\r"]


def test_names_from_a_code_are_text(shop: PrintShop) -> None:
    name = "<img src=x onerror=alert(1)>"
    student = Student(shop, shop.sent(masked_name=name, masked_number="\"'><b>"))
    page = student.get()
    assert name not in page
    assert "&lt;img src=x" in page
    assert "><b>" not in page


def test_no_line_of_the_log_names_a_student(
    shop: PrintShop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    student = shop.student()
    student.send("", "/contact", email="secret.person@x.cn")
    student.order(student.address(), one_inch=1)
    student.send("", "/send")
    shop.work()
    # uvicorn's own lines, which name addresses, are switched off where it is served.
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("kiosk")]
    told = json.dumps(lines, ensure_ascii=False)
    assert "GET /r/{receipt_token}" in told
    for secret in (student.message.receipt_token, "secret.person", "示范路", "13800138000"):
        assert secret not in told, secret

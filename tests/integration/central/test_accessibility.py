"""axe-core finds no serious fault on any page, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from central_matrix import LINK, MATRIX
from central_print_shop import BATCH, PrintShop, Student
from payment_gateways import Gateways
from sqlalchemy.orm import Session

from kiosk.central.contract import PaymentRequest
from kiosk.central.service import staff

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = ("serious", "critical")
# What is answered with a picture, a file, or only in a state of its own (half a session).
NO_PAGES = re.compile(
    r"\.(svg|pdf|zip)$|/(photo|download)$|\{version\}$|^/fleet/support/|^/login/code$"
)


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateways]:
    with Gateways(tmp_path_factory.mktemp("gateways")) as made:
        yield made


@pytest.fixture(scope="module")
def shop(gateways: Gateways) -> Iterator[PrintShop]:
    made = PrintShop(gateways.folder, gateways)

    def people(session: Session) -> None:
        for name in ("root", "left"):
            staff.add(session, name, "a long password", staff.Role.ADMIN, made.now()).is_active = (
                name == "root"
            )

    made.service.database.write(people)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def student(shop: PrintShop) -> Student:
    """A student whose photo is approved, and who has ordered prints."""
    made = shop.student()
    made.address()
    return made


@pytest.fixture(scope="module")
def prints(student: Student) -> str:
    return student.order("pick_up", large_one_inch=1).removeprefix("/prints/")


@pytest.fixture(scope="module")
def addresses(shop: PrintShop, student: Student, prints: str) -> dict[str, list[str]]:
    """Each page of the service to the addresses it is looked at by."""
    orders = {}
    for name in ("waiting", "withdrawn"):
        message = shop.sent()
        orders[name] = (
            shop.service.database.read(lambda s, m=message: shop.order_of(s, m).id),
            f"/r/{message.receipt_token}",
        )
    phone = shop.browser()
    withdrawn = orders["withdrawn"][1]
    phone.submit(phone.get(withdrawn), f"{withdrawn}/withdraw")
    shop.client().open_payment(
        PaymentRequest(
            reference="looked-at", batch=BATCH, code_hash="0" * 64, method="sandbox",
            amount_fen=2000,
        )
    )  # fmt: skip
    named = {
        "{code}": BATCH, "{order_id}": orders["waiting"][0], "{name}": prints,
        "{reference}": "looked-at",
    }  # fmt: skip
    found = {}
    for (method, pattern), who in MATRIX.items():
        is_page = isinstance(who, frozenset) or who == LINK
        if method == "GET" and is_page and not NO_PAGES.search(pattern):
            path = pattern
            for key, value in named.items():
                path = path.replace(key, value)
            links = [student.link]
            if pattern == "/r/{receipt_token}":
                links += [link for _, link in orders.values()]
            found[pattern] = [path.replace("/r/{receipt_token}", link) for link in links]
    found["/ (no such page)"] = ["/no-such-page"]
    return {pattern: sorted(set(paths)) for pattern, paths in found.items()}


def faults(page: Any) -> list[str]:
    """What axe-core holds against the page: serious ones, each with its first place."""
    page.evaluate(AXE)
    told = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{fault['id']}: {fault['help']}: {node['target']}: {node['failureSummary']}"
        for fault in told["violations"]
        if fault["impact"] in SERIOUS
        for node in fault["nodes"][:3]
    ]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_shuts_anybody_out(
    chromium: Any, shop: PrintShop, addresses: dict[str, list[str]], viewport: dict[str, int]
) -> None:
    context = chromium.new_context(locale="zh-CN", viewport=viewport)
    page = context.new_page()
    found = {"/login (signed out)": look(page, shop, "/login")}
    page.fill("input[name=name]", "root")
    page.fill("input[name=password]", "a long password")
    page.click("main button[type=submit]")
    page.wait_for_selector("header nav")
    for pattern, paths in addresses.items():
        # Students' pages are for phones first, the staff's for desks; the layout is one.
        is_phone = pattern.startswith(("/r/", "/my", "/sandbox"))
        if is_phone == (viewport is PHONE):
            for path in paths:
                found[f"{pattern} {path}"] = look(page, shop, path)
    context.close()
    assert len(found) > 5
    assert {where: what for where, what in found.items() if what} == {}


def test_axe_sees_faults(chromium: Any, shop: PrintShop) -> None:
    page = chromium.new_page()
    assert look(page, shop, "/login") == []
    page.evaluate("document.querySelector('main').style.color = '#bbb'")
    page.evaluate("document.querySelector('main button').textContent = ''")
    kinds = {fault.partition(":")[0] for fault in faults(page)}
    page.close()
    assert kinds >= {"color-contrast", "button-name"}


def look(page: Any, shop: PrintShop, path: str) -> list[str]:
    answer = page.goto(shop.address + path)
    assert answer.status in (200, 404), (path, answer.status)
    assert answer.headers["content-type"].startswith("text/html"), path
    # Whatever is folded away is opened, to be looked at as well.
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    return faults(page)

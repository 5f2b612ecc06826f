"""A school's own manager: that school's batches and prints, and no others exist for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests
from central_browser import Browser
from central_matrix import MANAGERS, MATRIX
from central_print_shop import BATCH, PrintShop
from payment_gateways import Gateways
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.contract import BatchInfo
from kiosk.central.service import batches, staff
from kiosk.central.service.staff import Role
from kiosk.central.service.tables import Event

OWN, OTHER = "海滨学院", "示范大学"
PASSWORD = "a long password"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintShop]:
    with Gateways(tmp_path_factory.mktemp("gateways")) as gateways:
        made = PrintShop(gateways.folder, gateways)

        def seed(session: Session) -> None:
            batches.add(session, BatchInfo(code="SEA27", school=OWN, title="2027 届"), made.now())
            staff.add(session, "sea", PASSWORD, Role.MANAGER, made.now(), school=f" {OWN} ")
            staff.add(session, "root", PASSWORD, Role.ADMIN, made.now())

        made.service.database.write(seed)
        yield made
        made.stop()


@pytest.fixture(scope="module")
def manager(shop: PrintShop) -> Browser:
    browser = shop.browser()
    assert browser.log_in("sea", PASSWORD).url.endswith("/batches")
    return browser


@pytest.fixture(scope="module")
def others_prints(shop: PrintShop) -> str:
    path = shop.student().order("pick_up", one_inch=1)
    return path.removeprefix("/prints/")


def test_others_batches_are_not_listed_nor_found(shop: PrintShop, manager: Browser) -> None:
    shown = manager.get("/batches").text
    assert "SEA27" in shown
    assert BATCH not in shown
    assert OTHER not in shown
    assert BATCH not in manager.get(f"/batches?search={OTHER}").text
    assert BATCH in shop.manager.get("/batches").text, "who has all schools sees it"


def test_no_page_of_another_school_answers(
    shop: PrintShop, manager: Browser, others_prints: str
) -> None:
    """Every page of managers that names a batch or prints, by the table that names every page."""
    tried = 0
    for (method, pattern), whose in MATRIX.items():
        if whose != MANAGERS or not ("{code}" in pattern or pattern.startswith("/prints/{name}")):
            continue
        path = pattern.replace("{code}", BATCH).replace("{name}", others_prints)
        path = path.replace("{export_id}", "0" * 16).replace("{action}", "print")
        answer = manager.session.request(method, shop.address + path, timeout=30)
        unknown = path.replace(BATCH, "NONE27").replace(others_prints, "f" * len(others_prints))
        missing = manager.session.request(method, shop.address + unknown, timeout=30)
        assert answer.status_code == missing.status_code == 404, f"{method} {path}"
        assert answer.text == missing.text, "nobody learns that there is one"
        tried += 1
    assert tried >= 20
    assert manager.get(f"/prints?batch={BATCH}").status_code == 404


def test_others_prints_are_not_in_the_queue(
    shop: PrintShop, manager: Browser, others_prints: str
) -> None:
    for state in ("ordered", "paid"):
        assert others_prints not in manager.get(f"/prints?state={state}").text
    seen = "".join(shop.manager.get(f"/prints?state={state}").text for state in ("ordered", "paid"))
    assert others_prints in seen


def test_own_pages_answer(manager: Browser) -> None:
    for path in ("", "/edit", "/deliveries", "/prints", "/qr.svg", "/phone-qr.svg", "/poster.pdf"):
        assert manager.get(f"/batches/SEA27{path}").status_code == 200, path


def test_a_batch_they_open_or_change_is_their_school_s(shop: PrintShop, manager: Browser) -> None:
    values = {
        "code": "SEA28", "school": OTHER, "title": "2028", "standard": "chsi", "background": "blue",
        "glasses": "forbid", "bracket_policy": "count", "payment_methods": "waived",
        "payer": "student",
    }  # fmt: skip
    page = manager.get("/batches/new")
    assert f'value="{OWN}"' in page.text
    assert manager.submit(page, "/batches/new", **values).url.endswith("/batches/SEA28")
    page = manager.get("/batches/SEA27/edit")
    changed = manager.submit(page, "/batches/SEA27/edit", **values | {"title": "2027 B"})
    assert changed.url.endswith("/batches/SEA27")
    for code in ("SEA27", "SEA28"):
        batch = shop.service.database.read(lambda s, code=code: batches.find(s, code))
        assert batch.school == OWN
    foreign = manager.submit(page, "/batches/SEA27/edit", f"/batches/{BATCH}/edit", **values)
    assert foreign.status_code == 404


def test_an_administrator_gives_and_takes_the_school(shop: PrintShop) -> None:
    root, wu = shop.browser(), shop.browser()
    root.log_in("root", PASSWORD)
    page = root.submit(root.get("/staff"), "/staff", name="wu", role="manager", school=OWN)
    password = re.search(r"<code>(\S+)</code>", page.text)[1]
    assert OWN in page.text
    wu.log_in("wu", password)
    assert wu.get(f"/batches/{BATCH}").status_code == 404

    def change(**values: str) -> requests.Response:
        return root.submit(root.get("/staff"), "/staff/wu", what="role", **values)

    assert change(role="reviewer", school=OWN).status_code == 422, "reviewers have all schools"
    assert change(role="manager", school="").status_code == 200
    assert "/login" in wu.get("/batches").url, "its sessions ended"
    wu.log_in("wu", password)
    assert wu.get(f"/batches/{BATCH}").status_code == 200

    def noted(session: Session) -> list[object]:
        entries = session.scalars(
            select(Event).where(Event.action.in_(("staff_add", "staff_change"))).order_by(Event.id)
        )
        return [event.detail["school"] for event in entries if event.detail["name"] == "wu"]

    assert shop.service.database.read(noted) == [OWN, None]

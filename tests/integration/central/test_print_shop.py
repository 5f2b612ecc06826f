"""The print shop: what is offered, its queue, and addresses and who looks at them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from central_print_shop import ADDRESS, BATCH, PrintShop, Student, do
from payment_gateways import Gateways
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.service import addresses, print_shop
from kiosk.central.service.print_tables import Address
from kiosk.central.service.tables import Event


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintShop]:
    with Gateways(tmp_path_factory.mktemp("gateways")) as gateways:
        made = PrintShop(gateways.folder, gateways)
        yield made
        made.stop()


@pytest.fixture(scope="module")
def visitor(shop: PrintShop) -> Student:
    """A student who orders nothing in the end."""
    return shop.student()


def test_addresses_are_kept_changed_and_removed(shop: PrintShop) -> None:
    student = shop.student()
    name = student.address()
    page = student.phone.get(f"{student.link}/addresses?edit={name}")
    changed = student.phone.submit(
        page, f"{student.link}/addresses", **ADDRESS | {"street": "新街 99 号"}
    )
    assert "新街 99 号" in changed.text
    assert "示范路" not in changed.text
    raw = shop.service.database.read(lambda s: s.scalars(select(Address.sealed)).all())
    assert not any("新街" in one or "13800138000" in one for one in raw), "sealed in the database"
    for _ in range(4):
        student.add_address()
    assert "too many addresses" in student.get("/addresses")
    removed = student.send("/addresses", f"/addresses/{name}/remove")
    assert "新街 99 号" not in removed.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("recipient", " ", "Write the recipient"),
        ("recipient", "123", "Write the recipient"),
        ("phone", "12345", "eleven digits"),
        ("phone", "138001380001", "eleven digits"),
        ("region", "", "province, city and district"),
        ("street", "1", "street, building and room"),
        ("street", "路" * 121, "street, building and room"),
    ],
)
def test_addresses_no_courier_can_find(
    visitor: Student, field: str, value: str, words: str
) -> None:
    answer = visitor.add_address(**{field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    kept = ADDRESS["street"] if field != "street" else ADDRESS["region"]
    assert kept in answer.text, "what was typed is not lost"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("１３８ ００１３ ８０００", "13800138000"),
        ("0086-138-0013-8000", "13800138000"),
        ("(0571) 8795 1234", "057187951234"),
        ("010-62345678", "01062345678"),
    ],
)
def test_phones_are_kept_as_digits(typed: str, kept: str) -> None:
    assert addresses.checked("张三", typed, "浙江省杭州市", "示范路 1 号").phone == kept


def test_who_looked_at_an_address_when_and_why_stays_in_the_log(shop: PrintShop) -> None:
    student = shop.student()
    path = student.order(student.address(), one_inch=1)
    sealed = shop.manager.get(path).text
    assert all(part not in sealed for part in ("示范路", "138001", "Who looked"))
    nothing = shop.manager.submit(shop.manager.get(path), f"{path}/address", why="curious")
    assert nothing.status_code == 422
    assert "示范路" not in nothing.text
    forged = shop.manager.session.post(f"{shop.address}{path}/address", data={"why": "send"})
    assert forged.status_code == 403
    for why in ("send", "returned"):
        assert "示范路" in do(shop, path, "address", why=why)
    page = shop.manager.get(path).text
    assert "示范路" not in page, "it is shown once"
    assert page.index("a parcel lost or sent back") < page.rindex("printer · sending")

    def log(session: Session) -> list[tuple[str, dict[str, str]]]:
        owner = shop.order_of(session, student.message)
        chosen = select(Event).where(Event.order_id == owner.id, Event.action == "address_seen")
        return [(e.actor, e.detail) for e in session.scalars(chosen.order_by(Event.id))]

    name = path.removeprefix("/prints/")
    assert shop.service.database.read(log) == [
        ("staff:printer", {"prints": name, "why": why}) for why in ("send", "returned")
    ]
    student.send(path, f"{path}/cancel")
    picked_up = student.order("pick_up", one_inch=1)
    page = shop.manager.get(picked_up)
    token = re.search(r'name="token" value="(\w+)"', page.text)
    assert token
    data = {"why": "send", "token": token[1]}
    gone = shop.manager.session.post(f"{shop.address}{picked_up}/address", data=data, timeout=30)
    assert gone.status_code == 404


def test_the_queue_counts_no_further_than_anybody_needs(
    shop: PrintShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = shop.student()
    for _ in range(3):
        student.order("pick_up", one_inch=1)
    page = shop.manager.get(f"/prints?batch={BATCH}").text
    counted = re.search(r"To be paid \((\d+)\)", page)
    assert counted
    assert int(counted[1]) >= 3
    monkeypatch.setattr(print_shop, "COUNTED", 2)
    for query in ("", f"?batch={BATCH}"):
        assert "To be paid (2+)" in shop.manager.get(f"/prints{query}").text


def test_the_manager_sets_what_a_batch_offers(shop: PrintShop) -> None:
    path = f"/batches/{BATCH}/prints"
    page = shop.manager.get(path)
    assert "15.00" in page.text
    good = {
        "is_offered": "yes", "price": "15", "shipping": "8", "pickup": "图书馆一层服务台",
        "payment_methods": ["wechat", "alipay", "counter", "sandbox"],
    }  # fmt: skip
    for wrong in ({"payment_methods": []}, {"price": "-1"}, {"price": "x"}, {"pickup": "x" * 300}):
        assert shop.manager.submit(page, path, **good | wrong).status_code == 422, wrong
    closed = shop.manager.submit(page, path, **good | {"is_offered": ""})
    assert closed.status_code == 200
    student = shop.student()
    assert f"{student.link}/prints" not in student.get(), "not offered, not shown"
    assert shop.manager.submit(page, path, **good).status_code == 200
    assert "/prints" in student.get()

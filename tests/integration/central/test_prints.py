"""Prints over real HTTP: ordered, paid, made, sent; called off; addresses; what is kept of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from central_print_shop import BATCH, PrintShop, Student, do, fields_of
from payment_gateways import Gateways
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.service import (
    erasing,
    history,
    print_care,
    provider_payments,
    retention,
)
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.orders import Action
from kiosk.central.service.print_states import TRANSITIONS, PrintAction, PrintState
from kiosk.central.service.print_tables import Address, PrintOrder
from kiosk.central.service.tables import Event


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateways]:
    with Gateways(tmp_path_factory.mktemp("gateways")) as made:
        yield made


@pytest.fixture(scope="module")
def shop(gateways: Gateways) -> Iterator[PrintShop]:
    made = PrintShop(gateways.folder, gateways)
    yield made
    made.stop()
    assert gateways.refused == [], "each request was signed as the provider demands"
    assert made.problems() == ()


@pytest.fixture(scope="module")
def visitor(shop: PrintShop) -> Student:
    """A student who orders nothing in the end."""
    return shop.student()


def test_ordered_paid_at_wechat_printed_sent_and_received(shop: PrintShop) -> None:
    before = shop.balances()
    student = shop.student()
    assert "/prints" in student.get()
    assert "Add an address first" not in student.get("/prints"), "it can be picked up, too"
    where = student.address()
    path = student.order(where, one_inch=2, two_inch=1)
    page = student.get(path)
    assert "To be paid" in page
    assert "¥53.00" in page, "three sheets at 15 and 8 for the parcel"
    assert "张三 13800138000" in page
    reference = student.pay(path, "wechat")
    page = student.get(path)
    assert "<svg" in page
    assert "WeChat Pay" in page
    shop.gateways.pay(reference)
    shop.ahead += timedelta(seconds=3)
    assert "Until then you may cancel and get your money back" in student.get(path)
    after = shop.balances()
    assert after.get("wechat", 0) - before.get("wechat", 0) == 5300
    assert after["prints"] - before.get("prints", 0) == -5300

    # in the print shop
    queue = shop.manager.get(f"/prints?batch={BATCH}").text
    assert path in queue
    assert "示范路" not in shop.manager.get(path).text, "staff says first what it is for"
    assert "示范路 1 号 2 幢 301" in do(shop, path, "address", why="send")
    sheets = shop.manager.get(f"{path}/sheets.pdf")
    assert sheets.headers["Content-Type"] == "application/pdf"
    boxes = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", sheets.content)
    sizes = [sorted(round(float(side) / 72 * 25.4, 1) for side in box) for box in boxes]
    assert sizes == [[101.6, 152.4]] * 3, "three pages of 6-inch paper"
    do(shop, path, "print")
    assert "Cancel this order" not in student.get(path)
    unnamed = shop.manager.submit(shop.manager.get(path), f"{path}/ship", carrier="顺丰")
    assert unnamed.status_code == 422
    assert "Write the carrier" in unnamed.text
    do(shop, path, "ship", carrier="顺丰", tracking="SF1234567890")
    page = student.get(path)
    assert "SF1234567890" in page
    assert "顺丰" in page

    student.send(path, f"{path}/receive")
    page = student.get(path)
    assert "You have received them" in page

    def log(session: Session) -> list[str]:
        owner = shop.order_of(session, student.message)
        return list(session.scalars(select(Event.action).where(Event.order_id == owner.id)))

    actions = shop.service.database.read(log)
    steps = [f"prints_{a}" for a in ("order", "pay", "print", "ship", "receive")]
    assert [a for a in actions if a.startswith("prints_")] == steps


def test_ordered_again_with_the_same_sheets(shop: PrintShop) -> None:
    student = shop.student()
    where = student.address()
    path = student.order(where, one_inch=2, two_inch=1)
    page = student.send(path, f"{path}/cancel").text
    again = re.search(rf"{student.link}(/prints\?again=[0-9a-f]{{16}})", page)
    assert again
    filled = fields_of(student.get(again[1]))
    assert filled["one-inch"] == "2"
    assert filled["two-inch"] == "1"
    page = student.phone.get(student.link + again[1])
    repeated = student.phone.submit(
        page, f"{student.link}/prints", where=where, **{"sheets_one-inch": "2"}
    )
    assert "To be paid" in repeated.text


@pytest.mark.parametrize("method", ["wechat", "alipay", "sandbox"])
def test_cancelled_before_it_is_made_the_money_goes_back(shop: PrintShop, method: str) -> None:
    before = shop.balances()
    student = shop.student()
    path = student.order("pick_up", large_one_inch=1)
    reference = student.pay(path, method)
    if method == "sandbox":
        student.phone.session.post(f"{shop.address}/sandbox/pay/{reference}", timeout=30)
    else:
        shop.gateways.pay(reference)
    shop.ahead += timedelta(seconds=3)
    assert "Paid" in student.get(path)
    page = student.send(path, f"{path}/cancel")
    assert "goes back the way it came" in page.text
    shop.work()
    assert shop.balances() == before
    if method != "sandbox":
        assert shop.gateways.trades[reference]["back"] == 1500
    twice = student.phone.submit(
        student.phone.get(f"{student.link}/prints"),
        f"{student.link}/prints",
        f"{student.link}{path}/cancel",
    )
    assert twice.status_code == 409


@pytest.mark.parametrize("method", ["wechat", "alipay"])
def test_paid_after_it_was_cancelled_the_money_goes_back_too(shop: PrintShop, method: str) -> None:
    before = shop.balances()
    student = shop.student()
    path = student.order("pick_up", one_inch=1)
    reference = student.pay(path, method)
    shop.gateways.down = True
    student.send(path, f"{path}/cancel")
    shop.gateways.down = False
    shop.gateways.pay(reference)
    shop.ahead += timedelta(minutes=2)
    shop.work()
    assert "Cancelled" in student.get(path)
    assert shop.balances() == before


def test_another_way_to_pay_closes_the_first_at_its_provider(shop: PrintShop) -> None:
    student = shop.student()
    path = student.order("pick_up", one_inch=1)
    first = student.pay(path, "wechat")
    assert student.pay(path, "wechat") == first, "the same way again is the same payment"
    second = student.pay(path, "alipay")
    assert second != first
    assert shop.gateways.trades[first]["state"] == "closed"
    third = student.pay(path, "counter")
    assert third not in shop.gateways.trades
    assert "Please pay the staff" in student.get(path)


def test_at_the_counter_and_picked_up(shop: PrintShop) -> None:
    before = shop.balances()
    student = shop.student()
    path = student.order("pick_up", small_two_inch=1)
    waiting = shop.manager.submit(shop.manager.get(path), f"{path}/refuse", f"{path}/paid")
    assert waiting.status_code == 409, "the student has not chosen to pay there"
    student.pay(path, "counter")
    do(shop, path, "paid")
    with pytest.raises(ServiceError, match="under way"):
        shop.service.database.write(
            lambda s: provider_payments.request_refund(
                s, student.reference(path), "by hand", "operator", shop.now()
            )
        )
    do(shop, path, "print")
    do(shop, path, "lay_out")
    assert "图书馆一层服务台" in student.get(path)
    page = do(shop, path, "receive")
    assert "Received" in page
    assert shop.balances()["counter"] - before.get("counter", 0) == 1500


def test_refused_by_the_shop_with_a_reason_the_student_reads(shop: PrintShop) -> None:
    before = shop.balances()
    student = shop.student()
    path = student.order("pick_up", one_inch=1)
    student.pay(path, "counter")
    do(shop, path, "paid")
    empty = shop.manager.submit(shop.manager.get(path), f"{path}/refuse", reason=" ")
    assert empty.status_code == 422
    do(shop, path, "print")
    do(shop, path, "refuse", reason="打印机故障")
    shop.work()
    assert "打印机故障" in student.get(path)
    assert shop.balances() == before


def test_what_the_table_does_not_say_is_refused(shop: PrintShop) -> None:
    student = shop.student()
    path = student.order("pick_up", one_inch=1)
    form = shop.manager.get(path)
    for action in ("print", "lay_out", "receive"):
        answer = shop.manager.submit(form, f"{path}/refuse", f"{path}/{action}")
        assert answer.status_code == 409, action
    ship = {"carrier": "顺丰", "tracking": "SF123456"}
    answer = shop.manager.submit(form, f"{path}/refuse", f"{path}/ship", **ship)
    assert answer.status_code == 409
    assert shop.manager.submit(form, f"{path}/refuse", f"{path}/order").status_code == 404
    assert (PrintState.PRINTING, PrintAction.CANCEL) not in TRANSITIONS
    assert "To be paid" in student.get(path)


@pytest.mark.parametrize(
    ("where", "sheets", "status"),
    [
        ("pick_up", {}, 422),
        ("pick_up", {"sheets_one-inch": "21"}, 422),
        ("pick_up", {"sheets_one-inch": "-1"}, 422),
        ("pick_up", {"sheets_one-inch": "x"}, 422),
        ("pick_up", {"sheets_poster": "1"}, 422),
        ("", {"sheets_one-inch": "1"}, 422),
        ("0" * 16, {"sheets_one-inch": "1"}, 404),
    ],
)
def test_wishes_that_cannot_be(
    visitor: Student, where: str, sheets: dict[str, str], status: int
) -> None:
    assert visitor.send("/prints", "/prints", where=where, **sheets).status_code == status
    assert "My orders" not in visitor.get("/prints")


def test_no_prints_before_the_photo_is_approved_and_not_too_many(shop: PrintShop) -> None:
    waiting = Student(shop, shop.sent())
    assert "once your photo is approved" in waiting.get("/prints")
    token = re.search(r'name="token" value="([0-9a-f]+)"', waiting.get())
    assert token
    answer = waiting.phone.session.post(
        f"{shop.address}{waiting.link}/prints",
        data={"token": token[1], "where": "pick_up", "sheets_one-inch": "1"},
        timeout=30,
    )
    assert answer.status_code == 409
    student = shop.student()
    for _ in range(5):
        student.order("pick_up", one_inch=1)
    sixth = student.send("/prints", "/prints", where="pick_up", **{"sheets_one-inch": "1"})
    assert sixth.status_code == 409


def test_free_prints_are_paid_at_once(shop: PrintShop) -> None:
    student = shop.student(price_fen=0)
    try:
        path = student.order("pick_up", one_inch=1)
        assert "Paid" in student.get(path)
    finally:
        shop.student(price_fen=1500)


def test_nothing_of_another_student_can_be_reached(shop: PrintShop) -> None:
    mine, other = shop.student(), shop.student()
    path, name = other.order("pick_up", one_inch=1), other.address()
    for page in (path, f"/addresses?edit={name}", f"/prints?again={path[-16:]}"):
        assert mine.phone.get(mine.link + page).status_code == 404
    for action in (f"{path}/cancel", f"{path}/pay", f"{path}/receive", f"/addresses/{name}/remove"):
        fields = re.search(r'name="token" value="([0-9a-f]+)"', mine.get("/prints"))
        assert fields
        answer = mine.phone.session.post(
            f"{shop.address}{mine.link}{action}",
            data={"token": fields[1], "method": "sandbox"},
            timeout=30,
        )
        assert answer.status_code == 404, action
        stolen = mine.phone.session.post(
            f"{shop.address}{other.link}{action}", data={"token": fields[1]}, timeout=30
        )
        assert stolen.status_code == 403, action
    order = mine.send("/prints", "/prints", where=name, **{"sheets_one-inch": "1"})
    assert order.status_code == 404, "nothing is sent to another's address"


def test_time_cancels_ends_and_forgets(shop: PrintShop) -> None:
    student = shop.student()
    where = student.address()
    unpaid, sent = (student.order(where, one_inch=1) for _ in range(2))
    student.pay(sent, "counter")
    do(shop, sent, "paid")
    do(shop, sent, "print")
    do(shop, sent, "ship", carrier="顺丰", tracking="SF123456")
    shop.ahead += timedelta(days=8)
    print_care.care_job(shop.service, {})
    assert "Cancelled" in student.get(unpaid)
    assert "Sent" in student.get(sent)
    shop.ahead += timedelta(days=8)
    print_care.care_job(shop.service, {})
    assert "You have received them" in student.get(sent)
    assert "示范路" in student.get(sent)
    shop.ahead += timedelta(days=31)
    print_care.care_job(shop.service, {})
    for path in (unpaid, sent):
        assert "示范路" not in student.get(path)
    assert "示范路" in student.get("/addresses"), "the student's own list is the student's"


def test_own_data_goes_with_addresses_once_nothing_is_on_its_way(shop: PrintShop) -> None:
    student = shop.student()
    where = student.address()
    path = student.order(where, one_inch=1)
    student.pay(path, "counter")
    do(shop, path, "paid")

    def erase(session: Session) -> None:
        order = shop.order_of(session, student.message)
        order.state = "done"
        erasing.erase_own(session, order, shop.now())

    with pytest.raises(Exception, match="on their way"):
        shop.service.database.write(erase)
    do(shop, path, "print")
    do(shop, path, "ship", carrier="顺丰", tracking="SF123456")
    student.send(path, f"{path}/receive")
    owner = shop.service.database.read(lambda s: shop.order_of(s, student.message).id)
    shop.service.database.write(erase)

    def left(session: Session) -> tuple[int, list[tuple[str, str]]]:
        mine = session.scalars(select(Address).where(Address.order_id == owner)).all()
        prints = session.scalars(select(PrintOrder).where(PrintOrder.order_id == owner))
        return len(mine), [(one.address_sealed, one.tracking) for one in prints]

    assert shop.service.database.read(left) == (0, [("", "")])
    assert student.phone.get(student.link).status_code == 404


def test_retention_waits_for_prints_on_their_way_and_removes_addresses(shop: PrintShop) -> None:
    student = shop.student()
    path = student.order(student.address(), one_inch=1)
    student.pay(path, "counter")
    do(shop, path, "paid")

    def deliver(session: Session) -> str:
        from kiosk.central.service.delivery_tables import Export

        order = shop.order_of(session, student.message)
        order.state = "done"
        long_ago = shop.now() - timedelta(days=400)
        session.add(
            Export(
                id="e" * 16, batch_id=order.batch_id, created_at=long_ago, created_by="test",
                rows=[{"order": order.id}], confirmed_at=long_ago, confirmed_by="test",
            )
        )  # fmt: skip
        # As a delivery's confirmation does: retention counts from there.
        history.note(session, "test", Action.FINISH, long_ago, {}, order_id=order.id)
        return order.id

    owner = shop.service.database.write(deliver)
    assert retention.purge(shop.service) == []
    do(shop, path, "print")
    do(shop, path, "ship", carrier="顺丰", tracking="SF123456")
    student.send(path, f"{path}/receive")
    assert [found.delivered for found in retention.purge(shop.service)] == [1]
    left = shop.service.database.read(
        lambda s: s.scalars(select(Address).where(Address.order_id == owner)).all()
    )
    assert left == []


def test_the_fee_of_the_photo_can_be_paid_on_the_page(shop: PrintShop) -> None:
    before = shop.balances()
    student = Student(shop, shop.sent())
    assert "/fee" in student.get()
    assert "Pay at the counter" not in student.get("/fee"), "nobody is there to take it"
    page = student.send("/fee", "/fee", method="sandbox")
    reference = re.search(r"/sandbox/pay/([0-9a-f]{32})", page.text)
    assert reference
    student.phone.session.post(f"{shop.address}/sandbox/pay/{reference[1]}", timeout=30)
    page = student.get("/fee")
    assert "settled" in page
    assert shop.balances()["fees"] - before.get("fees", 0) == -2000
    assert student.phone.submit(student.phone.get(student.link), f"{student.link}/withdraw").ok

"""Paying on the very phone that shows the page: WeChat H5, Alipay wap, and WeChat's own browser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from central_print_shop import PrintShop, Student
from payment_gateways import Gateways

from kiosk.central.service import provider_payments

METHODS = ("wechat", "alipay")
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
IN_WECHAT = IPHONE.replace("Version/17.5", "MicroMessenger/8.0.49(0x18003137) NetType/WIFI")
IN_ALIPAY = IPHONE.replace("Version/17.5", "AliApp(AP/10.5.96) AlipayClient/10.5.96")
ON_WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/116.0.0.0 Safari/537.36 MicroMessenger/7.0.20 WindowsWechat(0x63090a13)"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintShop]:
    with Gateways(tmp_path_factory.mktemp("gateways")) as gateways:
        made = PrintShop(gateways.folder, gateways)
        gateways.h5_sites.add(urlsplit(made.address).netloc)
        yield made
        made.stop()
        assert gateways.refused == [], "each request was signed as the provider demands"
        assert made.problems() == ()


class Phone:
    """A student's phone, with an order of prints to pay."""

    def __init__(self, shop: PrintShop, agent: str = IPHONE) -> None:
        self.shop = shop
        self.student: Student = shop.student()
        self.student.phone.session.headers["User-Agent"] = agent
        self.path = self.student.order("pick_up", one_inch=1)

    def page(self) -> str:
        self.shop.ahead += timedelta(seconds=3)
        return self.student.get(self.path)

    def choose(self, way: str, **headers: str) -> str:
        self.student.phone.session.headers.update(headers)
        return self.student.pay(self.path, way)

    def link(self) -> str:
        """Where the button leads to."""
        found = re.search(r'href="([^"]+)" referrerpolicy="strict-origin"', self.page())
        return html.unescape(found[1]) if found else ""

    def ways(self) -> list[str]:
        return re.findall(r'name="method" value="([^"]+)"', self.page())


@pytest.fixture
def phone(shop: PrintShop) -> Phone:
    return Phone(shop)


def tell(shop: PrintShop, method: str, reference: str) -> None:
    changes = {"at": shop.now().timestamp()} if method == "wechat" else {}
    body, headers = getattr(shop.gateways, f"{method}_notice")(reference, **changes)
    url = f"{shop.address}/api/v1/notify/{method}"
    assert requests.post(url, data=body, headers=headers, timeout=30).status_code == 200


@pytest.mark.parametrize("method", METHODS)
def test_left_without_paying_then_paid_and_led_back(
    shop: PrintShop, chromium: Any, method: str
) -> None:
    before = shop.balances().get(method, 0)
    student = shop.student()
    path = student.order("pick_up", one_inch=1)
    context = chromium.new_context(
        locale="en-GB", viewport={"width": 390, "height": 844}, user_agent=IPHONE
    )
    page = context.new_page()
    page.goto(shop.address + student.link + path)
    page.click(f"button[value='{method} phone']")
    for done in ("leave", "pay"):
        page.click("#pay a.main")
        page.click(f"#{done}")
        page.wait_for_url(f"**{path}")
        if done == "leave":
            assert page.locator(".state.print-ordered").count() == 1, "nothing was paid"
        shop.ahead += timedelta(seconds=3)
    page.reload()
    page.wait_for_selector(".state.print-paid")
    assert shop.balances()[method] - before == 1500
    assert set(shop.gateways.led_from) <= {shop.address + "/"}, "the site, never the page"
    context.close()


@pytest.mark.parametrize("method", METHODS)
def test_the_provider_is_never_told_the_students_link(phone: Phone, method: str) -> None:
    reference = phone.choose(f"{method} phone", **{"X-Forwarded-For": "203.0.113.7"})
    link = phone.link()
    assert phone.student.message.receipt_token not in link
    said = parse_qs(urlsplit(link).query)
    back = said["redirect_url" if method == "wechat" else "return_url"]
    assert back == [f"{phone.shop.service.settings.public_base}/pay/back/{reference}"]
    if method == "wechat":
        assert phone.shop.gateways.trades[reference]["ip"] == "203.0.113.7", "not the proxy's"


@pytest.mark.parametrize("method", METHODS)
def test_led_back_in_another_browser_it_says_how_it_stands_and_nothing_else(
    phone: Phone, method: str
) -> None:
    shop = phone.shop
    reference = phone.choose(f"{method} phone")
    back = f"{shop.address}/pay/back/{reference}"
    mine = phone.student.phone.session.get(back, timeout=30, allow_redirects=False)
    assert mine.headers["Location"] == phone.student.link + phone.path
    english = {"Accept-Language": "en"}
    for cookie in ("", "forged", phone.student.phone.session.cookies["pay"][:-2]):
        other = requests.get(back, headers=english, cookies={"pay": cookie}, timeout=30)
        assert "has not arrived" in other.text
        assert phone.student.message.receipt_token not in other.text
    shop.gateways.trades.setdefault(reference, {"state": "open", "fen": 1500, "kind": "x"})
    shop.gateways.pay(reference)
    shop.ahead += timedelta(seconds=3)
    lied = f"{back}?trade_status=TRADE_CLOSED&total_amount=0.01"
    assert "Paid." in requests.get(lied, headers=english, timeout=30).text
    assert "Paid" in phone.page()
    assert requests.get(f"{shop.address}/pay/back/{'0' * 32}", timeout=30).status_code == 404
    scanned = Phone(shop).choose(method)
    assert requests.get(f"{shop.address}/pay/back/{scanned}", timeout=30).status_code == 404


@pytest.mark.parametrize("method", METHODS)
def test_told_many_times_it_is_booked_once(phone: Phone, method: str) -> None:
    shop, before = phone.shop, phone.shop.balances().get(method, 0)
    reference = phone.choose(f"{method} phone")
    requests.get(phone.link(), headers={"Referer": shop.address + "/"}, timeout=30)
    shop.gateways.pay(reference)
    for _ in range(3):
        tell(shop, method, reference)
    assert "Paid" in phone.page()
    assert shop.balances()[method] - before == 1500


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_amount_pays_nothing_and_goes_back(phone: Phone, method: str) -> None:
    shop, before = phone.shop, phone.shop.balances()
    reference = phone.choose(f"{method} phone")
    requests.get(phone.link(), headers={"Referer": shop.address + "/"}, timeout=30)
    shop.gateways.pay(reference, fen=1)
    assert "To be paid" in phone.page()
    shop.work()
    assert shop.balances() == before
    assert f"{method} phone" in phone.ways(), "another try can be made"


@pytest.mark.parametrize(("first", "second"), [METHODS, METHODS[::-1]])
def test_paid_after_another_way_was_chosen_the_money_goes_back(
    phone: Phone, first: str, second: str
) -> None:
    shop, before = phone.shop, phone.shop.balances()
    early = phone.choose(f"{first} phone")
    requests.get(phone.link(), headers={"Referer": shop.address + "/"}, timeout=30)
    late = phone.choose(f"{second} phone")
    assert shop.gateways.trades[early]["state"] == "closed", "at its provider, too"
    requests.get(phone.link(), headers={"Referer": shop.address + "/"}, timeout=30)
    shop.gateways.pay(late)
    assert "Paid" in phone.page()
    shop.gateways.pay(early)
    for _ in range(2):
        tell(shop, first, early)
        shop.work()
    after = shop.balances()
    assert after.get(first, 0) == before.get(first, 0), "it went back, once"
    assert after[second] - before.get(second, 0) == 1500


@pytest.mark.parametrize("method", METHODS)
def test_this_phone_and_another_are_two_payments_of_which_one_is_open(
    phone: Phone, method: str
) -> None:
    """Providers refuse one number for two kinds of payment; the local ones do, too."""
    here = phone.choose(f"{method} phone")
    requests.get(phone.link(), headers={"Referer": phone.shop.address + "/"}, timeout=30)
    by_code = phone.choose(method)
    assert "<svg" in phone.page().partition('id="pay"')[2]
    assert here != by_code
    assert phone.shop.gateways.trades[here]["state"] == "closed"
    again = phone.choose(f"{method} phone")
    assert again not in (here, by_code)
    assert phone.shop.gateways.trades[by_code]["state"] == "closed"
    assert phone.choose(f"{method} phone") == again, "chosen again it is the same payment"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("got_there", [True, False])
def test_its_time_over_it_is_closed(phone: Phone, method: str, *, got_there: bool) -> None:
    shop = phone.shop
    reference = phone.choose(f"{method} phone")
    if got_there:
        requests.get(phone.link(), headers={"Referer": shop.address + "/"}, timeout=30)
    shop.ahead += timedelta(minutes=6)
    provider_payments.follow_job(shop.service, {})
    assert shop.gateways.trades.get(reference, {"state": "closed"})["state"] == "closed"
    assert phone.link() == ""
    assert f"{method} phone" in phone.ways()


def test_paid_while_it_is_closed_it_is_settled(phone: Phone) -> None:
    reference = phone.choose("alipay phone")
    requests.get(phone.link(), timeout=30)
    phone.shop.gateways.pay(reference)
    phone.shop.ahead += timedelta(minutes=6)
    assert "Paid" in phone.page()


def test_each_browser_is_offered_what_it_can_open(shop: PrintShop) -> None:
    ways = ["wechat phone", "alipay phone", "wechat", "alipay", "counter", "sandbox"]
    assert Phone(shop).ways() == ways
    assert Phone(shop, IN_ALIPAY).ways() == [way for way in ways if way != "wechat phone"]
    for agent in (IN_WECHAT, ON_WINDOWS, "curl/8"):
        assert Phone(shop, agent).ways() == ways[2:], agent


def test_inside_wechat_the_page_says_what_to_do(shop: PrintShop) -> None:
    phone = Phone(shop, IN_WECHAT)
    page = phone.page()
    assert "Open in browser" in page
    phone.student.phone.session.headers["Accept-Language"] = "zh-CN"
    assert "选择“在浏览器打开”" in phone.page()
    phone.student.phone.session.headers["Accept-Language"] = "en"
    phone.choose("wechat phone")  # begun in the browser that was opened, looked at here again
    assert phone.link() == ""
    assert "Open in browser" in phone.page()
    assert "Open in browser" not in Phone(shop, ON_WINDOWS).page(), "the phone lies beside it"


def test_nobody_begins_payments_without_end(phone: Phone) -> None:
    most = phone.shop.service.settings.payments_per_hour
    for number in range(most):
        phone.choose(METHODS[number % 2] + " phone")
    refused = phone.student.send(phone.path, f"{phone.path}/pay", method="sandbox")
    assert refused.status_code == 429
    assert "Too many payments" in refused.text
    phone.shop.ahead += timedelta(hours=1)
    assert phone.choose("sandbox")

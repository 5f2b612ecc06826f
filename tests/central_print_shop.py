"""A central backend that sells prints: students with approved photos, a manager, both providers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from central_browser import Browser
from central_in_thread import CentralInThread
from central_samples import jpeg, sha256, submission
from payment_gateways import Gateways
from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.central.client import CentralClient
from kiosk.central.contract import BatchInfo, Submission
from kiosk.central.service import (
    batches,
    booths,
    history,
    staff,
)
from kiosk.central.service.orders import Action
from kiosk.central.service.print_tables import PrintOrder
from kiosk.central.service.print_terms import PrintTerms
from kiosk.central.service.print_terms import change as change_terms
from kiosk.central.service.tables import Order
from kiosk.settings.central import CentralSettings

BATCH = "PRINT1"
TERMS = PrintTerms(
    is_offered=True, price_fen=1500, shipping_fen=800, pickup="图书馆一层服务台",
    payment_methods=("wechat", "alipay", "counter", "sandbox"),
)  # fmt: skip
ADDRESS = {
    "recipient": "张三", "phone": "+86 138 0013 8000", "region": "浙江省 杭州市 西湖区",
    "street": "示范路 1 号 2 幢 301",
}  # fmt: skip


class PrintShop(CentralInThread):
    """A service that sells prints; `manager` works in the print shop."""

    def __init__(self, folder: Path, gateways: Gateways, database_url: str | None = None) -> None:
        super().__init__(folder, gateways, database_url)
        self.seeds = iter(range(50_000, 60_000))
        self._browsers: list[Browser] = []
        self._manager, self._signed_in = self.browser(), self.now() - timedelta(days=1)

    def seed(self, session: Session) -> str:
        batch = batches.add(
            session,
            BatchInfo(
                code=BATCH, school="示范大学", title="2027 届", fee_fen=2000,
                payment_methods=("sandbox", "counter"),
            ),
            self.now(),
        )  # fmt: skip
        session.flush()
        change_terms(session, batch, TERMS, self.now(), "test")
        staff.add(session, "printer", "a long password", staff.Role.MANAGER, self.now())
        return booths.enrol(session, "booth-1", self.now())

    @property
    def manager(self) -> Browser:
        """Signed in, also after the clock was put on by days."""
        if self.now() - self._signed_in > timedelta(hours=6):
            self._manager = self.browser()
            assert self._manager.log_in("printer", "a long password").status_code == 200
            self._signed_in = self.now()
        return self._manager

    def stop(self) -> None:
        for browser in self._browsers:
            browser.session.close()  # the server waits for open connections
        super().stop()

    def browser(self) -> Browser:
        made = Browser(self)  # type: ignore[arg-type] - it asks for the address only
        self._browsers.append(made)
        return made

    def sent(self, **changes: Any) -> Submission:
        """A photo from the booth."""
        seed = next(self.seeds)
        photo, still = jpeg(seed), jpeg(seed + 20_000)
        values = {"code_hash": sha256(f"print {seed}".encode()), "shot_at": self.now()} | changes
        message = submission(photo, still, batch=BATCH, **values)
        self.client().submit(message, photo, still)
        return message

    def client(self) -> CentralClient:
        """The booth's own."""
        return CentralClient(CentralSettings(url=self.address), self.booth_key)

    def order_of(self, session: Session, message: Submission) -> Order:
        return session.scalars(select(Order).where(Order.code_hash == message.code_hash)).one()

    def student(self, **terms: Any) -> Student:
        """A student whose photo is approved."""
        message = self.sent()

        def approve(session: Session) -> None:
            order = self.order_of(session, message)
            history.change(session, order, Action.APPROVE, "staff:test", self.now(), {})
            if terms:
                offered = PrintTerms.model_validate(TERMS.model_dump() | terms)
                change_terms(session, order.batch, offered, self.now(), "test")

        self.service.database.write(approve)
        return Student(self, message)

    def work(self) -> None:
        """Do the jobs that are due, those done by themselves too."""
        self.follow()
        super().work()


class Student:
    """A phone with a student's link."""

    def __init__(self, shop: PrintShop, message: Submission) -> None:
        self.shop, self.message = shop, message
        self.link = f"/r/{message.receipt_token}"
        self.phone = shop.browser()

    def get(self, path: str = "") -> str:
        answer = self.phone.get(self.link + path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, page: str, action: str, to: str = "", **values: Any) -> requests.Response:
        """Fill in a form of a page of the student's, or send it where it does not go."""
        other = self.link + to if to else ""
        page_now = self.phone.get(self.link + page)
        return self.phone.submit(page_now, self.link + action, other, **values)

    def add_address(self, **changes: str) -> requests.Response:
        return self.send("/addresses", "/addresses", **ADDRESS | changes)

    def address(self) -> str:
        """Add an address and return its name."""
        page = self.add_address().text
        return page.split("/addresses?edit=")[1][:16]

    def order(self, where: str, **sheets: int) -> str:
        """Order prints; return their path."""
        lines = {f"sheets_{size.replace('_', '-')}": str(count) for size, count in sheets.items()}
        answer = self.send("/prints", "/prints", where=where, **lines)
        assert answer.status_code == 200, answer.text
        path = answer.url.removeprefix(self.shop.address + self.link)
        assert path.startswith("/prints/"), answer.url
        return path

    def pay(self, path: str, method: str) -> str:
        """Choose how to pay; return the payment's reference."""
        answer = self.send(path, f"{path}/pay", method=method)
        assert answer.status_code == 200, answer.text
        return self.reference(path)

    def reference(self, path: str) -> str:
        name = path.removeprefix("/prints/")
        return self.shop.service.database.read(
            lambda s: s.scalars(
                select(PrintOrder.payment_reference).where(PrintOrder.id == name)
            ).one()
        )


def do(shop: PrintShop, path: str, action: str, to: str = "", **values: str) -> str:
    """What staff of the print shop does on a page of an order of prints."""
    answer = shop.manager.submit(shop.manager.get(path), f"{path}/{action}", to, **values)
    assert answer.status_code == 200, answer.text
    return answer.text


def fields_of(page: str) -> Mapping[str, str]:
    """Return the values of a page's number fields."""
    return dict(re.findall(r'name="sheets_([a-z-]+)"[^>]*value="(\d+)"', page))

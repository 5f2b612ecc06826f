"""A browser without a screen: fills in the pages' own forms over real HTTP."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import requests
from central_samples import jpeg, sha256, submission
from central_server import RunningCentral

from kiosk.central.contract import OrderState, Submission
from kiosk.central.service import staff
from kiosk.central.service.context import utc_now
from kiosk.central.service.database import Database
from kiosk.central.service.settings import load_service_settings

seeds = iter(range(1, 10_000))


def send(central: RunningCentral, **changes: Any) -> Submission:
    seed = next(seeds)
    photo, original = jpeg(seed), jpeg(seed + 20_000)
    values = {"code_hash": sha256(f"student {seed}".encode())} | changes
    message = submission(photo, original, **values)
    central.client().submit(message, photo, original)
    return message


def state_of(central: RunningCentral, message: Submission) -> OrderState:
    answer = central.client().find_submission(message)
    assert answer is not None
    return answer.state


class Form(HTMLParser):
    """The first form of a page that goes to an address, with its fields."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._action, self._inside, self.found = action, False, False
        self.feed(page)
        assert self.found, f"no form goes to {action}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self._inside = not self.found and values.get("action") == self._action
            self.found |= self._inside
        elif tag == "input" and self._inside and values.get("type") == "hidden":
            self.fields[values["name"] or ""] = values.get("value") or ""


class Browser:
    """A session that fills in the pages' own forms."""

    def __init__(self, central: RunningCentral) -> None:
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "en"
        self.base = central.address

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.base + path, timeout=30)

    def submit(
        self, page: requests.Response, action: str, to: str = "", **values: Any
    ) -> requests.Response:
        fields = Form(page.text, action).fields | values
        return self.session.post(self.base + (to or action), data=fields, timeout=30)

    def log_in(self, name: str, password: str, page: str = "/login") -> requests.Response:
        return self.submit(self.get(page), "/login", name=name, password=password)


def account(central: RunningCentral, name: str, role: staff.Role) -> Browser:
    settings = load_service_settings(central.demo.config_path)
    database = Database(settings.resolved_database_url)
    database.write(lambda session: staff.add(session, name, "a long password", role, utc_now()))
    database.close()
    browser = Browser(central)
    assert browser.log_in(name, "a long password").status_code == 200
    return browser


def order_of(central: RunningCentral, message: Submission) -> str:
    answer = central.client().find_submission(message)
    assert answer is not None
    return answer.order

"""The demo's reviewer: signs in and decides through the pages' own forms, over HTTP."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from kiosk.demo.processes import DemoError

_TIME_OUT_S = 20.0


class _Forms(HTMLParser):
    """Collects where the forms of a page lead, and their hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((values.get("action", ""), {}))
        elif tag == "input" and self.forms and values.get("type") == "hidden":
            self.forms[-1][1][values.get("name", "")] = values.get("value", "")
        elif tag == "button" and self.forms and "formaction" in values:
            # A button that leads elsewhere sends the same fields.
            self.forms.insert(-1, (values["formaction"], self.forms[-1][1]))


class Reviewer:
    """A reviewer at a browser.

    Args:
        address: of the central backend.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = requests.Session()

    def sign_in(self, name: str, password: str) -> None:
        """Sign in.

        Raises:
            DemoError: the account was refused.
        """
        page = self._get("/login")
        answer = self._submit(page, "/login", {"name": name, "password": password})
        if answer.url.endswith("/login"):
            raise DemoError("The reviewer could not sign in.")

    def approve_next(self) -> str:
        """Take the next photo of the queue, approve it, and return the review page's address.

        Raises:
            DemoError: no photo waits.
        """
        page = self._submit(self._get("/review"), "/review/next", {})
        if page.url.rstrip("/").endswith("/review"):
            raise DemoError("No photo waits for review.")
        self._submit(page, "/approve", {})
        return page.url

    def page(self, address: str) -> str:
        """Return a page's HTML."""
        return self._get(address).text

    def download(self, address: str) -> bytes:
        """Return a file."""
        return self._get(address).content

    def _get(self, path: str) -> requests.Response:
        answer = self._session.get(urljoin(self._address, path), timeout=_TIME_OUT_S)
        answer.raise_for_status()
        return answer

    def _submit(
        self, page: requests.Response, ending: str, fields: dict[str, str]
    ) -> requests.Response:
        """Send the form of `page` that leads to an address with this ending."""
        parser = _Forms()
        parser.feed(page.text)
        for action, hidden in parser.forms:
            target = urljoin(page.url, action)
            if target.endswith(ending):
                answer = self._session.post(target, data=hidden | fields, timeout=_TIME_OUT_S)
                answer.raise_for_status()
                return answer
        raise DemoError(f"{page.url} has no form for …{ending}.")
